"""The manual of the language: each chapter shows what an author writes, and what it says of a case."""
