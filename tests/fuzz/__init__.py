"""Requests by the thousand, drawn from the descriptions of what may be asked, valid and not: none may break anything."""
