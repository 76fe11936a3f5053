"""A case with all that happened in it, as staff see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from uuid import UUID

from domain.cases.events import BEGINNINGS, CAME_BACK, SIGNALS, is_signal
from domain.distress import Own
from domain.distress.assessment import each_once
from domain.replies.phrases import Phrase
from domain.safety.safe_contact import SafeContact
from domain.safety.silence_plan import UNANSWERED, Named
from storage.kinds import (
    CaseEventKind,
    CaseState,
    CheckInState,
    Direction,
    MessageKind,
    OutboxState,
    Severity,
)
from storage.tables.cases import Case


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    kind: CaseEventKind
    #: The name of whoever did it; None for the service itself.
    by: str | None
    severity: Severity | None
    reasons: Sequence[str]
    note: str | None
    #: How often it happened in a row, and when it began.
    times: int = 1
    since: datetime | None = None

    @property
    def is_signal(self) -> bool:
        return is_signal(self.kind, self.severity)


@dataclass(frozen=True, slots=True)
class Said:
    id: UUID
    at: datetime
    direction: Direction
    kind: MessageKind
    by: str | None
    text: str | None
    #: Which of the ready sentences it is, if it is one.
    phrase: Phrase | None
    #: A service's card; the text is its name.
    card: bool
    #: A colleague's voice.
    recorded: bool
    #: For help, as the watch heard it.
    cry: bool
    #: Cries for help that the person edited out of it, oldest first.
    earlier: Sequence[str]
    #: What the person says is wrong about it, oldest first.
    corrections: Sequence[str]
    #: What of this case it answers, by the gesture that answers one message.
    answers: "Said | None"
    file_id: str | None
    #: Of words to the person: how far they got, and the code of why they wait.
    delivery: OutboxState | None
    held: str | None
    #: When it leaves, if a worker chose that.
    leaves_at: datetime | None
    listen_by: datetime | None
    heard_at: datetime | None
    #: The name of whoever opened it first.
    heard_by: str | None

    @property
    def unheard(self) -> bool:
        return self.listen_by is not None and self.heard_at is None


@dataclass(frozen=True, slots=True)
class Asked:
    """A check-in of theirs around this time; what they answered is not a caseworker's to read."""

    at: datetime
    check_in: CheckInState


@dataclass(frozen=True, slots=True)
class Linked:
    id: UUID
    code: str


Entry = Happening | Said | Asked


@dataclass(frozen=True, slots=True)
class CaseFile:
    case: Case
    pseudonym: str
    #: The name of whoever has it.
    claimed_by: str | None
    contact: SafeContact
    #: The person has taken back that anybody reads along or writes to them.
    unwanted: bool
    #: Whom the person named, where the case is about their silence.
    named: Named | None
    timeline: Sequence[Entry]
    #: The person's case before this one, and any after it.
    follows: Linked | None
    followed_by: Sequence[Linked]
    #: What the organisation listens for besides, today.
    own: Own

    @property
    def why(self) -> Sequence[str]:
        """Codes of the rules behind all that makes it as grave as it is, the newest first, behind
        the last signal, and of what came back since: nothing that comes later hides why it is an
        emergency.
        """
        signals = [each for each in self._story if each.is_signal]
        gravest = [each for each in signals if each.severity is self.case.severity]
        newest = [each for each in self._story if each.is_signal or each.kind in CAME_BACK]
        told = (*reversed(gravest), *signals[-1:], *newest[-1:])
        return each_once(chain(*(each.reasons for each in told)))

    @property
    def closing_wished_at(self) -> datetime | None:
        """When the phone last said, of this open case, that they need nobody any more."""
        said: datetime | None = None
        for each in self._story:
            if each.kind is CaseEventKind.CLOSING_WISHED:
                said = each.at
            elif each.kind in (*SIGNALS, *BEGINNINGS):
                said = None
        return said if self.case.state is not CaseState.RESOLVED else None

    @property
    def answered_at(self) -> datetime | None:
        """When the phone answered a check-in again, in this open case, after the last one that
        stayed without an answer.
        """
        answered: datetime | None = None
        for each in self._story:
            if each.kind is CaseEventKind.CHECK_IN_ANSWERED:
                answered = each.at
            elif each.kind in BEGINNINGS or not UNANSWERED.isdisjoint(each.reasons):
                answered = None
        return answered if self.case.state is not CaseState.RESOLVED else None

    @property
    def _story(self) -> list[Happening]:
        return [each for each in self.timeline if isinstance(each, Happening)]
