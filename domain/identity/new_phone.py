"""A new phone: somebody comes back on another chat, and two of the staff say that it is them.

One proposes, a second one confirms and hands over a code. Whoever opens it takes the person's
place there; the old chat is emptied as far as Telegram allows, and told nothing. What was said from
the new phone before goes on as theirs.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from domain import audit
from domain.actors import Actor, Right
from domain.alerts.used_codes import tell_whoever_gave
from domain.codes.handed import InviteUnknown, as_issued, new_code
from domain.consent.renewal import ask_again
from domain.errors import ChangedMeanwhile, Refused
from domain.identity.strays import take_in
from domain.identity.trust import Doubt, doubt
from domain.privacy import emptied
from domain.privacy.letting_go import forget_screen, reached_elsewhere
from domain.replies.unopened import hidden_unopened
from domain.returnees.chats import chat_id_if_it_opens, give_phone, returnee_of_chat
from domain.returnees.person import find_returnee
from domain.returnees.phone import discretion_now
from domain.safety.phones import fit_menu
from domain.safety.screens import watched_from_now
from storage.batches import at_most
from storage.keys.keyring import hash_of_token
from storage.kinds import Discretion, NoticeClass
from storage.outbox.contents import Deletion
from storage.outbox.letters import Delivery, move_chat, put, to_be_deleted
from storage.sessions import Session
from storage.tables.returnees import Enrolment, NewPhone, Returnee
from storage.tables.safeguarding import clear_of
from storage.tables.staff import Staff, works_for

PREFIX = "n-"
LIFE = timedelta(hours=72)
_KIND = "new phone"


async def propose(
    session: Session, actor: Actor, returnee_id: UUID, *, instead_of: str = ""
) -> None:
    """The person has a new phone, says this worker. Raises as find_returnee, and Refused.

    `instead_of`: what they put an end to, as their page named it. A code may be in the person's
    hands already, and dies by nobody who did not know of it.
    """
    actor.ensure_may(Right.ENROL_PEOPLE)
    await find_returnee(session, actor, returnee_id)
    before = await waiting(session, actor, returnee_id)
    if before is not None and before.code_hash is not None and str(before.id) != instead_of:
        raise ChangedMeanwhile
    await session.execute(
        delete(NewPhone).where(NewPhone.returnee_id == returnee_id, NewPhone.used_at.is_(None))
    )
    session.add(
        NewPhone(
            returnee_id=returnee_id,
            organisation_id=actor.organisation_id,
            proposed_by=actor.staff_id,
            proposed_at=session.now,
            expires_at=session.now + LIFE,
        )
    )
    audit.done_by(session, actor, "person.new-phone", returnee_id, step="proposed")


async def waiting(session: Session, actor: Actor, returnee_id: UUID) -> NewPhone | None:
    """What was proposed for this person, and confirmed or not: nobody has come by it yet."""
    return await session.scalar(
        select(NewPhone)
        .where(
            NewPhone.returnee_id == returnee_id,
            NewPhone.organisation_id == actor.organisation_id,
            NewPhone.used_at.is_(None),
            NewPhone.expires_at > session.now,
        )
        .order_by(NewPhone.proposed_at.desc())
        .limit(at_most(1))
    )


async def confirm(session: Session, actor: Actor, returnee_id: UUID) -> str:
    """A second worker agrees: the code that lets the new phone in, this once to be seen. The same
    one once more has another instead: the first may have been lost on its way to them.

    Raises as find_returnee, and Refused.
    """
    actor.ensure_may(Right.ENROL_PEOPLE)
    await find_returnee(session, actor, returnee_id)
    proposal = await waiting(session, actor, returnee_id)
    if proposal is None:
        raise Refused("First a colleague has to say that they have a new phone.")
    if proposal.proposed_by == actor.staff_id:
        raise Refused("A second person has to confirm this.")
    if proposal.code_hash is not None and proposal.confirmed_by != actor.staff_id:
        raise ChangedMeanwhile
    code = new_code(PREFIX)
    proposal.code_hash = hash_of_token(code, _KIND)
    proposal.confirmed_by = actor.staff_id
    audit.done_by(session, actor, "person.new-phone", returnee_id, step="confirmed")
    return code


async def move_in(session: Session, chat_id: int, code: str) -> Returnee:
    """This chat is the person's from now on; where that very code made it so before, it is already.
    Needs the service's scope.

    Raises InviteUnknown for a code that is none, and for a chat that is somebody else's, or their
    own: whoever takes their account along to a new phone has the same chat there. After it the
    transaction must still be committed, since those who gave the code may be alerted in it.
    """
    there = await returnee_of_chat(session, chat_id)
    if there is not None and await _is_in_by(session, code, there):
        return there
    moved = await _let_in(session, code, there)
    returnee = await session.get_one(Returnee, moved.returnee_id, with_for_update=True)
    was_watched = there is not None and discretion_now(there) is Discretion.WATCHED
    if there is not None:
        await take_in(session, there, returnee)
    await _leave_old_chat(session, returnee, chat_id)
    await _settle_in(session, returnee, chat_id, was_watched=was_watched)
    await ask_again(session, returnee)
    await doubt(session, returnee, Doubt.NEW_PHONE)
    audit.record(session, moved.organisation_id, "person.new-phone", subject=returnee.id, step="in")
    return returnee


async def _let_in(session: Session, code: str, there: Returnee | None) -> NewPhone:
    """Raises InviteUnknown."""
    takes_nobodys_place = there is not None and await _invited(session, there)
    moved = None if takes_nobodys_place else await _use_up(session, code, there)
    if moved is None:
        await _tell_if_used_before(session, code, there)
        raise InviteUnknown("This invitation is not one of ours.")
    return moved


async def _leave_old_chat(session: Session, returnee: Returnee, chat_id: int) -> None:
    """What was on its way there comes here, and the old one is emptied."""
    old = chat_id_if_it_opens(session, returnee)
    await hidden_unopened(session, returnee)
    if old is not None:
        await emptied.ask_again(session, returnee, old)
        gone = await to_be_deleted(session, old)
        await move_chat(session, old, chat_id)
        await _empty(session, old, gone)


async def _settle_in(
    session: Session, returnee: Returnee, chat_id: int, *, was_watched: bool
) -> None:
    """`was_watched`: this phone, already."""
    give_phone(session, returnee, chat_id)
    await reached_elsewhere(session, returnee)
    await fit_menu(session, returnee)
    if discretion_now(returnee) is Discretion.WATCHED and not was_watched:
        await watched_from_now(session, returnee)
    returnee.blocked_at = returnee.last_seen_at = None
    returnee.typing_for = None
    # What was on its way to the old one says nothing of this.
    returnee.unblocked_at = session.now


async def _use_up(session: Session, code: str, there: Returnee | None) -> NewPhone | None:
    """None for a code that is none."""
    lets_in = *_opened(code, there), NewPhone.used_at.is_(None), NewPhone.expires_at > session.now
    person = await session.scalar(select(NewPhone.returnee_id).where(*lets_in))
    if person is not None:
        # Whoever makes them another code holds them, too, before they look at this one.
        await session.get(Returnee, person, with_for_update=True)
    moved: NewPhone | None = await session.scalar(
        update(NewPhone).where(*lets_in).values(used_at=session.now).returning(NewPhone)
    )
    return moved


async def _is_in_by(session: Session, code: str, there: Returnee) -> bool:
    """Whoever opens their link twice has come in by it."""
    used = select(NewPhone.returnee_id).where(
        NewPhone.code_hash == _hash_of(code),
        NewPhone.returnee_id == there.id,
        NewPhone.used_at.is_not(None),
    )
    return await session.scalar(used) is not None


async def _tell_if_used_before(session: Session, code: str, there: Returnee | None) -> None:
    """Whoever comes second may be the person, and whoever was first somebody else: those who let
    that phone in hear so.
    """
    used = await session.scalar(
        select(NewPhone).where(*_opened(code, there), NewPhone.used_at.is_not(None))
    )
    if used is None:
        return
    let_in = await session.scalars(
        select(Staff).where(
            Staff.id.in_({used.proposed_by, used.confirmed_by} - {None}),
            works_for(used.organisation_id),
            clear_of(used.returnee_id),
        )
    )
    await tell_whoever_gave(
        session,
        used.organisation_id,
        used.id,
        let_in.all(),
        {"new_phone": used.proposed_at.isoformat()},
        action="new-phone.opened-again",
    )


def _opened(code: str, there: Returnee | None) -> tuple[ColumnElement[bool], ...]:
    """Nobody is a stray of themselves, and whoever came with a code may open it again."""
    return (
        NewPhone.code_hash == _hash_of(code),
        NewPhone.returnee_id.is_distinct_from(there.id if there else None),
    )


def _hash_of(code: str) -> bytes:
    return hash_of_token(as_issued(code), _KIND)


async def _invited(session: Session, returnee: Returnee) -> bool:
    """For whichever of their enrolments: who was let go, and is back without one, is no stray."""
    found = await session.scalar(
        select(Enrolment.id)
        .where(Enrolment.returnee_id == returnee.id, Enrolment.invite_id.is_not(None))
        .limit(at_most(1))
    )
    return found is not None


async def _empty(session: Session, chat_id: int, gone: Sequence[int]) -> None:
    """Nothing is said there any more, and what can be taken off it is, beside these."""
    gone = [*gone, *await forget_screen(session, chat_id)]
    if gone:
        await put(session, chat_id, Deletion(tuple(gone)), Delivery(NoticeClass.REPLY))
