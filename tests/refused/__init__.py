"""What is refused: for every kind of mistake the file that holds it and the exact words that answer it."""
