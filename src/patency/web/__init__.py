"""The consult and the library as a web application."""
