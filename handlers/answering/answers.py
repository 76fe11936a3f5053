"""What the press of a button is answered with, once all that it led to is committed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Toast:
    text: str | None = None
    #: Stays until it is closed, instead of fading.
    alert: bool = False


_SILENT = Toast()


@dataclass(slots=True)
class PressAnswer:
    """Of the one press that an update may be. Where nobody says anything, it only ends the waiting:
    so a handler takes it only to say words.
    """

    toast: Toast = _SILENT

    def say(self, text: str, *, alert: bool = False) -> None:
        """Telegram takes one answer a press: the last one said."""
        self.toast = Toast(text, alert)
