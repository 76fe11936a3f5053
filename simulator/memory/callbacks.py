"""Presses of inline buttons that wait for the bot's answer."""

from dataclasses import dataclass
from datetime import timedelta

LIFETIME = timedelta(minutes=15)


@dataclass
class Callback:
    id: str
    user_id: int
    date: int
    answered: bool = False

    def is_open(self, now: int) -> bool:
        return not self.answered and now - self.date <= LIFETIME.total_seconds()
