class Refused(Exception):
    """The service says no. Its text is one clear sentence for whoever asked."""


class NotAllowed(Refused):
    """The actor's role or organisation does not reach that far."""
