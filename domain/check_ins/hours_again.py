"""Now and then, and rarely, somebody is asked whether the hours they called safe still are."""

from datetime import timedelta

from sqlalchemy import select

from domain.consent import has_consent
from domain.notices import Notice, tell
from domain.one_by_one import LOOK_AGAIN_AT_A_BROKEN_ONE, each_by_itself
from domain.recovery.quiet import quiet_until
from domain.returnees.chats import chat_id_if_it_opens
from domain.returnees.enrolments import current_enrolments
from domain.returnees.phone import HOURS_LAST
from domain.safety.judging import ASKED_FOR
from storage.batches import at_most
from storage.kinds import Discretion, Purpose
from storage.sessions import Session
from storage.tables.returnees import Returnee, Safety

_ANOTHER_DAY = timedelta(days=1)
_BATCH = 100


async def never_said_when(session: Session, returnee: Returnee) -> bool:
    """Whether they agreed that we write first, and nobody asked them when that is safe."""
    safety = await session.get_one(Safety, returnee.id)
    if safety.window is not None or safety.never_first:
        return False
    return await has_consent(session, returnee.id, Purpose.CHECK_INS)


async def ask_about_hours(session: Session) -> int:
    """The tick: asks some of those whose time it is. Returns how many it looked at."""
    if await quiet_until(session) is not None:
        return 0
    rows = await session.execute(
        select(Safety, Returnee)
        .join(Returnee, Returnee.id == Safety.returnee_id)
        .where(Safety.ask_hours_at <= session.now)
        .order_by(Safety.ask_hours_at)
        .limit(at_most(_BATCH))
        # Also what says when it is their time: who looked before another asked, asks nobody again.
        .with_for_update(of=[Safety, Returnee], key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    due = [(safety, returnee) for safety, returnee in rows]
    await each_by_itself(session, due, _ask, _another_time, "hours.failed")
    return len(due)


async def _ask(session: Session, due: tuple[Safety, Returnee]) -> None:
    safety, returnee = due
    if await _may_be_asked(session, safety, returnee):
        await tell(
            session, returnee, Notice.HOURS_STILL_RIGHT, expires_at=session.now + HOURS_LAST / 2
        )
        safety.ask_hours_at = session.now + HOURS_LAST
    else:
        safety.ask_hours_at = session.now + _ANOTHER_DAY


async def _another_time(session: Session, due: tuple[Safety, Returnee]) -> None:
    due[0].ask_hours_at = session.now + LOOK_AGAIN_AT_A_BROKEN_ONE


async def _may_be_asked(session: Session, safety: Safety, returnee: Returnee) -> bool:
    """Never a phone that nothing is sent to first, nor that of somebody whom nobody accompanies any
    more, nor a watched one unless they just wrote.
    """
    if safety.never_first or returnee.frozen_at is not None or returnee.blocked_at is not None:
        return False
    if returnee.paused_until is not None and returnee.paused_until > session.now:
        return False
    if chat_id_if_it_opens(session, returnee) is None:
        return False
    if not await current_enrolments(session, returnee.id):
        return False
    wrote = returnee.last_wrote_at
    just_wrote = wrote is not None and session.now - wrote <= ASKED_FOR
    if returnee.discretion is Discretion.WATCHED and not just_wrote:
        return False
    return await has_consent(session, returnee.id, Purpose.CHECK_INS) or await has_consent(
        session, returnee.id, Purpose.CASEWORKER
    )
