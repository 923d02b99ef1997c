"""Readings of the language must agree: random content, random cases, and a reference that is plain to see."""
