"""What was chosen beside words that have not left comes back with them, and with nothing else."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect
from sqlalchemy import select

from domain.casework.work import write
from domain.identity.trust import distrust
from domain.staff.accounts import actor_of
from storage.kinds import Identity, Role
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.console.desk import at_their_case, claimed
from tests.console.office import Office

WORDS = "Your sister Ana waits at the clinic."


def tomorrow() -> str:
    there = datetime.now(ZoneInfo("Europe/Tirane")) + timedelta(days=1)
    return there.strftime("%Y-%m-%dT10:30")


async def test_p13_words_that_wait_for_certainty_still_do_after_a_note_and_a_look_at_the_queue(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        tick = page.get_by_label("It names a person, a place or a time")
        words, at = page.locator("#words"), page.locator("#at")
        await words.fill(WORDS)
        await tick.check()
        await page.get_by_text("Send it later").click()
        await at.fill(tomorrow())
        await page.locator("#note").fill("She has a sister.")
        await page.get_by_role("button", name="Keep note").click()
        await expect(page.locator("#talk")).to_contain_text("She has a sister.")
        for _ in range(2):
            await expect(words).to_have_value(WORDS)
            await expect(tick).to_be_checked()
            await expect(at).to_be_visible()
            await expect(at).to_have_value(tomorrow())
            case = page.url
            await page.goto("/queue")
            await page.goto(case)


async def breaks_off(page: Page) -> None:
    """Presses a link while their words are still on their way."""
    await page.route("**/write", lambda _: None)
    # Playwright itself presses no link while something is under way.
    await page.evaluate(
        """addEventListener("submit", () =>
            setTimeout(() => document.querySelector("a[href='/queue']").click()))"""
    )
    await page.locator("#words").fill(WORDS)
    send = page.get_by_role("button", name="Send to their phone")
    await send.evaluate("button => setTimeout(() => button.click())")
    await page.wait_for_url("**/queue")


async def test_p1_words_are_kept_by_whoever_leaves_by_a_link_while_they_are_being_sent(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        words, case = page.locator("#words"), page.url
        await breaks_off(page)
        await page.goto(case)
        await expect(words).to_have_value(WORDS)


async def test_what_arrived_all_the_same_does_not_come_back_to_be_sent_once_more(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        words, case = page.locator("#words"), page.url
        await breaks_off(page)
        async with office.database.begin(SERVICE) as session:
            found = (await session.scalars(select(Case))).one()
            worker = await session.get_one(Staff, found.claimed_by)
            await write(session, actor_of(worker), found.id, WORDS)
        await page.goto(case)
        await expect(page.locator("#talk")).to_contain_text(WORDS)
        await expect(words).to_have_value("")


async def test_p1_words_that_were_said_before_come_back_where_they_were_not_being_sent(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        words, case = page.locator("#words"), page.url
        await words.fill(WORDS)
        await page.get_by_role("button", name="Send to their phone").click()
        await expect(page.locator("#talk")).to_contain_text(WORDS)
        await words.fill(WORDS)
        await page.goto("/queue")
        await page.goto(case)
        await expect(words).to_have_value(WORDS)


async def test_p1_words_are_kept_by_whoever_stays_with_a_recording_and_leaves_later(
    office: Office, chromium: Chromium
) -> None:
    async with at_their_case(chromium, office) as page:
        words, case = page.locator("#words"), page.url
        await page.get_by_text("Your own voice").click()
        await page.get_by_label("Record, or choose a recording").set_input_files(
            {"name": "v.ogg", "mimeType": "audio/ogg", "buffer": b"OggS"}
        )
        await words.fill(WORDS)
        page.once("dialog", lambda dialog: dialog.dismiss())
        async with page.expect_event("dialog"):
            await page.get_by_role("button", name="Send to their phone").click(no_wait_after=True)
        await page.evaluate("new Promise(done => setTimeout(done))")
        page.once("dialog", lambda dialog: dialog.accept())
        await page.goto("/queue")
        await page.goto(case)
        await expect(words).to_have_value(WORDS)


async def test_p1_half_written_words_are_kept_as_the_page_is_hidden(
    office: Office, chromium: Chromium
) -> None:
    """A phone that ends the browser behind another app tells the page nothing more."""
    async with at_their_case(chromium, office) as page:
        await page.locator("#words").fill(WORDS)
        await page.evaluate(
            """() => {
                Object.defineProperty(document, "hidden", { value: true, configurable: true });
                document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
            }"""
        )
        kept = await page.evaluate("sessionStorage.getItem('wayhome-half-written')")
    assert WORDS in kept


async def test_p13_words_that_are_taken_back_keep_what_was_chosen_beside_them(
    office: Office,
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        await browser.post(f"{path}/write", words="I am here.")
        for chosen, comes_back in (
            ({"only_confirmed": "yes"}, 'name="only_confirmed" value="yes" checked'),
            # It was sure who is there when they were begun.
            ({"known": "yes"}, 'name="only_confirmed" value="yes" checked'),
            ({"at": tomorrow()}, f'name="at" value="{tomorrow()}"'),
        ):
            await browser.post(f"{path}/write", words=WORDS, **chosen)
            page = (await browser.get(path)).text
            undo = page[: page.rindex("/take-back")].rpartition('"')[2] + "/take-back"
            field = (await browser.post(undo)).text
            assert WORDS in field
            assert comes_back in field


async def test_p13_words_begun_while_it_was_sure_who_is_there_wait_where_it_no_longer_is(
    office: Office,
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        path = await claimed(office, browser)
        said = {}
        for identity in (Identity.DOUBTED, Identity.CONFIRMED):
            async with office.database.begin(SERVICE) as session:
                person = (await session.scalars(select(Returnee))).one()
                person.identity, person.confirmed_at = identity, session.now
            page = (await browser.get(path)).text
            said[identity] = dict(re.findall(r'name="(known)" value="(yes)"', page))
        assert said == {Identity.DOUBTED: {}, Identity.CONFIRMED: {"known": "yes"}}
        async with office.database.begin(SERVICE) as session:
            await distrust(session, browser.actor, person.id)
        await browser.post(f"{path}/write", words=WORDS, **said[Identity.CONFIRMED])
        page = (await browser.get(path)).text
    assert "Your words wait, and beside them stands why." in page
