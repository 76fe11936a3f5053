"""Words from a case's page to a person: what they will see, when it leaves, and second thoughts."""

import re
import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect
from sqlalchemy import select, update

from domain.cases.telling_names import Told
from domain.casework import second_thoughts
from domain.casework.work import LONGEST_NOTE
from domain.messages.sendable import LONGEST_WORDS
from domain.profiles.wishing import change_place
from domain.replies.phrases import PHRASES, Phrase
from domain.returnees import wishes
from domain.returnees.wishes import Place
from locales.catalogues import LANGUAGES, Catalogues
from storage.kinds import Discretion, OutboxState, Role
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.console.desk import at_their_case, claimed, desk, on_a_phone
from tests.console.office import Office


async def outbox(office: Office) -> list[OutboxState]:
    async with office.database.begin(SERVICE) as session:
        rows = await session.scalars(
            select(OutboxRow)
            .where(OutboxRow.case_id.is_not(None), OutboxRow.organisation_id.is_not(None))
            .order_by(OutboxRow.number)
        )
        return [row.state for row in rows]


async def test_words_are_as_long_as_their_field_says_however_browsers_send_the_ends_of_lines(
    office: Office,
) -> None:
    words = "\n".join(["a" * 115] * 30)
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        for sent in (words.ljust(3500, "a"), words.ljust(3501, "a")):
            answer = await browser.post(f"{path}/write", words=sent.replace("\n", "\r\n"))
            assert answer.status_code == (303 if len(sent) == 3500 else 409)


async def test_words_that_name_a_place_that_is_not_safe_for_them_ask_once(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        async with office.database.begin(SERVICE) as session:
            person = (await session.scalars(select(Returnee))).one()
            await change_place(session, person, Place("AL", "0123456789ab", "Durrës"))
        words = "Come to our office in Durrësi <b>tomorrow</b>."
        asked = await browser.post(f"{path}/write", words=words)
        assert asked.status_code == 409
        assert "name a place that is not safe for them" in asked.text
        assert "Durrësi &lt;b&gt;tomorrow" in asked.text
        assert await outbox(office) == []
        await browser.post(f"{path}/write", words="Come to Tirana.")
        await browser.post(f"{path}/write", words=words, unsafe_place="knowing")
        assert len(await outbox(office)) == 2


@pytest.mark.parametrize(
    ("form", "field", "most"), [("write", "words", LONGEST_WORDS), ("note", "note", LONGEST_NOTE)]
)
async def test_only_what_is_short_enough_is_looked_through_and_beside_what_others_do(
    office: Office, monkeypatch: pytest.MonkeyPatch, form: str, field: str, most: int
) -> None:
    """As much as a form holds took twenty seconds, in which the replica heard nobody."""
    readers = []

    def noted(*_: object) -> frozenset[Told]:
        readers.append(threading.current_thread())
        return frozenset()

    monkeypatch.setattr(wishes, "names_any", noted)
    monkeypatch.setattr(second_thoughts, "told_by", noted)
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        too_long = await browser.post(f"{path}/{form}", **{field: "a" * (most + 1)})
        assert (too_long.status_code, "a" * most in too_long.text) == (409, True)
        assert readers == []
        assert (await browser.post(f"{path}/{form}", **{field: "a" * most})).status_code == 303
    assert len(readers) == 1
    assert threading.main_thread() not in readers


async def test_what_was_sent_a_moment_ago_comes_back_into_the_field(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        await browser.post(f"{path}/write", words="I know your sister.")
        page = (await browser.get(path)).text
        (undo,) = re.findall(r'action="([^"]+take-back)"', page)
        taken = await browser.post(undo)
        assert ">I know your sister.</textarea>" in taken.text
        assert "take-back" not in (await browser.get(path)).text
        assert await outbox(office) == [OutboxState.CANCELLED]
        again = await browser.post(undo)
        assert (again.status_code, "left already" in again.text) == (409, True)


async def test_p12_what_one_page_sends_twice_goes_out_once(office: Office) -> None:
    """As when the answer is lost on a bad connection, and the browser sends the form again."""
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        (once, *_) = set(re.findall(r'name="once" value="(\w+)"', (await browser.get(path)).text))
        for _ in range(2):
            assert (
                await browser.post(f"{path}/write", words="I am here.", once=once)
            ).status_code == 303
            await browser.post(f"{path}/phrase", phrase="read", once=once)
        assert len(await outbox(office)) == 2
        # What the Back button brought back is used for other words.
        await browser.post(f"{path}/write", words="Still here.", once=once)
        again = re.findall(r'name="once" value="(\w+)"', (await browser.get(path)).text)[0]
        assert again != once
        await browser.post(f"{path}/write", words="I am here.", once=again)
        assert len(await outbox(office)) == 4


async def test_the_back_button_brings_back_what_was_not_sent_and_only_that(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        words, seen = page.locator("#words"), page.locator("[data-mirror]")
        await words.fill("I am here.")
        await page.get_by_role("button", name="Send to their phone").click()
        await page.get_by_role("button", name="Take back").wait_for()
        await page.go_back()
        await expect(page.locator("#talk")).to_contain_text("I am here.")
        await expect(words).to_have_value("")
        await words.fill("And I")
        await page.get_by_role("link", name="Person and consent").click()
        await page.get_by_role("heading", name="Who holds the phone").wait_for()
        await page.go_back()
        await expect(words).to_have_value("And I")
        await expect(seen).to_have_text("And I")


async def test_words_that_were_begun_are_there_again_after_a_look_at_the_queue_until_they_are_sent(
    office: Office, chromium: Chromium
) -> None:
    async with on_a_phone(chromium, office) as (_, case, page):
        await expect(page.locator("[data-news][data-live]")).to_be_attached()
        words = page.locator("#words")
        await words.fill("I am here.")
        await office.case(await office.person(), "Hello?")
        await page.get_by_role("link", name="Somebody new is waiting.").click()
        await page.locator(f'[data-case="{case.id}"]').get_by_role("link").click()
        await expect(words).to_have_value("I am here.")
        await page.get_by_role("button", name="Send to their phone").click()
        await expect(page.locator("#talk")).to_contain_text("I am here.")
        await page.goto("/queue")
        await page.goto(f"/cases/{case.id}")
        await expect(words).to_have_value("")
        assert await page.evaluate("sessionStorage.length") == 0


async def test_the_back_button_brings_back_no_note_that_stands_there_already(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        note = page.locator("#note")
        await note.fill("Call the shelter")
        await page.get_by_role("button", name="Keep note").click()
        await expect(page.locator("#talk")).to_contain_text("Call the shelter")
        await page.go_back()
        await expect(page.locator("#talk")).to_contain_text("Call the shelter")
        await expect(note).to_have_value("")


async def test_p12_the_back_button_brings_back_no_words_that_another_tab_has_written_after(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        beside = await page.context.new_page()
        for tab, said in ((page, "I am here."), (beside, "So am I.")):
            await tab.goto(page.url)
            await tab.locator("#words").fill(said)
            await tab.get_by_role("button", name="Send to their phone").click()
            await tab.get_by_role("button", name="Take back").first.wait_for()
        await page.go_back()
        await expect(page.locator("#talk")).to_contain_text("So am I.")
        await expect(page.locator("#words")).to_have_value("")


# Nothing comes of it, and the page stands as it stood: its reader pressed Stop.
_SWALLOWED = "document.addEventListener('submit', event => event.preventDefault(), {once: true})"


async def test_words_that_a_connection_swallowed_can_be_sent_again(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    async with office.browser_of(me) as browser:
        path = await claimed(office, browser)
    async with desk(chromium, office, me) as page:
        await page.clock.install()
        await page.goto(path)
        await page.locator("#words").fill("I am here.")
        send = page.get_by_role("button", name="Send to their phone")
        await page.evaluate(_SWALLOWED)
        await send.click()
        await page.clock.run_for(5000)
        await send.click()
        await expect(page.locator("#talk")).to_contain_text("I am here.")


async def test_words_for_later_say_when_they_leave_on_the_persons_clock(office: Office) -> None:
    there = datetime.now(ZoneInfo("Europe/Tirane")) + timedelta(days=2)
    at = there.replace(hour=10, minute=30).strftime("%Y-%m-%dT%H:%M")
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        await browser.post(f"{path}/write", words="I am here.")
        # What lies still for a moment goes before the case is closed; what is for later never does.
        assert "has not left yet" not in (await browser.get(path)).text
        await browser.post(f"{path}/write", words="Good morning.", at=at)
        page = (await browser.get(path)).text
        assert "10:30, on their clock" in page
        assert "has not left yet, and never will once the case is closed" in page
        night = await browser.post(f"{path}/write", words="Too late.", at=at.replace("T10", "T23"))
        assert night.status_code == 409
        assert "within the hours they called safe" in night.text
        assert at.replace("T10", "T23") in night.text
        for nonsense in ("tomorrow", "2026-13-40T10:00"):
            answer = await browser.post(f"{path}/write", words="When?", at=nonsense)
            assert (answer.status_code, "When?" in answer.text) == (409, True)


async def test_a_ready_sentence_goes_in_their_language_and_is_shown_in_the_workers(
    office: Office,
) -> None:
    theirs = Catalogues.load().of("uk").gettext(PHRASES[Phrase.DANGER])
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser, "uk")
        offered = (await browser.get(path)).text
        assert offered.count('name="phrase"') == len(Phrase) == 12
        assert offered.index(theirs) < offered.rindex('name="phrase"')
        await browser.post(f"{path}/phrase", phrase="danger")
        page = (await browser.get(path)).text
        talk = page[page.index('id="talk"') :]
        assert talk.index(theirs) < talk.index(PHRASES[Phrase.DANGER])
        assert (await browser.post(f"{path}/phrase", phrase="made-up")).status_code == 409


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_each_language_has_every_ready_sentence_in_its_own_words(language: str) -> None:
    theirs = Catalogues.load().of(language)
    said = {theirs.gettext(words) for words in PHRASES.values()}
    assert len(said) == len(PHRASES)
    assert said.isdisjoint(PHRASES.values())
    if language == "ary":
        assert said.isdisjoint(
            {Catalogues.load().of("ar").gettext(words) for words in PHRASES.values()}
        )


@pytest.mark.parametrize(
    ("discretion", "line"),
    [
        (Discretion.OPEN, None),
        (Discretion.DISCREET, "There is something for you to read."),
        (Discretion.WATCHED, "Hello. There is something new to see."),
    ],
)
async def test_beside_the_words_stands_what_their_phone_will_show(
    office: Office, discretion: Discretion, line: str | None
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser, "sq")
        async with office.database.begin(SERVICE) as session:
            await session.execute(update(Returnee).values(discretion=discretion))
        page = (await browser.get(path)).text
    theirs = Catalogues.load().of("sq")
    preview = page[page.index('class="preview"') : page.index("</figure>")]
    assert theirs.gettext("✉️ A person from our team:\n\n{words}").split("\n")[0] in preview
    covers = {theirs.gettext("There is something for you to read.")}
    covers.add(theirs.gettext("Hello. There is something new to see."))
    assert {cover for cover in covers if cover in preview} == (
        {theirs.gettext(line)} if line else set()
    )


async def test_the_preview_follows_the_keys_and_a_sent_message_is_taken_back_by_one_press(
    office: Office, chromium: Chromium
) -> None:
    vera = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person("ar"), "?")
    async with office.browser_of(vera) as browser:
        await browser.post(f"/cases/{case.id}/claim")
    async with desk(chromium, office, vera) as page:
        await page.goto(f"/cases/{case.id}")
        await page.get_by_label("Write to").fill("<b>Are you</b> safe?")
        await expect(page.locator("[data-mirror]")).to_have_text("<b>Are you</b> safe?")
        await page.keyboard.press("Control+Enter")
        await page.get_by_role("button", name="Take back").click()
        await expect(page.get_by_label("Write to")).to_have_value("<b>Are you</b> safe?")
        await expect(page).to_have_url(re.compile(f"/cases/{case.id}$"))
        async with office.database.begin(SERVICE) as session:
            assert (await session.get_one(Case, case.id)).first_action_at is None


async def test_on_a_phone_what_comes_back_is_seen_where_it_was_written(
    office: Office, chromium: Chromium
) -> None:
    """Its page is many screens long."""
    async with on_a_phone(chromium, office) as (_, _, page):
        words, note = page.locator("#words"), page.locator("#note")
        await words.fill(f"Spoke with {await page.locator('h1').inner_text()}.")
        await page.get_by_role("button", name="Send to their phone").click()
        await expect(page.get_by_text("Is it a note?")).to_be_in_viewport()
        await expect(words).to_be_focused()
        await words.fill("I know your sister.")
        await page.get_by_role("button", name="Send to their phone").click()
        await page.get_by_role("button", name="Take back").click()
        await expect(page.get_by_text("Your words are taken back")).to_be_in_viewport()
        await expect(words).to_be_focused()
        await note.fill("His number: 069 123 4567")
        await page.get_by_role("button", name="Keep note").click()
        await expect(page.get_by_text("This note seems to hold")).to_be_in_viewport()
        await expect(note).to_be_focused()


async def test_half_a_time_in_a_fold_that_is_shut_is_shown_instead_of_holding_words_back_in_silence(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        fold = page.locator("summary", has_text="Send it later")
        at = page.locator("#at")
        await page.locator("#words").fill("Until tomorrow")
        await fold.click()
        await at.focus()
        await page.keyboard.type("0101")
        await fold.click()
        await expect(at).to_be_hidden()
        await page.get_by_role("button", name="Send to their phone").click()
        await expect(at).to_be_visible()
        await expect(at).to_be_focused()


async def test_what_was_begun_meanwhile_stands_below_what_is_taken_back(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        await page.locator("#words").fill("Are you there?")
        await page.get_by_role("button", name="Send to their phone").click()
        await page.get_by_role("button", name="Take back").wait_for()
        await page.locator("#words").fill("I come at noon.")
        await page.get_by_role("button", name="Take back").click()
        await expect(page.locator("#words")).to_have_value("Are you there?\nI come at noon.")


async def test_a_note_that_seems_to_name_somebody_comes_back_once_with_a_question(
    office: Office,
) -> None:
    note = "Besnik Gashi has the number 069 123 4567."
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        asked = await browser.post(f"{path}/note", note=note)
        assert asked.status_code == 409
        assert "<strong>a name</strong> · <strong>a telephone number" in asked.text
        assert f">{note}</textarea>" in asked.text
        assert note not in (await browser.get(path)).text
        assert (await browser.post(f"{path}/note", note=note, knowing="yes")).status_code == 303
        assert note in (await browser.get(path)).text


async def test_what_only_colleagues_call_a_person_never_goes_to_their_phone(
    office: Office,
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        page = (await browser.get(path)).text
        (name,) = re.findall(r"<h1><bdi>(\w+)</bdi>", page)
        (code,) = re.findall(r'<bdi dir="ltr">([\w-]+)</bdi>', page)
        for words in (f"Spoke with {name.lower()}, will call.", f"See {code}."):
            answer = await browser.post(f"{path}/write", words=words)
            assert (answer.status_code, "Is it a note?" in answer.text) == (409, True)
        assert await outbox(office) == []
