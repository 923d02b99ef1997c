"""The page for one patient, as text, JSON and HTML."""
