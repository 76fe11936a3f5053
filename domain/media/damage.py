"""What is read here came from anybody: nothing in it is believed."""

#: More parts than any camera makes. A file of millions of empty ones is meant to keep us busy.
MOST_PARTS = 10_000


class Damaged(ValueError):
    """Cut off, contradictory, endless, or of a make that nobody here can look into."""
