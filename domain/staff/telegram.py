"""Staff in the chat."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import select

from domain import audit
from domain.errors import Refused
from domain.staff import codes
from storage.batches import one_of
from storage.keys.keyring import SealError
from storage.kinds import NoticeClass
from storage.outbox.contents import CommandMenu
from storage.outbox.letters import Delivery, put
from storage.outbox.unsent import call_back
from storage.sessions import Session
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff

_CHAT = "staff telegram"
_LEFT = "chat-left"


async def join_by_telegram(session: Session, code: str, chat_id: int) -> Staff:
    """The chat is this staff member's from now on. Raises Refused with one sentence.

    Needs the service's scope, as everything in this module.
    """
    chat_keys = session.keys.look_ups(chat_id, "chat")
    if await session.scalar(select(Returnee.id).where(Returnee.chat_key.in_(chat_keys))):
        raise Refused("This chat belongs to somebody we accompany: join from your own account.")
    joins = await codes.owner_of(session, code, codes.Use.TELEGRAM)
    joined = await session.scalar(select(Staff.id).where(Staff.telegram_chat_key.in_(chat_keys)))
    if joined not in (None, joins):
        # Their alerts would end unseen, though they may be on duty there (P2).
        raise Refused(
            "Another account gets its alerts in this Telegram. Join from a different one, or let "
            "whoever manages that account's team end its access first."
        )
    staff = await session.get_one(Staff, await codes.redeem(session, code, codes.Use.TELEGRAM))
    staff.telegram_chat = session.keys.seal(str(chat_id), _CHAT)
    staff.telegram_chat_key = chat_keys[0]
    takes_again(session, staff, chat_id)
    _known(session)[chat_keys[0]] = staff
    audit.record(session, staff.organisation_id, "staff.joined-chat", staff_id=staff.id)
    return staff


def takes_again(session: Session, staff: Staff, chat_id: int) -> None:
    """They were heard of in this chat, by whose hash they were found, so alerts get there: where
    its number, as it was kept, does not open any more, it is written anew.
    """
    try:
        chat_of_staff(session, staff)
    except SealError:
        staff.telegram_chat = session.keys.seal(str(chat_id), _CHAT)
    staff.telegram_fails_since = None
    staff.telegram_heard_at = session.asked_at


async def leave_chat(session: Session, staff: Staff) -> None:
    """Whoever writes from there is nobody of the staff, and nothing that waits for them goes there
    any more. What tells them of a case is judged as it leaves, so that others hear of it instead.
    """
    chat_keys = _chat_keys(session, staff)
    if chat_keys:
        theirs = OutboxRow.lane.in_(chat_keys)
        of_staff = OutboxRow.notice_class == NoticeClass.STAFF
        await call_back(session, _LEFT, theirs, of_staff, OutboxRow.case_id.is_(None))
    await fit_menu(session, staff)
    staff.telegram_chat = staff.telegram_chat_key = None
    staff.telegram_fails_since = staff.telegram_heard_at = None


async def fit_menu(session: Session, staff: Staff) -> None:
    """The menu of commands in their chat, if they have one, becomes the one for whose it is when
    that is sent.
    """
    # Where no key opens it, nothing can go there.
    with suppress(SealError):
        if (chat := chat_of_staff(session, staff)) is not None:
            await put(session, chat, CommandMenu(), Delivery(NoticeClass.STAFF))


async def staff_of_chat(session: Session, chat_id: int) -> Staff | None:
    """Asked once in a transaction, since nobody else deals with that chat meanwhile."""
    key = session.keys.look_up(chat_id, "chat")
    if key not in _known(session):
        await know_staff(session, [chat_id])
    return _known(session)[key]


_OF_CHATS = select(Staff).where(
    one_of(Staff.telegram_chat_key, "chats"), Staff.disabled_at.is_(None)
)


async def know_staff(session: Session, chat_ids: Sequence[int]) -> None:
    """Asks for all of them in one question, before each is asked for."""
    keys = session.keys.all_look_ups(chat_ids, "chat")
    found = await session.scalars(_OF_CHATS, {"chats": list(keys)})
    _known(session).update(dict.fromkeys(keys.values()))
    for staff in found:
        assert staff.telegram_chat_key is not None
        _known(session)[keys[staff.telegram_chat_key]] = staff


def _known(session: Session) -> dict[bytes, Staff | None]:
    """By the newest hash of their chats."""
    known: dict[bytes, Staff | None] = session.info.setdefault("staff", {})
    return known


def _chat_keys(session: Session, staff: Staff) -> list[bytes]:
    """Under which something waits for them; under the newer hash, too, while keys are rotated."""
    if staff.telegram_chat_key is None:
        return []
    with suppress(SealError):
        chat = chat_of_staff(session, staff)
        return session.keys.look_ups(chat, "chat") if chat is not None else []
    return [staff.telegram_chat_key]


def chat_of_staff(session: Session, staff: Staff) -> int | None:
    if staff.telegram_chat is None:
        return None
    return int(session.keys.open(staff.telegram_chat, _CHAT))
