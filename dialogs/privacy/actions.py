from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode

from dialogs.at_hand import at_hand
from dialogs.privacy.getters import NAMES, PARTNER, key_of, sharing
from dialogs.screens import Telling
from dialogs.states import WelcomeStates
from dialogs.widgets import wanted_in
from dialogs.words.consent_notice import ConsentNotice
from dialogs.words.referring import accompanied_by
from domain.check_ins.hours_again import never_said_when
from domain.consent import PURPOSES, has_consent
from domain.consent.changing import change_consent
from domain.consent.renewal import arrive, open_questions
from domain.errors import Refused
from domain.referrals.sharing import accompanies, change_about_partner, partners_of
from domain.returnees.regions import regions_of, say_region
from storage.kinds import Discretion, How, Purpose


async def change(query: CallbackQuery, select: Any, manager: DialogManager, chosen: str) -> None:
    """Takes back what was given, or gives it; or opens whom it is given to."""
    if chosen == NAMES:
        manager.dialog_data[NAMES] = True
    about, granted = wanted_in(chosen)
    if about.startswith(PARTNER):
        await _change_partner(manager, about.removeprefix(PARTNER), granted)
        return
    if about not in PURPOSES:
        return
    purpose = Purpose(about)
    session, returnee = at_hand(manager)
    if await has_consent(session, returnee.id, purpose) is granted:
        return
    texts = manager.middleware_data["texts"]
    shown = (await ConsentNotice.of(session, returnee, texts)).shown(purpose)
    await change_consent(session, returnee, purpose, granted, shown, How.PRIVACY)
    if purpose is Purpose.CHECK_INS and await never_said_when(session, returnee):
        # As after the same yes in the welcome.
        await manager.start(WelcomeStates.hours, mode=StartMode.RESET_STACK)
    else:
        manager.dialog_data["changed"] = {"purpose": purpose, "granted": granted}


async def _change_partner(manager: DialogManager, partner_id: str, granted: bool) -> None:
    """One that they were asked about before; without an id, all that may be told is taken back."""
    session, returnee = at_hand(manager)
    texts = manager.middleware_data["texts"]
    notice = await ConsentNotice.of(session, returnee, texts)
    for id_, name, before in await partners_of(session, returnee):
        is_meant = str(id_) == partner_id if partner_id else before
        if not is_meant or before is granted:
            continue
        shown = notice.shown_with(sharing(texts, name) if partner_id else sharing(texts))
        if not await change_about_partner(session, returnee, id_, granted, shown, How.PRIVACY):
            continue
        changed = {"purpose": Purpose.PARTNER, "granted": granted}
        if await accompanies(session, returnee, id_):
            telling = Telling(session, texts, {}, returnee)
            changed["still"] = await accompanied_by(telling, id_, name)
        manager.dialog_data["changed"] = changed


async def have_arrived(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    """What they agreed to before the journey is asked again, at once."""
    session, returnee = at_hand(manager)
    await arrive(session, returnee)
    if await open_questions(session, returnee):
        await manager.start(WelcomeStates.notice, mode=StartMode.RESET_STACK)


async def choose_region(
    query: CallbackQuery, select: Any, manager: DialogManager, chosen: str
) -> None:
    session, returnee = at_hand(manager)
    there = await regions_of(session, returnee.country)
    region = next((name for name in there if key_of(name) == chosen), None)
    if region is None:
        raise Refused("There is no such region in the directory.")
    await _say_region(manager, region)


async def keep_no_region(query: CallbackQuery, button: Any, manager: DialogManager) -> None:
    await _say_region(manager, None)


async def _say_region(manager: DialogManager, region: str | None) -> None:
    # From an older window: a watcher must not set what the person would not say.
    if manager.middleware_data["texts"].discretion is not Discretion.WATCHED:
        await say_region(*at_hand(manager), region)
        manager.dialog_data["region_changed"] = True
