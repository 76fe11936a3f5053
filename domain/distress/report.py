"""News that somebody passes on: long sentences in which nobody says I, we or you."""

from collections.abc import Collection

from domain.distress.text import Words
from storage.kinds import Severity

LONG = 16  # Words. Who is in danger seldom writes so many without a word of themselves.
SPEAKING = {"me", "us", "you", "please", "help"}
REPORTED = "reported"


class Report:
    """`concepts` are those that the message has."""

    def __init__(self, message: Words, concepts: Collection[str]) -> None:
        self._message = message
        self.nobody_speaks = SPEAKING.isdisjoint(concepts)

    def lowered(
        self, place: int, severity: Severity, around: tuple[str, ...]
    ) -> tuple[Severity, tuple[str, ...]]:
        """A concern at most where the word there stands in such a sentence. What is added outside
        the sentence can only make it less of one.
        """
        sentence = self._message.lines[self._message.sentences[place]]
        if severity.rank > Severity.CONCERN.rank and len(sentence) >= LONG and self.nobody_speaks:
            return Severity.CONCERN, (*around, REPORTED)
        return severity, around

    @property
    def is_all(self) -> bool:
        return len(self._message.words) >= LONG and self.nobody_speaks
