"""A synthetic registry from a documented model, whose truth is known."""
