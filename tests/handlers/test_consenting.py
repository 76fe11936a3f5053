"""Consent in the chat: the notice is true, every answer is one tap, and buttons live for ever."""

import re
from html import escape
from uuid import uuid4

import pytest
from sqlalchemy import select

from dialogs.presses import ReviewConsent, SharePartner
from dialogs.texts import Texts
from dialogs.words.consent_notice import ConsentNotice
from domain.consent import PURPOSES, has_consent
from domain.consent.facts import Facts
from domain.consent.ledger import answers_given
from domain.notices import Notice, tell
from domain.organisations import add_organisation, set_staff_chat
from domain.retention_periods import Kind, choose_days
from domain.returnees.enrolments import enrol as with_organisation
from locales.catalogues import LANGUAGES, Catalogues
from storage.kinds import (
    CaseEventKind,
    Discretion,
    How,
    Identity,
    Purpose,
    Severity,
)
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case, CaseEvent
from storage.tables.consent import Consent, NoticeText, Renewal
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.handlers.conftest import NewPhone
from tests.handlers.cries import EMERGENCY, ends_the_talk
from tests.handlers.enrolling import enrol, invite, known_on, returnee_on
from tests.handlers.forms import goes_on_to_the_words
from tests.handlers.phone import Phone


async def test_p5_the_ledger_finds_the_very_words_that_were_on_the_screen(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    for label in ("English", "Go on", "I am back", "Only I", "Read more"):
        [simple] = await phone.press(label)
    [full] = await phone.press("full text")
    [question] = await phone.press("Go on")
    await phone.press("Yes")

    async with database.begin(SERVICE) as session:
        [line] = await session.scalars(select(Consent))
        read = await session.get_one(NoticeText, line.text_id)
    for layer in (simple.text, full.text, question.text.partition("  ")[2]):
        assert re.sub("</?b>", "", layer) in read.words
    assert line.notice_version == read.version == Facts.of(organisation).version
    assert (line.how, line.language) == (How.WELCOME, "en")


async def test_p5_the_notice_says_only_what_the_settings_make_true(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/privacy")
    for label in ("What I read", "as it is now", "Read more"):
        [simple] = await phone.press(label)
    assert "24 hours after somebody heard it" in simple.text
    assert "30 days after it ended" in simple.text
    [without] = await phone.press("full text")
    assert "group on Telegram" not in without.text

    async with database.begin(SERVICE) as session:
        set_staff_chat(session, await session.get_one(Organisation, organisation.id), -100)
        choose_days(session, await session.get_one(Organisation, organisation.id), {Kind.WORDS: 45})
    await phone.write("/privacy")
    for label in ("What I read", "as it is now", "Read more", "full text"):
        [with_group] = await phone.press(label)
    assert "group on Telegram" in with_group.text
    assert "goes 180 days after a talk has ended" in without.text
    assert "goes 45 days after a talk has ended" in with_group.text


async def test_p5_what_they_read_before_they_agreed_is_read_again_word_for_word(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    async with database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, organisation.id)
        choose_days(session, organisation, {Kind.WORDS: 45})
    await phone.write("/privacy")
    [read] = await phone.press("What I read")

    async with database.begin(SERVICE) as session:
        kept = await session.scalars(select(NoticeText.words))
        assert read.text.strip() in kept.all()
    assert "goes 180 days after a talk has ended" in read.text


async def test_p5_on_a_watched_phone_the_notice_is_read_behind_the_pictures_and_is_in_the_ledger(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    for label in ("English", "Go on", "I am back", "must not know"):
        await phone.press(label)
    await phone.tap()
    await phone.tap()
    await phone.press("See")
    read = (await phone.tap())[0]
    assert "Never your address" in read.text
    assert "<b>Contact</b>: May a person from our team read" in read.text
    [notice, *_] = await phone.press_data(ReviewConsent().pack())
    assert notice.text == "A few settings first."
    await phone.press("Go on")
    await phone.press("Yes")

    async with database.begin(SERVICE) as session:
        [words] = await session.scalars(select(NoticeText.words))
    assert "Contact: May a person from our team read" in words
    assert words.endswith("Would you like reminders?")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_somebody_read_fits_into_one_message_in_every_language(language: str) -> None:
    facts = Facts(True, 3650, 3650, 3650, 3650)
    for discretion in Discretion:
        texts = Texts(language, discretion, Catalogues.load().of(language))
        for purpose in PURPOSES:
            words = ConsentNotice(texts, facts).shown(purpose).words
            assert len(escape(words, quote=False).encode("utf-16-le")) // 2 < 4000


async def test_p5_a_double_press_answers_its_own_question_only(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    for label in ("English", "Go on", "I am back", "Only I", "Go on"):
        await phone.press(label)
    assert phone.screen is not None
    yes = phone.screen.data("Yes")
    await phone.press_data(yes)
    await phone.press_data(yes)

    returnee = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        assert set(await answers_given(session, returnee.id)) == {Purpose.CHECK_INS}


async def test_p5_who_is_still_to_travel_is_asked_again_when_they_say_that_they_arrived(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    for label in ("English", "Go on", "Journey still", "Only I", "Go on"):
        await phone.press(label)
    for _ in PURPOSES:
        await phone.press("Yes")
    await phone.write("/privacy")
    await phone.press("I have arrived")
    [first] = await phone.press("Go on")
    assert first.text.startswith("1/4")
    for _ in PURPOSES:
        [last] = await phone.press("No")
    assert "machine" in last.text

    returnee = await known_on(database, phone)
    assert returnee.arrived_at is not None
    async with database.begin(SERVICE) as session:
        assert not await has_consent(session, returnee.id, Purpose.CHECK_INS)
        assert await session.get(Renewal, returnee.id) is None
    [privacy] = await phone.write("/privacy")
    assert not any("arrived" in label for label in privacy.buttons)


async def test_p5_whoever_said_by_a_slip_that_they_are_back_is_asked_again_after_the_journey(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    for label in ("English", "Go on", "I am back"):
        await phone.press(label)
    await phone.write("/language")
    for label in ("English", "Go on", "Journey still", "Only I", "Go on"):
        await phone.press(label)
    for _ in PURPOSES:
        await phone.press("Yes")

    [privacy] = await phone.write("/privacy")
    assert any("I have arrived" in label for label in privacy.buttons)


async def test_p9_the_button_that_asks_anew_works_for_ever_and_for_strangers_does_nothing(
    phone: Phone, new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    [notice] = await phone.press_data(ReviewConsent().pack())
    assert "In short" in notice.text
    [menu] = await phone.press("Go on")
    assert any("Find help" in label for label in menu.buttons)
    stranger = new_phone(2)
    assert await stranger.press_data(ReviewConsent().pack()) == []
    assert await returnee_on(database, stranger) is None


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_p5_what_becomes_of_what_is_kept_is_said_when_it_is_taken_back(
    phone: Phone, database: Database, organisation: Organisation, purpose: Purpose
) -> None:
    await enrol(phone, await invite(database, organisation))
    [privacy] = await phone.write("/privacy")
    label = list(privacy.buttons)[PURPOSES.index(purpose)]
    assert label.startswith("✅")
    [taken_back] = await phone.press(label)
    said = taken_back.text.partition("\n")[0]
    assert {
        Purpose.CHECK_INS: "stays",
        Purpose.CASEWORKER: "30 days",
        Purpose.ANSWERS: "erased",
        Purpose.VOICE: "forgotten",
    }[purpose] in said

    returnee = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        assert not await has_consent(session, returnee.id, purpose)
    [given] = await phone.press(label.removeprefix("✅ "))
    assert "changed" in given.text


async def test_p5_whoever_is_asked_of_feelings_no_more_goes_back_to_no_such_question(
    phone_with_form: Phone,
) -> None:
    """They are told so as they take it back, and what they write would be kept nowhere."""
    await goes_on_to_the_words(phone_with_form)
    [*_, thanks] = await phone_with_form.write("It was warm")
    await phone_with_form.write("/privacy")
    await phone_with_form.press("✅ Health and feelings")
    [again] = await phone_with_form.press_data(thanks.data("Back"))

    assert "How was the week?" in again.text


async def test_p11_nobody_is_promised_that_a_no_stays_unknown_to_those_who_must_act_on_it(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """Whoever has their case reads it there; nor does another team learn of it only by chance."""
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    [privacy] = await phone.write("/privacy")
    await phone.press("✅ A person reads")
    async with database.begin(SERVICE) as session:
        [case] = await session.scalars(select(Case))
        told = await session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == case.id))
        assert CaseEventKind.CONSENT_TAKEN_BACK in told.all()

    assert "nobody is told" not in privacy.text
    assert "Only helpers who must act on it are told" in privacy.text


async def test_p5_a_partner_is_answered_about_with_one_tap_and_taken_back_with_one(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    returnee = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        partner = await add_organisation(session, "Rabat <b>Centre</b>")
        returnee = await session.get_one(Returnee, returnee.id)
        returnee.identity, returnee.confirmed_at = Identity.CONFIRMED, session.now
        await tell(session, returnee, Notice.PARTNER_ASKED, {"partner": str(partner.id)})
    [noted] = await phone.press_data(SharePartner(partner=partner.id, granted=True).pack())
    assert "/privacy" in noted.text
    [privacy] = await phone.write("/privacy")
    # On a slow phone it is tapped twice.
    for _ in range(2):
        await phone.press_data(privacy.data("✅ Sharing with Rabat"))

    async with database.begin(SERVICE) as session:
        lines = (await session.scalars(select(Consent).order_by(Consent.given_at))).all()[-2:]
        assert [(line.granted, line.how) for line in lines] == [
            (True, How.ASKED),
            (False, How.PRIVACY),
        ]
        assert {line.partner_id for line in lines} == {partner.id}
        read = await session.get_one(NoticeText, lines[0].text_id)
        assert "May we tell" in read.words


async def test_p11_a_no_to_a_partner_who_accompanies_them_already_says_that_it_does(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    person = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        partner = await add_organisation(session, "Rabat Centre")
        returnee = await session.get_one(Returnee, person.id)
        returnee.identity, returnee.confirmed_at = Identity.CONFIRMED, session.now
        await with_organisation(session, returnee, partner)
    [told] = await phone.press_data(SharePartner(partner=partner.id, granted=False).pack())
    assert "Rabat Centre accompanies you" in told.text
    async with database.begin(SERVICE) as session:
        line = await session.scalar(select(Consent).where(Consent.purpose == Purpose.PARTNER))
    assert line is not None
    assert not line.granted


async def test_p13_a_yes_to_a_partner_counts_only_while_it_is_sure_who_is_there(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    async with database.begin(SERVICE) as session:
        partner = await add_organisation(session, "Rabat Centre")
    again, instead = await phone.press_data(SharePartner(partner=partner.id, granted=True).pack())

    assert (again.notice, again.content["params"]["only_confirmed"]) == ("partner-asked", True)
    assert "make sure that it is you" in instead.text
    async with database.begin(SERVICE) as session:
        lines = await session.scalars(select(Consent).where(Consent.purpose == Purpose.PARTNER))
        assert lines.all() == []


@pytest.mark.parametrize("whose", ["own", "nobody's"])
async def test_a_forged_partner_is_refused_and_writes_nothing(
    phone: Phone, database: Database, organisation: Organisation, whose: str
) -> None:
    await enrol(phone, await invite(database, organisation))
    partner = organisation.id if whose == "own" else uuid4()
    await phone.press_data(SharePartner(partner=partner, granted=True).pack())

    assert phone.toast.alert
    async with database.begin(SERVICE) as session:
        lines = await session.scalars(select(Consent).where(Consent.purpose == Purpose.PARTNER))
        assert lines.all() == []


async def test_p5_a_strangers_emergency_is_told_when_it_is_erased_and_kept_by_one_tap(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(EMERGENCY)
    assert (await ends_the_talk(database, organisation)).erase_at is not None
    async with database.begin(SERVICE) as session:
        newest = select(OutboxRow).order_by(OutboxRow.number.desc()).limit(1)
        [row] = await session.scalars(newest)
        closed = await phone.shown(session, row)
    assert "only if you say yes. If you don't, all of it is erased in 30 days" in closed.text
    [noted] = await phone.press_data(closed.data("It may be kept"))
    assert "All right" in noted.text
    await phone.press_data(closed.data("It may be kept"))

    async with database.begin(SERVICE) as session:
        [case] = await session.scalars(select(Case))
        assert case.erase_at is None


@pytest.mark.parametrize("language", sorted(LANGUAGES))
async def test_the_whole_welcome_works_in_every_language(
    phone: Phone, database: Database, organisation: Organisation, language: str
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    await phone.press(LANGUAGES[language])
    for _ in range(2):  # the promise, and being back
        await phone.press("")
    for _ in range(2):  # who reads the phone, and the notice
        await phone.press("")
    assert phone.screen is not None
    assert "{" not in phone.screen.text


@pytest.mark.parametrize("enrolled", [True, False])
@pytest.mark.parametrize(
    "words",
    ["I am 15", "I am only 14 years old. He raped me last year.", "I am 15 years old 😂"],
)
async def test_p1_i_am_15_is_an_urgent_case_for_whoever_looks_after_children(
    phone: Phone, database: Database, organisation: Organisation, enrolled: bool, words: str
) -> None:
    if enrolled:
        await enrol(phone, await invite(database, organisation), answer="No")
    said = await phone.write(words)

    assert [each.notice for each in said if each.notice] == ["child-heard"]
    assert "family is not told" in said[-1].text
    returnee = await known_on(database, phone)
    assert returnee.said_child_at is not None
    async with database.begin(SERVICE) as session:
        [case] = await session.scalars(select(Case))
        assert case.severity is Severity.URGENT
