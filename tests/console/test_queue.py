import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import update

from domain.casework.work import claim, write
from storage.kinds import Role, Severity
from storage.sessions import SERVICE, Clock
from storage.tables.cases import Case
from storage.tables.views import SavedView
from tests.clock import MORNING, set_clock
from tests.console.looks import PHONE, barriers, window
from tests.console.office import Office
from tests.console.sounding import LISTENING


async def test_the_queue_is_searched_by_code_and_by_pseudonym_however_they_are_typed(
    office: Office,
) -> None:
    wanted = await office.case(await office.person(), severity=Severity.CONCERN)
    other = await office.case(await office.person("ar"), severity=Severity.URGENT)
    async with office.browser(Role.CASEWORKER) as browser:
        page = (await browser.get("/queue")).text
        (name,) = re.findall(rf'href="/cases/{wanted.id}"><bdi>(\w+)', page)
        for typed in (wanted.code.lower(), name.upper(), f" {name[:5]}"):
            found = (await browser.get("/queue", begins=typed)).text
            assert str(wanted.id) in found
            assert str(other.id) not in found
        nothing = (await browser.get("/queue", begins="%")).text
        assert "No case fits this view." in nothing


async def test_p2_no_view_hides_that_somebody_waits(office: Office) -> None:
    await office.case(await office.person("sq"), severity=Severity.CONCERN)
    await office.case(await office.person("ar"), severity=Severity.EMERGENCY)
    async with office.browser(Role.CASEWORKER) as browser:
        albanian = (await browser.get("/queue", language="sq")).text
        assert "1 more waits outside this view." in albanian
        assert "There is an emergency among them." in albanian
        urgent = (await browser.get("/queue", severity="urgent")).text
        assert "2 more wait outside this view." in urgent
        nonsense = (await browser.get("/queue", severity="x", language="\0")).text
        assert "outside this view" not in nonsense


async def test_p2_a_queue_that_begins_with_a_view_that_no_key_opens_shows_who_waits(
    office: Office,
) -> None:
    case = await office.case(await office.person(), severity=Severity.EMERGENCY)
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post("/queue/views", name="Urgent", severity="urgent")
        async with office.database.begin(SERVICE) as session:
            await session.execute(update(SavedView).values(body=b"damaged", first=True))
        page = await browser.get("/queue")
        assert page.status_code == 200
        assert str(case.id) in page.text
        (remove,) = re.findall(r'action="(/queue/views/[\w-]+/remove)"', page.text)
        assert (await browser.post(remove)).status_code == 303
        assert "/queue/views" not in (await browser.get("/queue")).text


async def test_the_queue_says_how_long_somebody_waits_and_when_their_case_was_opened_as_it_does(
    office: Office, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    vera, person = await office.colleague(Role.CASEWORKER), await office.person()
    case = await office.case(person, "Hello", Severity.CONCERN)
    async with office.database.begin(office.organisation.id) as session:
        await claim(session, vera.actor, case.id)
    set_clock(clock, MORNING + timedelta(minutes=5))
    assert await said_of(office, case) == ("Waiting 5 min", "opened 5 min ago")
    async with office.database.begin(office.organisation.id) as session:
        await write(session, vera.actor, case.id, "Here I am")
    set_clock(clock, MORNING + timedelta(days=6))
    assert await said_of(office, case) == ("Opened 6 days ago", "opened 6 days ago")
    await office.case(person, "He found me", Severity.EMERGENCY)
    set_clock(clock, MORNING + timedelta(days=6, minutes=5))
    assert await said_of(office, case) == ("Waiting 5 min", "opened 6 days ago")


async def said_of(office: Office, case: Case) -> tuple[str, str]:
    """How long it is there, in a colleague's queue and on its own page."""
    async with office.browser(Role.CASEWORKER) as browser:
        queue = (await browser.get("/queue")).text
        page = (await browser.get(f"/cases/{case.id}")).text
    (in_queue,) = re.findall(r"(?:Waiting|Opened) \d+ \w+(?: ago)?", queue)
    (on_page,) = re.findall(r"opened \d+ \w+ ago", page)
    return in_queue, on_page


async def test_sound_and_notification_stay_chosen_and_say_nothing_of_the_person(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    async with window(chromium, office, me, "light", 1280) as page:
        await page.add_init_script(LISTENING)
        await page.goto("/queue")
        await page.get_by_role("button", name="Sound").click()
        await page.goto("/account")
        await page.goto("/queue")
        sound = page.get_by_role("button", name="Sound")
        await expect(sound).to_have_attribute("aria-pressed", "true")
        await expect(page.locator("[data-live].connected")).to_be_visible()
        await office.case(await office.person(), "Help", Severity.EMERGENCY)
        await expect(page).to_have_title(re.compile(r"^\(1\)"))
        assert await page.evaluate("tones") == 2
        assert await page.evaluate("shown") == ["Wayhome: Somebody new is waiting."]
        await sound.click()
        await page.reload()
        await expect(sound).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("comes", ["while the page is drawn", "later"])
async def test_p2_a_narrowed_queue_sounds_for_who_waits_outside_of_it(
    office: Office, chromium: Browser, comes: str
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    await office.case(await office.person("ar"), "Hello", Severity.CONCERN)

    async def cries(route: Route) -> None:
        await office.case(await office.person("uk"), "Help", Severity.EMERGENCY)
        await route.continue_()

    async with window(chromium, office, me, "light", 1280) as page:
        await page.add_init_script(LISTENING)
        await page.goto("/queue")
        await page.get_by_role("button", name="Sound").click()
        if comes == "while the page is drawn":
            await page.route("**/events*", cries, times=1)
        await page.goto("/queue?language=ar")
        await expect(page.locator("[data-live].connected")).to_be_visible()
        if comes == "later":
            await expect(page).to_have_title(re.compile(r"^\(1\)"))
            await office.case(await office.person("uk"), "Help", Severity.EMERGENCY)
        await expect(page.locator("[data-news]")).to_have_text("Somebody new is waiting.")
        await expect(page).to_have_title(re.compile(r"^\(2\)"))
        await expect(page.locator("[data-case]")).to_have_count(1)
        assert await page.evaluate("tones") == 2
        assert await page.evaluate("shown") == ["Wayhome: Somebody new is waiting."]


# As Chrome does on Android.
_REFUSING = """
  window.Notification = class {
    static permission = "granted";
    constructor() { throw new TypeError("Illegal constructor."); }
  };
"""


async def test_a_phone_that_shows_no_notifications_shows_who_came(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.add_init_script(LISTENING + _REFUSING)
        await page.goto("/queue")
        await page.get_by_role("button", name="Sound").click()
        await expect(page.locator("[data-live].connected")).to_be_visible()
        case = await office.case(await office.person(), "Help", Severity.EMERGENCY)
        await expect(page.locator(f'[data-case="{case.id}"]')).to_be_visible()


async def presses_claim_while_somebody_comes(office: Office, page: Page) -> None:
    """And does not let go."""
    await page.goto("/queue")
    await expect(page.locator("[data-live].connected")).to_be_visible()
    await page.get_by_role("button", name="Claim").hover()
    await page.mouse.down()
    await office.case(await office.person(), "Help", Severity.EMERGENCY)
    await expect(page).to_have_title(re.compile(r"^\(2\)"))


async def test_a_press_on_claim_holds_while_somebody_new_comes(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "Hello", Severity.CONCERN)
    async with window(chromium, office, me, "light", 1280) as page:
        await presses_claim_while_somebody_comes(office, page)
        await page.mouse.up()
        await page.wait_for_url(f"**/cases/{case.id}")


async def test_the_queue_shows_who_came_during_a_press_that_is_taken_back(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    await office.case(await office.person(), "Hello", Severity.CONCERN)
    async with window(chromium, office, me, "light", 1280) as page:
        await presses_claim_while_somebody_comes(office, page)
        await page.mouse.move(5, 5)
        await page.mouse.up()
        await expect(page.locator("[data-case]")).to_have_count(2)
        await expect(page.locator("[data-case].new")).to_have_count(1)


async def test_a_press_on_claim_in_a_case_holds_while_the_case_becomes_graver(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    person = await office.person()
    case = await office.case(person, "Hello", Severity.CONCERN)
    async with window(chromium, office, me, "light", 1280) as page:
        await page.goto(f"/cases/{case.id}")
        await expect(page.locator("[data-news][data-live]")).to_be_attached()
        await page.get_by_role("button", name="Claim this case").hover()
        await page.mouse.down()
        await office.case(person, "He has a knife", Severity.EMERGENCY)
        await expect(page.locator("#talk")).to_contain_text("He has a knife")
        await expect(page.locator("#head")).not_to_contain_text("Emergency")
        await page.mouse.up()
        await expect(page.locator("#head")).to_contain_text("Emergency")
        await expect(page.get_by_role("button", name="Claim this case")).to_be_hidden()


async def test_whoever_sits_in_a_case_hears_that_somebody_else_waits(
    office: Office, chromium: Browser
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "Hello", Severity.CONCERN)
    async with window(chromium, office, me, "light", 1280) as page:
        await page.add_init_script(LISTENING)
        await page.goto("/queue")
        await page.get_by_role("button", name="Sound").click()
        await page.goto(f"/cases/{case.id}")
        await expect(page.locator("[data-news][data-live]")).to_be_attached()
        news = page.get_by_role("link", name="Somebody new is waiting.")
        await expect(news).to_be_hidden()
        await office.case(await office.person(), "Help", Severity.EMERGENCY)
        await expect(news).to_be_visible()
        assert await page.evaluate("tones") == 2
        assert await page.evaluate("shown") == ["Wayhome: Somebody new is waiting."]
        await news.click()
        await expect(page).to_have_title(re.compile(r"^\(2\)"))


async def test_a_view_is_saved_opened_by_one_key_made_the_first_and_removed(
    office: Office, chromium: Browser
) -> None:
    await office.case(await office.person("sq"), severity=Severity.CONCERN)
    await office.case(await office.person("ar"), severity=Severity.EMERGENCY)
    me = await office.colleague(Role.CASEWORKER)
    async with window(chromium, office, me, "light", 375) as page:
        await page.goto("/queue?language=sq")
        await page.get_by_label("Name of this view").fill("Shqip")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("status").first).to_have_text("The view is saved.")
        await expect(page.locator("[data-case]")).to_have_count(1)
        # The page hears keys from here on.
        await expect(page.locator("[data-live]")).to_be_visible()
        await page.keyboard.press("0")
        await expect(page.locator("[data-case]")).to_have_count(2)
        await expect(page.locator("[data-live]")).to_be_visible()
        await page.keyboard.press("1")
        # Or going elsewhere would break off what was pressed.
        async with page.expect_request_finished(lambda each: each.method == "POST"):
            await page.get_by_role("button", name="The queue begins with this view").click()
        await page.goto("/queue")
        await expect(page).to_have_url(re.compile(r"\?language=sq$"))
        await expect(page.get_by_text("There is an emergency among them.")).to_be_visible()
        assert await barriers(page) == []
        await page.get_by_role("button", name="Remove this view").click()
        await expect(page.get_by_role("status").first).to_have_text("The view is removed.")
        await page.goto("/queue")
        await expect(page.locator("[data-case]")).to_have_count(2)
