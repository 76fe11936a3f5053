"""Refusals: what the service says no to, in a sentence that can be shown in any language."""

from collections.abc import Callable

from domain.marks import N_


class Refusal(Exception):
    """No, in one clear sentence to whoever asked.

    `message` is what the catalogues know; the `values` stand in for its {names}.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message.format_map(values) if values else message)
        self.message = message
        self.values = values

    def said(self, gettext: Callable[[str], str]) -> str:
        """The sentence in a reader's language."""
        words = gettext(self.message)
        return words.format_map(self.values) if self.values else words


class Refused(Refusal):
    """The service says no: it is not there, or can't be done."""


class ChangedMeanwhile(Refused):
    """What stands there is not what they had before their eyes."""

    def __init__(self) -> None:
        super().__init__(N_("Somebody changed this meanwhile. Look at it again."))


class RefusedForThem(Refused):
    """The reason tells something of the person: nobody reads it but who has their case open."""


class NotAllowed(Refusal):
    """The actor's role or organisation does not reach that far."""
