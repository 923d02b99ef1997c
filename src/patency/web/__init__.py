"""Patency as a web application: the consult and the library, on loopback, with no account and nothing stored unasked."""
