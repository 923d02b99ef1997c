"""The language of conditions: terms, parsing, meaning, words, completions. It knows no medicine."""
