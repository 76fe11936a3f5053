"""A copy of what is kept goes to the person: at their own wish, or released by a worker."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from domain import audit
from domain.actors import Actor, Right
from domain.errors import Refused
from domain.notices import DRAWN_FOR, ONLY_CONFIRMED, Notice, tell
from domain.privacy.copying import parts_of
from domain.returnees.chats import chat_id_of
from domain.returnees.enrolments import current_enrolments
from domain.returnees.person import find_returnee
from domain.returnees.phone import discretion_now, may_be_shown, who_is_there
from domain.safety.contacts import contact_with
from domain.safety.judging import ASKED_FOR
from domain.safety.outgoing import REPLY_LIFE
from storage.kinds import Discretion, Identity, NoticeClass
from storage.outbox.contents import Deletion
from storage.outbox.letters import Delivery, Once, put
from storage.sessions import Session
from storage.tables.returnees import Returnee

FORMS = ("html", "json")
#: How long a copy stays on a phone that somebody else reads.
COPY_STAYS = timedelta(minutes=10)


async def ask_for_copy(session: Session, returnee: Returnee) -> None:
    """The person asks in the chat. Until a worker has made sure who that is, and on a watched
    phone, a worker must release it. Needs the service's scope.
    """
    if not may_be_shown(returnee, session.now):
        await tell(session, returnee, Notice.COPY_ASKED)
        return
    # Where others read, it is not to come with the next word that is written there.
    guarded = returnee.discretion is not Discretion.OPEN
    soon = session.asked_at + REPLY_LIFE if guarded else None
    for params in await _everything(session, returnee):
        await tell(session, returnee, Notice.COPY, params, expires_at=soon)
    for enrolment in await current_enrolments(session, returnee.id):
        audit.record(session, enrolment.organisation_id, "copy.sent", subject=returnee.id)


async def release_copy(session: Session, actor: Actor, returnee_id: UUID) -> None:
    """A worker who knows that it is them, and that nobody else looks, has it sent to their phone.

    Staff are never given it. On a watched phone it goes only while the person writes, and is taken
    away soon after. Raises NotAllowed and Refused.
    """
    actor.ensure_may(Right.WORK_ON_CASES)
    returnee = await find_returnee(session, actor, returnee_id)
    if who_is_there(returnee, session.now) is not Identity.CONFIRMED:
        raise Refused("Make sure first that it is them: meet them, or compare the two words.")
    if (await contact_with(session, returnee, actor.organisation_id)).leaving:
        raise Refused("Nobody writes to them now: they asked to be forgotten.")
    watched = returnee.discretion is Discretion.WATCHED
    if watched and not _is_there(returnee, session):
        raise Refused("Their phone is watched: send it only while they write with you.")
    for params in await _everything(session, returnee):
        row = await tell(
            session,
            returnee,
            Notice.COPY_RELEASED,
            params,
            expires_at=session.now + COPY_STAYS if watched else None,
        )
        if watched and row.stand_in is not None:
            gone = Delivery(
                NoticeClass.REPLY,
                not_before=session.now + COPY_STAYS,
                returnee_id=returnee.id,
                once=Once(f"copy {row.stand_in}", COPY_STAYS),
            )
            deletion = Deletion((row.stand_in,))
            await put(session, chat_id_of(session, returnee), deletion, gone)
    audit.done_by(session, actor, "copy.released", returnee_id)


async def _everything(session: Session, returnee: Returnee) -> list[dict[str, Any]]:
    """Each part in each form. It may wait, as for their safe hours: should others read the phone by
    then, or more than before, it does not come.
    """
    phone = {ONLY_CONFIRMED: True, DRAWN_FOR: discretion_now(returnee)}
    return [
        {"form": form, "part": part, **phone}
        for part in await parts_of(session, returnee)
        for form in FORMS
    ]


def _is_there(returnee: Returnee, session: Session) -> bool:
    wrote = returnee.last_wrote_at
    return wrote is not None and session.now - wrote <= ASKED_FOR
