"""The web application: what it answers, what it refuses, and what it tells nobody."""
