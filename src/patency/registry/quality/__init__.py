"""Quality rules in the one language, and the queries that they open."""
