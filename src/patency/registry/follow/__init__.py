"""What is due, how complete it is, and how many there are."""
