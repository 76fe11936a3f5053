"""Staff accounts. Those who work here are persons too: their names are kept sealed."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from domain import audit
from domain.actors import Actor, Right
from domain.codes.handed import new_code
from domain.errors import ChangedMeanwhile, NotAllowed, Refused
from domain.idempotency import came_before, id_of
from domain.illegible import legible
from domain.names import as_name
from domain.notices import Notice, tell_chat
from domain.organisations import lock_organisation
from domain.staff import browsers, codes
from domain.staff.telegram import chat_of_staff, fit_menu, leave_chat
from locales.catalogues import LANGUAGES
from storage.keys.keyring import SealError
from storage.kinds import Gender, Role
from storage.sessions import Session
from storage.tables.channels import AlertChannel
from storage.tables.organisations import Organisation
from storage.tables.staff import Passkey, Staff, works_for

_NAME = "staff name"
# What an account speaks from the beginning.
_UNCHOSEN = "en"
# Complaints about the others end here: nobody but an administrator makes, renews or ends these.
_GUARDED = {Role.ADMIN, Role.SAFEGUARDING}


@dataclass(frozen=True, slots=True, repr=False)
class NewStaff:
    """What is handed to somebody new, or to whoever lost their way in, once: afterwards only hashes
    of the codes are kept.
    """

    id: UUID
    telegram_code: str
    setup_token: str
    sign_in_code: str


async def add_staff(
    session: Session,
    name: str,
    organisation: Organisation,
    role: Role,
    *,
    actor: Actor | None = None,
    once: str = "",
) -> NewStaff:
    """Somebody new, with single-use codes for the chat and the console that live for 72 hours. Sent
    `once` more, the same colleague has new codes: nobody saw the ones that were lost on their way.

    No actor means the operator. Needs the service's scope. Raises NotAllowed, and Refused without
    a name.
    """
    if actor is not None:
        _ensure_manages(actor, role)
        if actor.organisation_id != organisation.id:
            raise NotAllowed("You can add people to your own team only.")
        # The same form twice at the same moment comes one after the other.
        await lock_organisation(session, organisation.id)
        await ensure_works_here(session, actor)
    name = as_name(name)
    if not name:
        raise Refused("A staff member needs a name.")
    staff_id = id_of(organisation.id, actor, once, name, role) if actor else uuid4()
    if (added := await came_before(session, Staff, staff_id)) is not None:
        return await _let_in_once_more(session, added)
    staff = Staff(
        id=staff_id,
        organisation_id=organisation.id,
        name=session.keys.seal(name, _NAME),
        sign_in_code=_new_sign_in_code(),
        role=role,
        created_at=session.now,
    )
    session.add(staff)
    await session.flush()
    audit.record(
        session,
        organisation.id,
        "staff.added",
        staff_id=actor.staff_id if actor else None,
        subject=staff.id,
        role=role,
    )
    return await _let_in(session, staff)


def actor_of(staff: Staff) -> Actor:
    return Actor(staff.id, staff.organisation_id, staff.role)


def name_of(session: Session, staff: Staff) -> str:
    """One that no key opens any more must keep no case of theirs from their colleagues' sight."""
    return legible(session.keys, staff.name, _NAME)


async def name_by_id(session: Session, staff_id: UUID) -> str:
    return name_of(session, await session.get_one(Staff, staff_id))


async def speak(session: Session, staff_id: UUID, language: str) -> None:
    """The console, alerts and the chat's menu come in this language from now on."""
    staff = await session.get_one(Staff, staff_id)
    staff.language, staff.language_chosen = language, True
    await fit_menu(session, staff)


def speak_at_first(staff: Staff, language: str) -> None:
    """The language of the browser or phone by which they come in, unless they chose one before."""
    if staff.language == _UNCHOSEN and not staff.language_chosen:
        staff.language = language


async def be(session: Session, staff_id: UUID, gender: Gender | None) -> None:
    """What they say of themselves, for people who wish for a woman or a man; None takes it back."""
    staff = await session.get_one(Staff, staff_id)
    staff.gender = gender


async def speak_with_people(session: Session, staff_id: UUID, languages: Collection[str]) -> None:
    """In which languages they can talk with somebody: for those they are called first."""
    staff = await session.get_one(Staff, staff_id)
    staff.speaks = [language for language in LANGUAGES if language in languages]


def manages(actor: Actor, role: Role) -> bool:
    """Whether somebody may make, renew and end accounts of this role."""
    return actor.may(Right.MANAGE_STAFF) and (actor.role is Role.ADMIN or role not in _GUARDED)


async def renew_set_up(session: Session, actor: Actor, staff_id: UUID) -> NewStaff:
    """New codes for a colleague who lost their way in, and never for oneself.

    What was lost may be in anybody's hands, so it ends now: signed-in browsers, passkeys, sign-in
    code, password and authenticator, their chat in Telegram and their own channels. That chat is
    told, last of all, in case nobody of theirs asked for it. Needs the service's scope. Raises
    NotAllowed and Refused.
    """
    staff = await find_colleague(session, actor, staff_id)
    if staff.id == actor.staff_id:
        raise Refused("You can't renew your own account: ask somebody else who manages the team.")
    staff.sign_in_code = _new_sign_in_code()
    audit.done_by(session, actor, "staff.renewed", staff.id)
    chat = None
    # One that no key opens hears nothing, and is renewed all the same.
    with suppress(SealError):
        chat = chat_of_staff(session, staff)
    await end_all_ways(session, staff)
    if chat is not None:
        await tell_chat(session, chat, Notice.STAFF_RENEWED, language=staff.language)
    return await _let_in(session, staff)


def _new_sign_in_code() -> str:
    return new_code(length=8)


async def end_all_ways(session: Session, staff: Staff) -> None:
    """Nothing that they had opens anything, and nothing rings, from now on: with their own channels
    goes what was still to be called through them, and their chat is told no more of what waits.
    """
    staff.password_hash = staff.totp_secret = staff.totp_step = None
    await session.execute(delete(Passkey).where(Passkey.staff_id == staff.id))
    await session.execute(delete(AlertChannel).where(AlertChannel.staff_id == staff.id))
    await browsers.sign_out_everywhere(session, staff.id)
    await leave_chat(session, staff)


async def _let_in(session: Session, staff: Staff) -> NewStaff:
    return NewStaff(
        staff.id,
        await codes.issue(session, staff.id, codes.Use.TELEGRAM),
        await codes.issue(session, staff.id, codes.Use.CONSOLE),
        staff.sign_in_code,
    )


async def _let_in_once_more(session: Session, staff: Staff) -> NewStaff:
    """Raises Refused as soon as somebody came in, or left again; and once the codes of then, by
    which that is known, are of no use any more.
    """
    is_over = staff.created_at + codes.LIFE <= session.now
    if is_over or staff.disabled_at is not None or await codes.were_used(session, staff.id):
        raise ChangedMeanwhile
    return await _let_in(session, staff)


async def ensure_works_here(session: Session, actor: Actor) -> None:
    """Whose access ends at this very moment leaves nothing behind: no way back in, no case that
    waits for them, nothing that speaks for the organisation. Raises NotAllowed.
    """
    theirs = select(Staff.id).where(Staff.id == actor.staff_id, works_for(actor.organisation_id))
    if await session.scalar(theirs.with_for_update(read=True, key_share=True)) is None:
        raise NotAllowed("Your access has ended.")


async def find_colleague(session: Session, actor: Actor, staff_id: UUID) -> Staff:
    """One whose account the actor manages, locked together with the actor's own: of two who end
    each other's access, whoever comes second has none any more. Raises NotAllowed and Refused.
    """
    actor.ensure_may(Right.MANAGE_STAFF)
    both = await session.scalars(
        select(Staff)
        .where(Staff.id.in_((actor.staff_id, staff_id)), works_for(actor.organisation_id))
        .order_by(Staff.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {staff.id: staff for staff in both}
    if actor.staff_id not in found:
        raise NotAllowed("Your access has ended.")
    if staff_id not in found:
        raise Refused("There is no such colleague.")
    _ensure_manages(actor, found[staff_id].role)
    return found[staff_id]


def _ensure_manages(actor: Actor, role: Role) -> None:
    if not manages(actor, role):
        raise NotAllowed("Only an administrator does this.")
