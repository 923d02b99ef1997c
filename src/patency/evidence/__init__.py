"""What was published, and whether its numbers can be."""
