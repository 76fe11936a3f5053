"""What still waits for somebody who is to be forgotten: it goes no more (P6)."""

from sqlalchemy import ColumnElement

from domain.check_ins.outcomes import missed
from domain.replies.unreached import never_arrived
from domain.returnees.asked_words import ask_no_more
from domain.safeguarding.unreached import answer_never_arrived
from storage.kinds import Hold, NoticeClass, OutboxState
from storage.outbox.unsent import call_back
from storage.sessions import Session
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee

#: Why it goes no more.
ASKED = "erasure.asked"


async def hold_no_words(session: Session, returnee: Returnee, *which: ColumnElement[bool]) -> None:
    """Whatever of this waits for them goes no more, and no open cry is answered by it (P2)."""
    for words in await call_back_theirs(session, returnee, *which):
        await never_arrived(session, words)


async def call_back_theirs(
    session: Session, returnee: Returnee, *which: ColumnElement[bool]
) -> list[OutboxRow]:
    """Whatever waits for this person: a check-in of it was their no. Returns what a human wrote of
    it: that reaches nobody (P2), and stands where they wrote it as not delivered.
    """
    ask_no_more(session, returnee)
    called_back = await call_back(session, ASKED, OutboxRow.returnee_id == returnee.id, *which)
    for row in called_back:
        if row.check_in_id is not None:
            await missed(session, row.check_in_id, Hold.LEAVING)
    words = [row for row in called_back if row.notice_class is NoticeClass.HUMAN]
    for row in words:
        row.state = OutboxState.FAILED
        await answer_never_arrived(session, row)
    return words
