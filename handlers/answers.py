"""What the presses of buttons are answered with, once all that they led to is committed."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Toast:
    text: str | None = None
    #: Stays until it is closed, instead of fading.
    alert: bool = False


@dataclass(slots=True)
class CallbackAnswers:
    by_query: dict[str, Toast] = field(default_factory=dict)

    def say(self, callback_query_id: str, text: str | None = None, alert: bool = False) -> None:
        """Telegram takes one answer a press: the last one said."""
        self.by_query[callback_query_id] = Toast(text, alert)

    def for_press(self, callback_query_id: str) -> Toast:
        """What was said, or the silent answer that only ends the waiting."""
        return self.by_query.get(callback_query_id, Toast())
