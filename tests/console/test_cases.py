from datetime import time, timedelta

import pytest
from playwright.async_api import Browser as Chromium
from sqlalchemy import select, update

from console.cookies import SESSION
from domain.crisis.gentle_question import note_answer
from domain.duty import on_duty
from domain.notices import Notice
from domain.safety.phones import pause
from domain.safety.window import Window, choose_window
from domain.signals.opening import open_handed_over
from storage.kinds import CaseState, Discretion, MessageKind, Outcome, Role, Severity
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, Safety
from storage.tables.staff import StaffSession
from tests.console.conftest import Telegram
from tests.console.desk import as_read, closes
from tests.console.office import Office

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


async def test_the_queue_shows_danger_first_and_reasons_in_words(office: Office) -> None:
    await office.case(await office.person(), "one", Severity.CONCERN, "money.concern.hungry")
    await office.case(await office.person(), "two", Severity.EMERGENCY, "weapon.emergency.knife")
    async with office.browser(Role.CASEWORKER) as browser:
        page = (await browser.get("/queue")).text
        assert page.index("Speaks of a weapon") < page.index("Has no money or food")
        assert "weapon.emergency" not in page
        assert "<title>(2)" in page


async def test_a_reason_without_words_of_its_own_is_still_shown(office: Office) -> None:
    await office.case(await office.person(), "…", Severity.URGENT, "brand-new.urgent.rule")
    async with office.browser(Role.CASEWORKER) as browser:
        assert "brand-new.urgent.rule" in (await browser.get("/queue")).text


async def test_what_was_answered_to_the_gentle_question_stands_in_the_case_and_hides_no_reason(
    office: Office,
) -> None:
    person = await office.person()
    case = await office.case(person)
    async with office.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        for notice in (Notice.HELP_OKAY, Notice.HELP_DECLINED):
            await note_answer(session, known, notice)
    async with office.browser(Role.CASEWORKER) as browser:
        page = (await browser.get(f"/cases/{case.id}")).text
        assert "The phone says that they are okay for now" in page
        assert "The phone says that nobody should write for now" in page
        assert "Is threatened" in (await browser.get("/queue")).text


async def test_claim_write_and_close_lead_a_case_through_the_browser(office: Office) -> None:
    case = await office.case(await office.person(), "Somebody follows me.")
    async with office.browser(Role.CASEWORKER) as browser:
        path = f"/cases/{case.id}"
        assert "Send to their phone" not in (await browser.get(path)).text
        claimed = await browser.post(f"{path}/claim")
        assert claimed.headers["location"] == path
        assert "Send to their phone" in (await browser.get(path)).text
        await browser.post(f"{path}/write", words="I am here.")
        page = (await browser.get(path)).text
        assert "I am here." in page
        assert "On its way" in page
        closed = await closes(browser, path)
        assert closed.headers["location"] == "/queue"
        assert case.code in (await browser.get("/queue/closed")).text
    async with office.database.begin(SERVICE) as session:
        assert (await session.get_one(Case, case.id)).state is CaseState.RESOLVED


@pytest.mark.parametrize("drawn", [True, False], ids=["drawn before", "of an older release"])
async def test_p1_no_case_is_closed_from_a_page_that_shows_less_than_was_said(
    office: Office, drawn: bool
) -> None:
    person = await office.person()
    case = await office.case(person, "Somebody follows me.")
    path = f"/cases/{case.id}"
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"{path}/claim")
        seen = {"read": as_read((await browser.get(path)).text)} if drawn else {}
        await office.case(person, "He is here, he will kill me", Severity.EMERGENCY)
        refused = await browser.post(f"{path}/resolve", outcome=Outcome.HELPED, **seen)
        assert refused.status_code == 409
        assert "read it first" in refused.text
        assert (await closes(browser, path)).headers["location"] == "/queue"


async def test_a_case_that_was_closed_by_mistake_is_opened_again_where_it_was_closed(
    office: Office,
) -> None:
    case = await office.case(await office.person(), "Somebody follows me.")
    path = f"/cases/{case.id}"
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"{path}/claim")
        assert "Open this case again" not in (await browser.get(path)).text
        await closes(browser, path)
        assert "Open this case again" in (await browser.get(path)).text
        again = await browser.post(f"{path}/reopen")
        assert again.headers["location"] == path
        page = (await browser.get(path)).text
        assert "This case is yours. Write to the person now." in page
        assert "Opened again" in page
        assert "Send to their phone" in page
        refused = await browser.post(f"{path}/reopen")
        assert refused.status_code == 409
        assert "This case can no longer be opened again." in refused.text


async def test_a_case_of_somebody_whom_another_organisation_has_by_now_is_not_opened_again(
    office: Office, elsewhere: Office
) -> None:
    case = await office.case(await office.person(), "Somebody follows me.")
    path = f"/cases/{case.id}"
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"{path}/claim")
        await closes(browser, path)
        async with office.database.begin(SERVICE) as session:
            person = await session.get_one(Returnee, case.returnee_id)
            there = elsewhere.organisation.id
            await open_handed_over(session, person, there, Severity.CONCERN)
        page = (await browser.get(path)).text
    assert case.code in page
    assert "Open this case again" not in page


async def test_a_note_reaches_colleagues_and_never_the_person(office: Office) -> None:
    case = await office.case(await office.person(), "Hello?")
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"/cases/{case.id}/claim")
        async with office.database.begin(SERVICE) as session:
            before = set(await session.scalars(select(OutboxRow.id)))
        await browser.post(f"/cases/{case.id}/note", note="Shelter has a bed.")
        assert "Shelter has a bed." in (await browser.get(f"/cases/{case.id}")).text
    async with office.database.begin(SERVICE) as session:
        assert set(await session.scalars(select(OutboxRow.id))) == before


async def test_thirty_pages_of_notes_in_arabic_are_kept(office: Office) -> None:
    case = await office.case(await office.person("ar"), "مرحبا")
    async with office.browser(Role.CASEWORKER) as browser:
        kept = await browser.post(f"/cases/{case.id}/note", note="كلمة " * 12_000)
        assert kept.status_code == 303


@pytest.mark.parametrize(("form", "field"), [("write", "words"), ("note", "note")])
async def test_words_that_are_refused_stay_in_their_field(
    office: Office, form: str, field: str
) -> None:
    case = await office.case(await office.person(), "Hello?")
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"/cases/{case.id}/claim")
        words = "x" * 4000 if form == "write" else " "
        answer = await browser.post(f"/cases/{case.id}/{form}", **{field: words})
        assert answer.status_code == 409
        assert words.strip() in answer.text
        assert 'role="alert"' in answer.text


async def test_a_pause_lasts_until_the_person_ends_it_and_the_case_says_so(office: Office) -> None:
    person = await office.person()
    case = await office.case(person, "Hello?")
    async with office.database.begin(SERVICE) as session:
        pause(await session.get_one(Returnee, person.id))
    async with office.browser(Role.CASEWORKER) as browser:
        page = (await browser.get(f"/cases/{case.id}")).text

    assert "They asked for a pause, until they end it themselves." in page
    assert "9999" not in page


@pytest.mark.parametrize(
    ("paused", "said"), [(True, "Your words wait, and"), (False, "Your words leave in a few")]
)
async def test_nobody_is_told_that_words_leave_soon_which_wait(
    office: Office, paused: bool, said: str
) -> None:
    person = await office.person()
    case = await office.case(person, "Hello?")
    async with office.database.begin(SERVICE) as session:
        await choose_window(session, person.id, Window(opens=time(0), closes=time(0)))
        if paused:
            pause(await session.get_one(Returnee, person.id))
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"/cases/{case.id}/claim")
        await browser.get(f"/cases/{case.id}")
        await browser.post(f"/cases/{case.id}/write", words="I am here.")
        page = (await browser.get(f"/cases/{case.id}")).text

    assert said in page


async def test_at_a_bad_hour_an_emergency_can_be_answered_with_a_reason_that_stays_in_the_case(
    office: Office,
) -> None:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        await session.execute(update(Safety).values(never_first=True))
    urgent = await office.case(await office.person(), "Hello?")
    case = await office.case(person, "He is at the door", Severity.EMERGENCY)
    async with office.browser(Role.CASEWORKER) as browser:
        for claimed in (urgent, case):
            await browser.post(f"/cases/{claimed.id}/claim")
        page = (await browser.get(f"/cases/{case.id}")).text
        assert "It can't wait for their safe hours" in page
        assert "It can't wait" not in (await browser.get(f"/cases/{urgent.id}")).text
        why = "She may not last the night <b>"
        await browser.post(f"/cases/{case.id}/write", words="I am here.", any_hour=why)
        page = (await browser.get(f"/cases/{case.id}")).text
    assert "Sent at any hour, since it could not wait" in page
    assert "She may not last the night &lt;b&gt;" in page


async def test_of_two_who_claim_the_second_is_told_who_has_it(office: Office) -> None:
    case = await office.case(await office.person(), "Hello?")
    first = await office.colleague(Role.CASEWORKER, "Besa Gashi")
    async with office.browser_of(first) as browser, office.browser(Role.SUPERVISOR) as other:
        await browser.post(f"/cases/{case.id}/claim")
        answer = await other.post(f"/cases/{case.id}/claim")
        assert answer.status_code == 409
        assert "Besa Gashi has this case already." in answer.text


async def test_how_to_contact_safely_comes_before_any_of_the_persons_words(
    office: Office,
) -> None:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        await session.execute(
            update(Returnee).values(shared_phone=True, discretion=Discretion.WATCHED)
        )
    case = await office.case(person, "Please write tonight")
    async with office.browser(Role.CASEWORKER) as browser:
        page = (await browser.get(f"/cases/{case.id}")).text
        assert page.index("Somebody else reads this phone too") < page.index("Please write")
        assert page.index("only neutral words") < page.index("Please write")


async def test_p10_opening_a_case_is_recorded(office: Office) -> None:
    case = await office.case(await office.person(), "Hello?")
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.get(f"/cases/{case.id}")
        async with office.database.begin(SERVICE) as session:
            entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "case.read"))
        assert entry is not None
        assert (entry.staff_id, entry.subject) == (browser.actor.staff_id, case.id)


async def test_a_voice_note_is_played_from_telegram_and_then_counts_as_heard(
    office: Office, telegram: Telegram
) -> None:
    telegram.files["voice-1"] = b"OggS"
    case = await office.case(
        await office.person(), "voice-1", Severity.URGENT, "unread.voice", MessageKind.VOICE
    )
    async with office.database.begin(SERVICE) as session:
        message = (await session.scalars(select(Message))).one()
    async with office.browser(Role.CASEWORKER) as browser:
        assert "Nobody has heard this yet" in (await browser.get(f"/cases/{case.id}")).text
        played = await browser.get(f"/cases/{case.id}/recordings/{message.id}")
        assert (played.content, played.headers["content-type"]) == (b"OggS", "audio/ogg")
        assert "Nobody has heard this yet" not in (await browser.get(f"/cases/{case.id}")).text


async def test_p1_a_look_at_what_a_recording_would_be_counts_as_heard_by_nobody(
    office: Office, telegram: Telegram
) -> None:
    telegram.files["voice-1"] = b"OggS"
    case = await office.case(
        await office.person(), "voice-1", Severity.URGENT, "unread.voice", MessageKind.VOICE
    )
    async with office.database.begin(SERVICE) as session:
        message = (await session.scalars(select(Message))).one()
    async with office.browser(Role.CASEWORKER) as browser:
        source = f"/cases/{case.id}/recordings/{message.id}"
        assert (await browser.client.head(source)).status_code == 200
        assert "Nobody has heard this yet" in (await browser.get(f"/cases/{case.id}")).text


async def test_a_recording_that_telegram_keeps_back_stays_unheard(
    office: Office, telegram: Telegram
) -> None:
    case = await office.case(
        await office.person(), "voice-1", Severity.URGENT, "unread.voice", MessageKind.VOICE
    )
    async with office.database.begin(SERVICE) as session:
        message = (await session.scalars(select(Message))).one()
    async with office.browser(Role.CASEWORKER) as browser:
        answer = await browser.get(f"/cases/{case.id}/recordings/{message.id}")
        assert answer.status_code == 409
        assert "Nobody has heard this yet" in (await browser.get(f"/cases/{case.id}")).text


async def test_p11_the_queue_says_when_nobody_is_on_duty(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        assert "Nobody is on duty" in (await browser.get("/queue")).text
        await browser.post("/duty", duty="on")
        assert "Nobody is on duty" not in (await browser.get("/queue")).text


async def test_duty_is_taken_and_ended_from_any_page(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        for answer, expected in (("on", [browser.actor.staff_id]), ("off", [])):
            await browser.post("/duty", duty=answer)
            async with office.database.begin(office.organisation.id) as session:
                there = await on_duty(session, office.organisation.id)
                assert [staff.id for staff in there] == expected


async def test_the_persons_words_are_inert_in_every_page(
    office: Office, chromium: Chromium
) -> None:
    vera = await office.colleague(Role.CASEWORKER, HOSTILE)
    case = await office.case(await office.person(), HOSTILE)
    context = await chromium.new_context(base_url=office.settings.public_url)
    await context.add_cookies(
        [{"name": SESSION, "value": vera.cookie, "url": office.settings.public_url}]
    )
    page = await context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for path in (f"/cases/{case.id}", "/queue", "/account"):
        await page.goto(path)
    await page.goto(f"/cases/{case.id}")
    await page.get_by_role("button", name="Claim this case").click()
    await page.get_by_label("Note for colleagues").fill(HOSTILE)
    await page.get_by_role("button", name="Keep note").click()
    await page.locator(".noted", has_text=HOSTILE).wait_for()
    assert dialogs == []
    assert await page.locator("main script, main img").count() == 0
    await context.close()


async def test_a_new_case_and_a_reply_appear_without_loading_the_page(
    office: Office, chromium: Chromium
) -> None:
    vera = await office.colleague(Role.CASEWORKER)
    person = await office.person()
    context = await chromium.new_context(base_url=office.settings.public_url)
    await context.add_cookies(
        [{"name": SESSION, "value": vera.cookie, "url": office.settings.public_url}]
    )
    page = await context.new_page()
    await page.goto("/queue")
    await page.get_by_text("Nobody is waiting").wait_for()
    case = await office.case(person, "He is at the door", Severity.EMERGENCY, "danger.emergency.x")
    await page.get_by_text(case.code).wait_for()
    assert (await page.title()).startswith("(1)")
    await page.keyboard.press("j")
    await page.keyboard.press("c")
    await page.get_by_role("button", name="Send to their phone").wait_for()
    await page.get_by_label("Write to").fill("half a sent")
    await office.case(person, "He is gone now", Severity.CONCERN, "fear.concern.x")
    await page.locator("#talk").get_by_text("He is gone now").wait_for()
    assert await page.get_by_label("Write to").input_value() == "half a sent"
    await context.close()


async def test_a_live_page_ends_when_its_reader_is_signed_out(office: Office) -> None:
    async with (
        office.browser(Role.CASEWORKER) as browser,
        browser.client.stream("GET", "/queue/events") as answer,
    ):
        lines = answer.aiter_lines()
        assert (await anext(lines)).startswith("data: {")
        async with office.database.begin(SERVICE) as session:
            past = session.database_now - timedelta(days=1)
            await session.execute(update(StaffSession).values(expires_at=past))
        await office.case(await office.person(), "wakes the page")
        assert "event: signed-out" in [line async for line in lines]


async def test_a_live_page_ends_at_once_when_the_process_is_about_to_stop(office: Office) -> None:
    async with (
        office.browser(Role.CASEWORKER) as browser,
        browser.client.stream("GET", "/queue/events") as answer,
    ):
        lines = answer.aiter_lines()
        await anext(lines)
        office.settings.stopping.set()
        assert [line async for line in lines if line] == []
