"""One part of Patency at a time."""
