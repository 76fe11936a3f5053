"""The alerts that the histories of cases tell of, and who has each of them on their phone (P2).

That the newest alert came says nothing of those before it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from storage.kinds import UNSENT, CaseEventKind, NoticeClass, OutboxState
from storage.outbox.letters import chat_of
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent
from storage.tables.outbox import OutboxRow

#: What is on the phone under that number.
Screen = Callable[[int, int], str]

# Whoever was to be told of it need not hear any more that it waits, or that it is theirs.
_MOVES = (
    CaseEventKind.CLAIMED,
    CaseEventKind.RELEASED,
    CaseEventKind.RETURNED,
    CaseEventKind.RESOLVED,
)
_RECALLED = "recalled"
# What an alert saw waiting another transaction may book as sent by a moment before.
_A_MOMENT = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Alert:
    #: The case's.
    code: str
    at: datetime
    #: What was on its way about the case just then: to whose chat, and Telegram's number of it,
    #: once it is there. The same is not put on its way again while it waits; and it is recalled
    #: where the case was closed, or somebody else's, before it left.
    messages: Sequence[tuple[int, int | None]]

    def chats(self, screen: Screen) -> set[int]:
        """Who has it, or gets it still, as long as it is true."""
        return {
            chat
            for chat, number in self.messages
            if number is None or self.code in screen(chat, number)
        }


def _as_written(at: datetime) -> datetime:
    return at


async def raised_alerts(
    session: Session, right: Callable[[datetime], datetime] = _as_written
) -> list[Alert]:
    """In the order in which they were raised. Needs the service's scope.

    `right`: when something was, of which the database says that it was then; its clock may have
    been wrong.
    """
    alerted = (
        select(Case.code, CaseEvent.case_id, CaseEvent.at, CaseEvent.number)
        .join(Case, Case.id == CaseEvent.case_id)
        .where(CaseEvent.kind == CaseEventKind.ALERTED)
        .order_by(CaseEvent.number)
    )
    raised = (await session.execute(alerted)).all()
    travelled: dict[UUID | None, list[OutboxRow]] = defaultdict(list)
    to_staff = select(OutboxRow).where(
        OutboxRow.notice_class == NoticeClass.STAFF,
        OutboxRow.case_id.is_not(None),
        or_(
            OutboxRow.state.in_((*UNSENT, OutboxState.SENT)),
            OutboxRow.error == _RECALLED,
        ),
    )
    last = select(CaseEvent.case_id, func.max(CaseEvent.number)).where(CaseEvent.kind.in_(_MOVES))
    moved = dict((await session.execute(last.group_by(CaseEvent.case_id))).all())
    for row in await session.scalars(to_staff):
        travelled[row.case_id].append(row)
    return [
        Alert(
            code,
            right(at),
            [
                (chat_of(row, session.keys), row.message_id)
                for row in travelled[case_id]
                if _was_on_its_way(row, right(at), right)
                and (row.error != _RECALLED or moved.get(case_id, 0) > number)
            ],
        )
        for code, case_id, at, number in raised
    ]


def _was_on_its_way(row: OutboxRow, at: datetime, right: Callable[[datetime], datetime]) -> bool:
    if right(row.created_at) > at:
        return False
    return row.finished_at is None or right(row.finished_at) >= at - _A_MOMENT
