import re
from datetime import datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect
from sqlalchemy import select

from console.files.cards import invite_sheet
from domain.consent import give_consent
from domain.consent.ledger import Shown
from domain.enrolment.invites import NewInvite, redeem_invite
from domain.names import isolated
from domain.notices import Notice, tell
from domain.organisations import set_staff_chat
from domain.staff.set_up import begin_setup
from domain.stop_word.freezing import freeze
from locales.catalogues import Catalogues
from storage.kinds import Identity, OutboxState, Purpose, Role
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Enrolment, Returnee, Safety
from storage.tables.staff import Staff
from tests.console.desk import as_known
from tests.console.looks import PHONE, window
from tests.console.office import Office


async def test_people_are_listed_by_pseudonym_and_nothing_closer(office: Office) -> None:
    person = await office.person("uk")
    async with office.database.begin(SERVICE) as session:
        pseudonym = await session.scalar(select(Enrolment.pseudonym))
    async with office.browser(Role.COORDINATOR) as browser:
        page = (await browser.get("/people")).text
        for seen in (pseudonym, "Українська", "Albania", "Not confirmed", f"/people/{person.id}"):
            assert seen
            assert seen in page


async def test_p5_whoever_must_prove_consent_sees_what_they_agreed_to_last(office: Office) -> None:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await give_consent(session, returnee, Purpose.CHECK_INS, True, "notice-1")
    async with office.database.begin(SERVICE) as session:
        await give_consent(session, returnee, Purpose.CHECK_INS, False, "notice-2")
    async with office.browser(Role.SUPERVISOR) as browser:
        page = (await browser.look(f"/people/{person.id}")).text
    now = re.search(r"Being asked how they are</td>.*?>(Yes|No)<", page)
    assert now
    assert now[1] == "No"
    assert page.index("notice-2") < page.index("notice-1")


async def test_p5_whoever_must_prove_consent_finds_the_very_words_and_nobody_else_does(
    office: Office,
) -> None:
    person = await office.person()
    read = Shown("3-notice", "In short: <i>little</i> is kept.")
    async with office.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        for purpose in (Purpose.CHECK_INS, Purpose.VOICE):
            await give_consent(session, returnee, purpose, True, read)
    async with office.browser(Role.SUPERVISOR) as browser:
        page = (await browser.look(f"/people/{person.id}")).text
    assert page.count("In short: &lt;i&gt;little&lt;/i&gt; is kept.") == 1
    assert sha256(read.words.encode()).hexdigest() in page
    async with office.browser(Role.CASEWORKER) as browser:
        assert "In short" not in (await browser.look(f"/people/{person.id}")).text


async def test_whom_they_named_counts_until_the_day_that_was_chosen_begins_where_the_team_is(
    office: Office,
) -> None:
    person, there = await office.person(), ZoneInfo("America/La_Paz")
    day = datetime.now(there).date() + timedelta(days=20)
    async with office.database.begin(SERVICE) as session:
        kept = await session.get_one(Organisation, office.organisation.id)
        kept.time_zone = there.key
    async with office.browser(Role.CASEWORKER) as browser:
        named = {"who": "Ana", "how": "+591 2 123 4567", "until": day.isoformat()}
        await browser.post(f"/people/{person.id}/silence", **named)
    async with office.database.begin(SERVICE) as session:
        until = (await session.get_one(Safety, person.id)).other_until

    assert until == datetime.combine(day, time(), there)


async def test_p10_a_person_without_a_case_opens_with_a_reason_and_is_recorded_as_such(
    office: Office,
) -> None:
    person = await office.person()
    async with office.browser(Role.COORDINATOR) as browser:
        shut = (await browser.get(f"/people/{person.id}")).text
        assert "This person has no open case" in shut
        assert "Who holds the phone" not in shut
        await browser.look(f"/people/{person.id}")
    async with office.database.begin(SERVICE) as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "person.read"))
    assert entry is not None
    assert (entry.subject, entry.detail) == (person.id, {"with_case": False})


@pytest.mark.parametrize(
    ("pressed", "identity"), [("met", Identity.CONFIRMED), ("doubted", Identity.DOUBTED)]
)
async def test_p13_a_worker_says_whether_it_is_them(
    office: Office, pressed: str, identity: Identity
) -> None:
    person = await office.person()
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"/people/{person.id}/identity", identity=pressed)
    async with office.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, person.id)).identity is identity


async def test_p13_whoever_met_them_before_they_used_their_stop_word_looks_at_that_first(
    office: Office,
) -> None:
    person = await office.person()
    page = f"/people/{person.id}"
    async with office.browser(Role.CASEWORKER) as browser:
        known = as_known((await browser.look(page)).text)
        async with office.database.begin(SERVICE) as session:
            await freeze(session, await session.get_one(Returnee, person.id), 1001, 7)
        late = await browser.post(f"{page}/identity", identity="met", against=known)
        assert late.status_code == 409
        assert "Something speaks against it since you opened this page." in late.text
        known = as_known((await browser.look(page)).text)
        looked = await browser.post(f"{page}/identity", identity="met", against=known)
        assert looked.status_code == 303


async def test_p13_words_that_were_agreed_on_are_compared_and_never_shown_again(
    office: Office,
) -> None:
    person = await office.person()
    page = f"/people/{person.id}"
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"{page}/words", first_word="lantern", second_word="river")
        shown = (await browser.look(page)).text
        assert "lantern" not in shown
        assert "Only this pair counts, whichever organisation agreed on it." in shown
        await browser.post(f"{page}/words/compare", said="River... and lantern!")
        assert "These are the words" in (await browser.get(page)).text
        await browser.post(f"{page}/words/compare", said="river boat")
        assert "in doubt now" in (await browser.get(page)).text
    async with office.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, person.id)).identity is Identity.DOUBTED


async def test_p13_who_is_not_confirmed_is_labelled_in_the_queue_and_first_on_the_case(
    office: Office,
) -> None:
    case = await office.case(await office.person(), "Help")
    async with office.browser(Role.CASEWORKER) as browser:
        assert "Not confirmed" in (await browser.get("/queue")).text
        page = (await browser.get(f"/cases/{case.id}")).text
    assert page.index("Who holds the phone") < page.index("Safe hours")


async def test_p13_the_stop_word_is_undone_by_who_made_sure_that_it_is_them(office: Office) -> None:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        await freeze(session, await session.get_one(Returnee, person.id), 1001, 7)
    async with office.browser(Role.CASEWORKER) as browser:
        path = f"/people/{person.id}"
        page = (await browser.look(path)).text
        assert "They used their stop word" in page
        assert "unfreeze" not in page
        assert (await browser.post(f"{path}/unfreeze")).status_code == 409
        await browser.post(f"{path}/identity", identity="met", against=as_known(page))
        assert "unfreeze" in (await browser.look(path)).text
        await browser.post(f"{path}/unfreeze")
        assert "Stop word used" not in (await browser.look(path)).text
    async with office.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, person.id)).frozen_at is None


async def test_invites_made_in_the_console_work_and_are_shown_once(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        made = (await browser.post("/invites", count="3")).text
        codes = set(re.findall(r">(r-\w{16})<", made))
        assert len(codes) == 3
        assert f"https://t.me/wayhome_test_bot?start={min(codes)}" in made
        assert min(codes) not in (await browser.get("/invites")).text
    async with office.database.begin(SERVICE) as session:
        for code in codes:
            invite = await redeem_invite(session, code)
            assert invite.issued_by == browser.actor.staff_id


@pytest.mark.parametrize("count", ["9" * 5_000, "0", "-3", "201", "many", ""])
async def test_a_senseless_number_of_invites_is_refused(office: Office, count: str) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        answer = await browser.post("/invites", count=count)
        assert answer.status_code == 409
        assert "between 1 and 200" in answer.text


async def test_a_printed_sheet_has_the_emergency_number_on_every_card_and_says_nothing_else(
    office: Office,
) -> None:
    async with office.database.begin(SERVICE) as session:
        invites = [NewInvite(f"r-{number:016}", session.now) for number in range(3)]
        sheet = invite_sheet(invites, "wayhome_test_bot", "112", session.now)
    assert sheet.count("In danger, don’t wait for the chat to answer: call \u2068112\u2069") == 3
    assert sheet.count("<svg") == 3
    for hint in ("traffick", "return", "Wayhome", "organisation"):
        assert hint not in sheet.replace("wayhome_test_bot", "")


async def test_cards_of_the_console_carry_the_known_number_or_the_one_that_was_typed(
    office: Office,
) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        assert (
            'name="emergency" type="tel" dir="ltr" value="112"'
            in (await browser.get("/invites")).text
        )
        known = (await browser.post("/invites", count="2")).text
        typed = (await browser.post("/invites", count="2", emergency="15-19")).text

    assert known.count("don’t wait for the chat to answer: call \u2068112\u2069") == 2
    assert typed.count("don’t wait for the chat to answer: call \u206815-19\u2069") == 2


async def test_cards_of_the_console_speak_the_language_of_whoever_will_hold_them(
    office: Office,
) -> None:
    """And no number of several groups is read from its end."""
    async with office.browser(Role.COORDINATOR) as browser:
        chosen = (await browser.get("/invites")).text
        cards = (
            await browser.post("/invites", count="2", emergency="+212 5 37", card_language="ar")
        ).text
        refused = await browser.post("/invites", count="1", card_language="xx")
    said = (
        Catalogues.load()
        .of("ar")
        .gettext("In danger, don’t wait for the chat to answer: call %(number)s")
    )

    assert 'value="en" lang="en" selected' in chosen
    assert cards.count(said % {"number": isolated("+212 5 37")}) == 2
    assert cards.count('lang="ar" dir="rtl"') == 2
    assert 'value="ar" lang="ar" selected' in cards
    assert "Make invites" in cards
    assert (refused.status_code, "Choose a language." in refused.text) == (409, True)


async def test_no_card_is_made_without_an_emergency_number(office: Office) -> None:
    async with office.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, office.organisation.id)
        organisation.country = "XX"
    async with office.browser(Role.COORDINATOR) as browser:
        assert 'dir="ltr" value="" maxlength="20" required' in (await browser.get("/invites")).text
        for typed in ("", "the police", "1" * 21):
            answer = await browser.post("/invites", count="1", emergency=typed)
            assert answer.status_code == 409
            assert "made of digits, such as 112" in answer.text


async def test_the_team_page_shows_for_whom_telegram_takes_nothing(office: Office) -> None:
    async with office.browser(Role.ADMIN) as browser:
        async with office.database.begin(SERVICE) as session:
            known = await session.get_one(Staff, browser.actor.staff_id)
            known.telegram_fails_since = session.now
        assert "fails since" in (await browser.get("/team")).text


async def test_p2_that_the_staff_group_takes_nothing_stands_where_everybody_is_sent_to_look(
    office: Office,
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        assert "A channel for alerts fails." not in (await browser.get("/account")).text
        async with office.database.begin(SERVICE) as session:
            ours = await session.get_one(Organisation, office.organisation.id)
            ours.staff_chat_fails_since = session.now
        assert "A channel for alerts fails." in (await browser.get("/account")).text
        assert "fails since" in (await browser.get("/channels")).text


async def test_a_colleague_is_added_let_in_anew_and_let_go_from_the_team_page(
    office: Office,
) -> None:
    async with office.browser(Role.ADMIN) as browser:
        added = (await browser.post("/team", name="Nora", role="caseworker")).text
        (token,) = re.findall(r"/set-up/([a-z0-9]{32})<", added)
        assert re.search(r"/start s-\w{16}", added)
        (staff_id,) = re.findall(r"/team/([0-9a-f-]{36})/disable", added)
        renewed = (await browser.post(f"/team/{staff_id}/set-up")).text
        (newer,) = re.findall(r"/set-up/([a-z0-9]{32})<", renewed)
        assert re.search(r"/start s-\w{16}", renewed)
        assert "\u2068Nora\u2069 yourself" in renewed
        assert (await browser.get(f"/set-up/{token}")).status_code == 410
        async with office.database.begin(SERVICE) as session:
            assert (await begin_setup(session, newer)).name == "Nora"
        await browser.post(f"/team/{staff_id}/disable")
        assert "\u2068Nora\u2069 has no access any more" in (await browser.get("/team")).text
        assert "Nora" not in (await browser.get("/team")).text


async def test_nobody_loses_their_access_by_one_wrong_press(
    office: Office, chromium: Chromium
) -> None:
    """It stands below what somebody with a new phone needs, and nothing brings it back."""
    admin = await office.colleague(Role.ADMIN)
    vera = await office.colleague(Role.CASEWORKER, "Vera")
    async with window(chromium, office, admin, "light", PHONE) as page:
        await page.goto("/team")
        await page.locator("summary", has_text="Vera").click()
        await page.get_by_role("button", name="End their access").click()
        async with office.database.begin(SERVICE) as session:
            assert (await session.get_one(Staff, vera.actor.staff_id)).disabled_at is None
        await page.get_by_label(re.compile(r"Vera\W leaves the team")).check()
        await page.get_by_role("button", name="End their access").click()
        await expect(page.get_by_role("status")).to_contain_text("has no access any more")


async def test_a_long_link_to_hand_out_stays_on_its_card(
    office: Office, chromium: Chromium
) -> None:
    admin = await office.colleague(Role.ADMIN)
    async with window(chromium, office, admin, "light", PHONE) as page:
        await page.goto("/team")
        await page.get_by_label("Name").fill("Nora")
        await page.get_by_role("button", name="Add to the team").click()
        await page.wait_for_load_state()  # Before its style sheet is there no page has a shape.
        beside = await page.locator("main code").evaluate_all(
            """codes => codes.filter(code => code.getBoundingClientRect().right
                > code.parentElement.getBoundingClientRect().right).map(code => code.textContent)"""
        )
        assert beside == []


@pytest.mark.parametrize("how", ["met", "words", "unfreeze"])
async def test_p13_what_waited_for_who_is_there_goes_as_soon_as_a_worker_is_sure(
    office: Office, how: str
) -> None:
    person = await office.person()
    page = f"/people/{person.id}"
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"{page}/words", first_word="lantern", second_word="river")
        if how == "unfreeze":
            async with office.database.begin(SERVICE) as session:
                await freeze(session, await session.get_one(Returnee, person.id), 1001, 7)
            known = as_known((await browser.look(page)).text)
            await browser.post(f"{page}/identity", identity="met", against=known)
        async with office.database.begin(SERVICE) as session:
            returnee = await session.get_one(Returnee, person.id)
            row = await tell(session, returnee, Notice.PARTNER_ASKED, {"partner": str(person.id)})
            row.state, row.held = OutboxState.HELD, "identity"
            row.not_before = later = session.now + timedelta(minutes=10)
        match how:
            case "met":
                await browser.post(f"{page}/identity", identity="met")
            case "words":
                await browser.post(f"{page}/words/compare", said="lantern river")
            case _:
                await browser.post(f"{page}/unfreeze")
    async with office.database.begin(SERVICE) as session:
        assert (await session.get_one(OutboxRow, row.id)).not_before < later


async def test_whoever_ends_an_access_reads_that_the_staff_group_is_still_open_to_it(
    office: Office,
) -> None:
    """Also where a phone was lost. Nobody is let out of a group of Telegram's by us."""
    vera, samir = [await office.colleague(Role.CASEWORKER, name) for name in ("Vera", "Samir")]
    async with office.browser(Role.ADMIN) as browser:
        await browser.post(f"/team/{vera.actor.staff_id}/disable")
        assert "your staff group" not in (await browser.get("/team")).text
        async with office.database.begin(SERVICE) as session:
            known = await session.get_one(Organisation, office.organisation.id)
            set_staff_chat(session, known, -1009)
        renewed = await browser.post(f"/team/{samir.actor.staff_id}/set-up")
        assert "your staff group" in renewed.text
        await browser.post(f"/team/{samir.actor.staff_id}/disable")
        page = (await browser.get("/team")).text
        assert "Samir\u2069 has no access any more" in page
        assert "your staff group" in page
