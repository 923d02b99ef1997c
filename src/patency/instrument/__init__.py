"""Questionnaires and scales: what they ask, and what their answers score."""
