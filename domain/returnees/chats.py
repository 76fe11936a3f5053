"""Whose a chat is: one phone for each person, asked for once in a transaction."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from domain.errors import Refused
from domain.returnees.keys import wrapped_keys
from storage.batches import at_most, one_of
from storage.keys.keyring import SealError
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.returnees import NEWEST_FIRST, Enrolment, Returnee, Safety, WrappedKey


async def returnee_of_chat(session: Session, chat_id: int) -> Returnee | None:
    """Whoever writes from this chat, if Wayhome keeps anything about them."""
    key = session.keys.look_up(chat_id, "chat")
    if key not in _known(session):
        await know_returnees(session, [chat_id])
    return _known(session)[key]


# Of the organisations that they are with, the one that hears of what they write: whoever has their
# open case, or else whoever would open one.
_ORGANISATION = func.coalesce(
    select(Case.organisation_id)
    .where(Case.returnee_id == Returnee.id, UNRESOLVED)
    .correlate(Returnee)
    .scalar_subquery(),
    select(Enrolment.organisation_id)
    .where(Enrolment.returnee_id == Returnee.id)
    .order_by(*NEWEST_FIRST)
    .limit(at_most(1))
    .correlate(Returnee)
    .scalar_subquery(),
)
# What is safe for them comes along: while somebody holds on to it, no question is needed.
_OF_CHATS = (
    select(Returnee, WrappedKey.wrapped, Safety, _ORGANISATION)
    .join(WrappedKey, WrappedKey.id == Returnee.data_key_id)
    .outerjoin(Safety, Safety.returnee_id == Returnee.id)
    .where(one_of(Returnee.chat_key, "chats"))
)
_LOCKED = _OF_CHATS.order_by(Returnee.id).with_for_update(of=Returnee, key_share=True)


async def know_returnees(
    session: Session, chat_ids: Sequence[int], *, locked: bool = False
) -> None:
    """Asks for all of them in one question, before each is asked for.

    `locked`: until the transaction ends, whoever would change one of them waits. Where the number
    of such a chat does not open any more, as it was kept, it is written anew.
    """
    keys = session.keys.all_look_ups(chat_ids, "chat")
    numbers = {session.keys.look_up(chat_id, "chat"): chat_id for chat_id in chat_ids}
    found = await session.execute(_LOCKED if locked else _OF_CHATS, {"chats": list(keys)})
    _known(session).update(dict.fromkeys(keys.values()))
    for returnee, wrapped, safety, organisation_id in found:
        key = keys[returnee.chat_key]
        _mend_chat(session, returnee, numbers[key])
        _known(session)[key] = returnee
        _organisations(session)[returnee.id] = organisation_id
        wrapped_keys(session)[returnee.id] = wrapped
        session.info.setdefault("safeties", []).append(safety)


def _mend_chat(session: Session, returnee: Returnee, chat_id: int) -> None:
    """They are found by its hash: so it is theirs, and they can be answered there."""
    if chat_id_if_it_opens(session, returnee) is None:
        returnee.chat = session.keys.seal(str(chat_id), "returnee chat")


def organisation_when_found(session: Session, returnee: Returnee) -> UUID | None:
    """Who heard of what they write when `returnee_of_chat` found them: whoever had their open case,
    or else the organisation they were with, or with last; None for nobody.
    """
    return _organisations(session).get(returnee.id)


def _organisations(session: Session) -> dict[UUID, UUID | None]:
    organisations: dict[UUID, UUID | None] = session.info.setdefault("organisations", {})
    return organisations


def _known(session: Session) -> dict[bytes, Returnee | None]:
    """By the newest hash of their chats. Everything that deals with an update asks who it is from:
    once is enough for a transaction, since nobody else deals with that chat meanwhile.
    """
    known: dict[bytes, Returnee | None] = session.info.setdefault("returnees", {})
    return known


def know(session: Session, returnee: Returnee) -> None:
    """They are found by their chat from now on."""
    _known(session)[returnee.chat_key] = returnee


def chat_id_of(session: Session, returnee: Returnee) -> int:
    """Raises Refused where no key opens it."""
    chat_id = chat_id_if_it_opens(session, returnee)
    if chat_id is None:
        raise Refused(
            "Nothing gets to them now: the number of their chat can't be opened any more. Once "
            "they write, or come with a new phone, it is known again."
        )
    return chat_id


def chat_id_if_it_opens(session: Session, returnee: Returnee) -> int | None:
    """None where no key does: nothing can be sent to them before they write again."""
    try:
        return int(session.keys.open(returnee.chat, "returnee chat"))
    except SealError:
        return None


def give_phone(session: Session, returnee: Returnee, chat_id: int) -> None:
    """They are reached by this chat from now on, and by the one of before no more."""
    known = _known(session)
    known.update({chat: None for chat, whose in known.items() if whose is returnee})
    returnee.chat = session.keys.seal(str(chat_id), "returnee chat")
    returnee.chat_key = session.keys.look_up(chat_id, "chat")
    know(session, returnee)
