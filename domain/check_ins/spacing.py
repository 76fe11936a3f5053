"""Nobody is asked two check-ins within an hour: the later one waits (P12)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, Select, and_, bindparam, case, func, select, union_all

from domain.check_ins.due import Due
from domain.check_ins.put_off import is_put_off
from storage.batches import one_of
from storage.kinds import CheckInState, OutboxState
from storage.sessions import Session
from storage.tables.check_ins import Answer, CheckIn
from storage.tables.outbox import OutboxRow

#: Between two of them, and after the last answer.
APART = timedelta(hours=1)
#: Why a check-in waits, or was left out where that would have been too late.
ANOTHER = "another-check-in"
_INSTANT = DateTime(timezone=True)
_NOW, _SINCE = bindparam("now", type_=_INSTANT), bindparam("since", type_=_INSTANT)


@dataclass(slots=True)
class Asked:
    """When some people were last asked something, or answered it, if that was lately."""

    at: dict[UUID, datetime] = field(default_factory=dict)

    def clear_at(self, due: Due, now: datetime) -> datetime | None:
        """When the next one may go; None if it may go now. What they asked for themselves may, and
        not what comes once more by itself.
        """
        last = self.at.get(due.returnee.id)
        by_wish = is_put_off(due.check_in) and due.check_in.second_prompt_at is None
        if last is None or by_wish:
            return None
        clear = last + APART
        return clear if clear > now else None

    def note(self, due: Due, now: datetime) -> None:
        """It is on its way to them now."""
        self.at[due.returnee.id] = now


async def asked_lately(session: Session, dues: Sequence[Due]) -> Asked:
    """However many they are, it is one question to the database."""
    if not dues:
        return Asked()
    given = {
        "people": [due.returnee.id for due in dues],
        "now": session.now,
        "since": session.now - APART,
    }
    found = await session.execute(_LATELY, given)
    return Asked({row[0]: row[1] for row in found})


def _lately() -> Select[UUID, datetime]:
    lately = union_all(_prompts(), _going_or_begun(), _answers()).subquery()
    returnee_id, at = lately.c
    return select(returnee_id, func.max(at)).group_by(returnee_id)


def _prompts() -> Select[UUID | None, datetime | None]:
    return select(OutboxRow.returnee_id, OutboxRow.finished_at).where(
        one_of(OutboxRow.returnee_id, "people"),
        OutboxRow.check_in_id.is_not(None),
        OutboxRow.state == OutboxState.SENT,
        OutboxRow.finished_at > _SINCE,
    )


def _going_or_begun() -> Select[UUID, datetime]:
    """What is on its way counts as if it went now, unless its own time is over."""
    going = and_(CheckIn.state == CheckInState.SENDING, CheckIn.expires_at > _NOW)
    begun = func.greatest(CheckIn.started_at, CheckIn.answered_at)
    at = case((going, _NOW), else_=begun)
    return select(CheckIn.returnee_id, at).where(one_of(CheckIn.returnee_id, "people"), at > _SINCE)


def _answers() -> Select[UUID, datetime]:
    """Of what is not answered to the end."""
    return (
        select(CheckIn.returnee_id, Answer.at)
        .join(Answer, Answer.check_in_id == CheckIn.id)
        .where(
            one_of(CheckIn.returnee_id, "people"),
            CheckIn.state == CheckInState.STARTED,
            Answer.at > _SINCE,
        )
    )


# Asked for every batch that is judged, so it is written down once.
_LATELY = _lately()
