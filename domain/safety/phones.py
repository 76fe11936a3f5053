"""A person's decisions about their own phone: who else reads it, and what we may send first."""

from datetime import timedelta

from sqlalchemy import update

from domain.calendar import FOR_EVER
from domain.returnees.chats import chat_id_of
from domain.returnees.kept_words import with_brought
from domain.returnees.keys import data_key
from domain.returnees.person import lock_person
from domain.returnees.phone import discretion_now, is_guarded_more
from domain.safety.rejudging import look_anew
from domain.safety.screens import watched_from_now
from domain.safety.window import UNKNOWN, choose_window, window_of
from storage.kinds import Discretion, NoticeClass, Visible
from storage.outbox.contents import CommandMenu
from storage.outbox.letters import Delivery, Once, put
from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.returnees import Returnee, Safety
from storage.wakes import Topic


async def choose_discretion(session: Session, returnee: Returnee, discretion: Discretion) -> None:
    """Where others read along, we never write first and never ask twice, until told otherwise."""
    before = returnee.discretion
    _read_by_others(returnee, await session.get_one(Safety, returnee.id), discretion)
    was_watched, is_watched = before is Discretion.WATCHED, discretion is Discretion.WATCHED
    if is_watched and not was_watched:
        await watched_from_now(session, returnee)
    # The other two have the same menu.
    if was_watched is not is_watched:
        await fit_menu(session, returnee)


async def stay_as_careful(session: Session, stray: Returnee, returnee: Returnee) -> None:
    """The phone of this stray becomes the person's. Nothing is shown on it and nothing sent first
    that was not to be before anybody knew whose it is, nor at any other hour than was chosen there,
    and the stop word that was chosen there freezes it; whatever was said of the one before counts,
    too. Its menu is fitted once it is theirs.
    """
    safety, there = [await session.get_one(Safety, each.id) for each in (returnee, stray)]
    if is_guarded_more(stray, returnee.discretion):
        _read_by_others(returnee, safety, discretion_now(stray))
        safety.visible = there.visible
    elif discretion_now(stray) is Discretion.WATCHED:
        safety.visible = min(safety.visible, there.visible, key=list(Visible).index)
    hours = await window_of(session, stray.id, there)
    if there.window is not None and hours != UNKNOWN:
        await choose_window(session, returnee.id, hours)
    if there.stop_word is not None:
        keys = [await data_key(session, each.id) for each in (returnee, stray)]
        safety.stop_word = with_brought(keys[0], safety.stop_word, keys[1], there.stop_word)
        safety.stop_signs = there.stop_signs
    safety.never_first = safety.never_first or there.never_first
    returnee.paused_until = stray.paused_until or returnee.paused_until


def _read_by_others(returnee: Returnee, safety: Safety, discretion: Discretion) -> None:
    returnee.discretion = discretion
    returnee.shared_phone = discretion is not Discretion.OPEN
    if returnee.shared_phone:
        safety.never_first, safety.second_prompt = True, False


async def choose_language(session: Session, returnee: Returnee, language: str) -> None:
    """Their cases are in it, too, and so is whom the next alert calls first: many cry for help
    before they chose any language, in what their phone speaks.
    """
    if language == returnee.language:
        return
    # As whoever opens a case does: the person before it.
    await lock_person(session, returnee.id)
    returnee.language = language
    theirs = update(Case).where(Case.returnee_id == returnee.id)
    await session.execute(theirs.values(language=language))
    session.wakes(Topic.CASES)
    await fit_menu(session, returnee)


async def fit_menu(session: Session, returnee: Returnee) -> None:
    """The chat's menu of commands becomes the one for this phone, as it is when that is sent."""
    once = Once("commands", timedelta())
    delivery = Delivery(NoticeClass.REPLY, returnee_id=returnee.id, once=once)
    await put(session, chat_id_of(session, returnee), CommandMenu(), delivery)


def pause(returnee: Returnee) -> None:
    """Nothing is sent first any more."""
    returnee.paused_until = FOR_EVER


async def resume(session: Session, returnee: Returnee) -> None:
    returnee.paused_until = None
    await look_anew(session, returnee.id)
