"""An invite, and a phone that enrols by it."""

from dialogs.texts import Texts
from dialogs.words.consent_notice import ConsentNotice
from domain.consent import PURPOSES
from domain.consent.changing import change_consent
from domain.consent.renewal import arrive
from domain.enrolment.invites import issue_invites
from domain.identity.pictures import PICTURES, choose_row
from domain.returnees.chats import returnee_of_chat
from domain.safety.phones import choose_discretion, choose_language
from domain.safety.silence_plan import choose_plan
from domain.safety.window import Window, choose_window
from locales.catalogues import Catalogues
from storage.kinds import Discretion, How, Identity, SilencePlan
from storage.sessions import SERVICE, Database, Session
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.handlers.phone import ROW, Phone

_PHONES = {
    "Only I read it": Discretion.OPEN,
    "Sometimes others do": Discretion.DISCREET,
    "Somebody who must not know": Discretion.WATCHED,
}


async def invite(database: Database, organisation: Organisation) -> str:
    async with database.begin(SERVICE) as session:
        [new] = await issue_invites(session, organisation.id)
    return new.code


async def returnee_on(database: Database, phone: Phone) -> Returnee | None:
    async with database.begin(SERVICE) as session:
        return await returnee_of_chat(session, phone.user_id)


async def known_on(database: Database, phone: Phone) -> Returnee:
    """The same of a phone that has enrolled."""
    found = await returnee_on(database, phone)
    assert found is not None
    return found


async def confirmed(database: Database, phone: Phone) -> None:
    """Somebody has made sure that it is them."""
    returnee = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        kept = await session.get_one(Returnee, returnee.id)
        kept.identity, kept.confirmed_at = Identity.CONFIRMED, session.now


async def walk_through_the_welcome(
    phone: Phone, code: str, reads: str = "Only I", answer: str = "Yes"
) -> None:
    """To the menu."""
    await phone.write(f"/start {code}")
    await phone.press("English")
    await phone.press("Go on")
    await phone.press("I am back")
    await phone.press(reads)
    if "must not know" in reads:
        await phone.tap(ROW * 2)
    await phone.press("Go on")
    for _ in PURPOSES:
        await phone.press(answer)
    if answer == "Yes" and "Only I" in reads:
        await phone.press("By day")
        await phone.press("Write to me once")


async def enrol(phone: Phone, code: str, reads: str = "Only I", answer: str = "Yes") -> None:
    """As if they had walked through it, in a fraction of the time: the rules are told what they
    chose, and the first question leads to the menu at once.
    """
    await phone.write(f"/start {code}")
    async with phone.database.begin(SERVICE) as session:
        session.asked_at = session.now - phone.waited
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        await choose_language(session, returnee, "en")
        await arrive(session, returnee)
        await _choose(session, returnee, reads)
        await _answer(session, returnee, agrees=answer == "Yes")
    await phone.press("English")


async def _choose(session: Session, returnee: Returnee, reads: str) -> None:
    discretion = next(each for label, each in _PHONES.items() if reads in label)
    await choose_discretion(session, returnee, discretion)
    if discretion is Discretion.WATCHED:
        await choose_row(session, returnee, [PICTURES.index(picture) for picture in ROW])


async def _answer(session: Session, returnee: Returnee, *, agrees: bool) -> None:
    texts = Texts("en", returnee.discretion, Catalogues.load().of("en"))
    notice = await ConsentNotice.of(session, returnee, texts)
    for purpose in PURPOSES:
        shown = notice.shown(purpose)
        await change_consent(session, returnee, purpose, agrees, shown, How.WELCOME)
    if agrees and not returnee.shared_phone:
        await choose_window(session, returnee.id, Window())
        await choose_plan(session, returnee, SilencePlan.WRITE_ONCE)
