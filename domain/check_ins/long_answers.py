"""An answer longer than a message of Telegram comes in several, one right after the other."""

from datetime import timedelta

from sqlalchemy import select

from domain import prefetched
from domain.check_ins.answers import Typed, typed, whole
from domain.questionnaires.typed import LONGEST
from domain.returnees.keys import data_key
from storage.batches import at_most
from storage.sessions import Session
from storage.tables.check_ins import Answer
from storage.tables.returnees import Returnee

# A client cuts at a good place, which may be well before the end of what fits. What is not typed
# is never as long.
_SEEMS_CUT = LONGEST // 2
# Nobody reads the next question and answers it in words sooner than that.
_AT_ONCE = timedelta(seconds=3)


async def begun_just_now(session: Session, returnee: Returnee) -> Typed | None:
    """What they typed last, whose rest may follow, if it was long and these words were sent before
    anybody could have read what was said to it.
    """
    since = session.asked_at - _AT_ONCE
    known = prefetched.known(session, returnee.id)
    if known is not None and (known.answered_at is None or known.answered_at < since):
        return None
    last = await session.scalar(
        select(Answer)
        .where(Answer.returnee_id == returnee.id, Answer.at >= since)
        .order_by(Answer.at.desc())
        .limit(at_most(1))
    )
    if last is None:
        return None
    begun = typed(await data_key(session, returnee.id), last)
    return begun if len(whole(begun.parts)) >= _SEEMS_CUT else None
