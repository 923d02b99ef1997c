"""What peers do: surveys of practice, their numbers, and what was published of them."""
