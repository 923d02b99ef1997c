"""Arithmetic over answers."""
