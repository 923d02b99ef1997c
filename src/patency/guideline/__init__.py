"""Computable guidelines: what they are, how they are read, what they advise and what is worth asking."""
