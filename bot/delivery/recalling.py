"""What waits and is not to go by now, told by what it says, who wrote it and who would read it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.alerts.under_way import is_over, may_be_heard_no_more
from domain.cases.finding import newest_case
from domain.consent.reading import took_back
from domain.enrolment.parting import are_back
from domain.messages.writers import may_write_no_more
from domain.notices import Notice, says
from domain.organisations import organisation_of_chat
from domain.pathways import telling
from domain.referrals import standing
from domain.returnees.asked_words import is_asked
from domain.returnees.chats import chat_id_of
from domain.returnees.enrolments import current_enrolment
from domain.safety.judging import Held, waits_for_more
from domain.safety.outgoing import is_for_another_phone, takes_away
from domain.staff import staff_of_chat
from storage.kinds import CaseState, NoticeClass
from storage.outbox.contents import Content, Leaving, Notification
from storage.outbox.letters import chat_of
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import was_let_go
from storage.tables.returnees import Returnee

# What is said of a case only as long as it waits, for a first answer or a good moment, or goes on.
_OF_WAITING = (Notice.NOBODY_YET, Notice.SAFE_TO_TALK, Notice.CHILD_CALLED_FOR)
# What is asked for those who accompany them.
_OF_ACCOMPANYING = (Notice.WORDS_ASKED, Notice.PARTNER_ASKED)
_OF_REFERRAL = (
    Notice.REFERRAL_ASKED,
    Notice.REFERRAL_DONE,
    Notice.REFERRAL_ACCEPTED,
    Notice.REFERRAL_ENDED,
    Notice.REFERRAL_RECEIVED,
)
# What a worker says to a person.
_WORDS = Notice.CASEWORKER_WORDS
_OF_WORKERS = (_WORDS, Notice.SAFE_TO_TALK)


async def barred(
    session: Session, row: OutboxRow, content: Content, hold: Held | None
) -> str | None:
    """Why it may not go any more to whom it is for. To the case it never arrived (P2).

    `hold`: why it would wait.
    """
    match row.notice_class:
        case NoticeClass.HUMAN:
            return await _barred_words(session, row, content, hold)
        case NoticeClass.STAFF:
            return await _barred_alert(session, row, content)
        case _:
            return None


async def _barred_words(
    session: Session, row: OutboxRow, content: Content, hold: Held | None
) -> str | None:
    """Whoever wrote them may not write to that person now, or the person has said since that nobody
    is to; or their case is closed, and it would be no matter of an hour: weeks later they may not
    be so any more (P11).
    """
    if await may_write_no_more(session, row.id):
        return "writer-gone"
    if row.case_id is None or not says(content, *_OF_WORKERS):
        return None
    case = await session.get_one(Case, row.case_id)
    if waits_for_more(hold) and case.state is CaseState.RESOLVED and says(content, _WORDS):
        return "closed"
    return "unwanted" if await took_back(session, case, since=row.created_at) else None


async def _barred_alert(session: Session, row: OutboxRow, content: Content) -> str | None:
    """Whoever was to hear of a case must not know of it now."""
    if row.case_id is None or not isinstance(content, Notification):
        return None
    all_read = content.chat is not None and content.chat.topic_of_case is not None
    chat_id = chat_of(row, session.keys)
    barred = await may_be_heard_no_more(session, row.case_id, chat_id, all_read=all_read)
    return "not-theirs" if barred else None


async def recall_if_unwanted(
    session: Session, row: OutboxRow, content: Content, returnee: Returnee | None
) -> bool:
    """Whether nobody wants it by now. `returnee`: whose phone it goes to; None where it goes to
    staff, or to a stranger.
    """
    if isinstance(content, Leaving):
        # A group that is an organisation's meanwhile, as under a new number, is not left (P2).
        return await organisation_of_chat(session, chat_of(row, session.keys)) is not None
    if is_for_another_phone(content, returnee):
        return True
    if is_left_behind(session, row, content, returnee):
        return await _was_let_go(session, row)
    if row.case_id is not None and says(content, Notice.STAFF_ALERT, *_OF_WAITING):
        return await _waits_no_more(session, row, row.case_id, content)
    if returnee is not None and row.case_id is not None and says(content, Notice.CASE_CLOSED):
        return await _is_over_no_more(session, returnee, row.case_id, content.params)
    if returnee is not None and says(content, *_OF_ACCOMPANYING):
        return await _is_asked_in_vain(session, returnee, Notice(content.notice))
    if says(content, Notice.PARTED):
        return await are_back(session, UUID(content.params["enrolment"]))
    if says(content, *_OF_REFERRAL):
        return await standing.is_unwanted(session, Notice(content.notice), content.params)
    if says(content, Notice.INFORMATION):
        # Of a pathway, on its way by itself: what somebody opens they have asked for.
        return await telling.recall_if_over(session, UUID(content.params["information"]))
    return False


def is_left_behind(
    session: Session, row: OutboxRow, content: Content, returnee: Returnee | None
) -> bool:
    """Whether it was put for a phone that is theirs no more. The hashes alone may differ by their
    keys.
    """
    if returnee is None or takes_away(content) or row.lane == returnee.chat_key:
        return False
    return chat_of(row, session.keys) != chat_id_of(session, returnee)


async def _was_let_go(session: Session, row: OutboxRow) -> bool:
    """They were taken off that phone, to be forgotten, while it was tried in vain (P6)."""
    let_go = select(was_let_go(OutboxRow.returnee_id)).where(OutboxRow.id == row.id)
    return bool(await session.scalar(let_go))


async def _waits_no_more(
    session: Session, row: OutboxRow, case_id: UUID, content: Notification
) -> bool:
    """Held over the night it may be true no longer (P11), or no longer wanted (P5)."""
    if says(content, Notice.STAFF_ALERT):
        reader = await staff_of_chat(session, chat_of(row, session.keys))
        return await is_over(session, case_id, content.params, reader.id if reader else None)
    case = await session.get_one(Case, case_id)
    if case.state is CaseState.RESOLVED or not says(content, Notice.NOBODY_YET):
        return case.state is CaseState.RESOLVED
    return case.first_action_at is not None or await took_back(session, case)


async def _is_asked_in_vain(session: Session, returnee: Returnee, notice: Notice) -> bool:
    """They have written the words already, or their stop word: what is asked twice confuses. And
    once nobody accompanies them any more, there is nobody who asks.
    """
    if notice is Notice.WORDS_ASKED and not is_asked(session, returnee):
        return True
    return await current_enrolment(session, returnee.id) is None


async def _is_over_no_more(
    session: Session, returnee: Returnee, case_id: UUID, params: Mapping[str, Any]
) -> bool:
    """The case goes on again, or there is a newer one of theirs (P11). Whatever was closed since
    is said by itself, and once (P12).
    """
    newest = await newest_case(session, returnee)
    if newest is None or newest.id != case_id or newest.resolved_at is None:
        return True
    # The release before did not say when.
    closed_at = params.get("closed_at")
    return closed_at is not None and newest.resolved_at != datetime.fromisoformat(closed_at)
