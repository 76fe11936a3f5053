"""/start, with or without an invitation; or an invitation by itself."""

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.fsm.state import State
from aiogram.types import Message
from aiogram_dialog import DialogManager, StartMode

from dialogs.states import LanguageStates, MenuStates, SafetyStates
from dialogs.texts import Texts
from dialogs.welcome.going_on import left_to_ask
from domain.codes.handed import InviteUnknown, code_alone
from domain.consent import PURPOSES, asked_about
from domain.enrolment.invites import InviteExpired, InviteUsed, PhoneTaken
from domain.enrolment.welcoming import enrol_with_invite
from domain.errors import Refused
from domain.identity.new_phone import PREFIX, move_in
from domain.identity.pictures import lacks_row
from domain.notices import Notice, tell, tell_chat
from domain.staff import join_by_telegram
from domain.staff.accounts import speak_at_first
from domain.staff.telegram import fit_menu
from handlers.answering.showing import say
from handlers.reading.filters import CODE, called
from storage.kinds import Discretion
from storage.sessions import Session
from storage.tables.returnees import Returnee

_STAFF_CODE = "s-"
_REFUSALS: dict[type[Refused], str] = {
    InviteUsed: "used",
    InviteExpired: "expired",
    InviteUnknown: "unknown",
    PhoneTaken: "taken",
}


def entering_router() -> Router:
    router = Router(name="entering")
    router.message.register(start, called("start"))
    router.message.register(start, CODE)
    return router


async def start(
    message: Message,
    dialog_manager: DialogManager,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
    command: CommandObject | None = None,
) -> None:
    """Whoever reads a code off a card may type no more than that, and no command; whoever was sent
    a link may send it on as it is.
    """
    code = (command.args or "").strip() if command else code_alone(message.text or "")
    if code.casefold().startswith(_STAFF_CODE):
        if returnee is not None:
            # Whoever holds this phone now is not told whose it is.
            await _refuse(message, session, returnee, texts, InviteUnknown)
        else:
            await join(session, message.chat.id, code, texts)
    elif code:
        is_of_new_phone = code.casefold().startswith(PREFIX)
        come_in = _come_on_a_new_phone if is_of_new_phone else _start_with_invite
        try:
            await come_in(message.chat.id, code, dialog_manager)
        except tuple(_REFUSALS) as refusal:
            await _refuse(message, session, returnee, texts, type(refusal))
    elif returnee and await asked_about(session, returnee.id) == set(PURPOSES):
        state = await left_to_ask(session, returnee)
        await dialog_manager.start(state, mode=StartMode.RESET_STACK)
    else:
        await dialog_manager.start(LanguageStates.choose, mode=StartMode.RESET_STACK)


async def join(session: Session, chat_id: int, code: str, texts: Texts) -> None:
    """Somebody of the staff, with the code that they were given."""
    try:
        staff = await join_by_telegram(session, code, chat_id)
    except Refused as refusal:
        await tell_chat(session, chat_id, Notice.STAFF_REFUSED, {"sentence": texts.reason(refusal)})
    else:
        speak_at_first(staff, texts.language)
        await tell_chat(session, chat_id, Notice.STAFF_JOINED, language=staff.language)
        await fit_menu(session, staff)


async def _start_with_invite(chat_id: int, code: str, manager: DialogManager) -> None:
    """Raises one of _REFUSALS."""
    data = manager.middleware_data
    language = data["texts"].language
    data["returnee"] = await enrol_with_invite(data["session"], chat_id, code, language)
    await manager.start(LanguageStates.choose, mode=StartMode.RESET_STACK)


async def _come_on_a_new_phone(chat_id: int, code: str, manager: DialogManager) -> None:
    """What the person has chosen comes along; nothing of what was said does. Raises one of
    _REFUSALS.
    """
    data = manager.middleware_data
    data["returnee"] = moved = await move_in(data["session"], chat_id, code)
    if moved.frozen_at is not None:
        await tell(data["session"], moved, Notice.FROZEN)
        return
    catalogue = data["catalogues"].of(moved.language)
    data["texts"] = Texts(moved.language, moved.discretion, catalogue)
    await manager.start(await _first_here(data["session"], moved), mode=StartMode.RESET_STACK)


async def _first_here(session: Session, moved: Returnee) -> State:
    """Who reads a phone is its own: they are asked of this one, unless it shows the least already.
    Where it does, and no row of pictures of theirs opens it, they choose one.
    """
    if await lacks_row(session, moved):
        return SafetyStates.pictures
    return MenuStates.main if moved.discretion is Discretion.WATCHED else SafetyStates.phone


async def _refuse(
    message: Message,
    session: Session,
    returnee: Returnee | None,
    texts: Texts,
    refusal: type[Refused],
) -> None:
    reason = {"reason": _REFUSALS[refusal]}
    await say(session, message.chat.id, returnee, texts, Notice.INVITE_REFUSED, reason)
