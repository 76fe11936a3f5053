"""A coordinator changes a pathway in the browser; nothing holds before it is put in force."""

import re

import httpx
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect
from sqlalchemy import select

from domain.pathways import shelf
from domain.staff import speak
from storage.kinds import Role
from storage.sessions import SERVICE
from storage.tables.check_ins import CheckIn
from storage.tables.pathways import OnPathway, PathwayDraft
from tests.console.days import NEXT_YEAR
from tests.console.looks import PHONE, window
from tests.console.office import Browser, Office

EDIT = "/pathways/edit"
OF = "three-months"


async def seen(browser: Browser) -> str:
    """The mark of the draft that the page shows."""
    page = (await browser.get(f"{EDIT}/stage", of=OF)).text
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return found[1]


async def send(browser: Browser, path: str, **fields: str) -> httpx.Response:
    return await browser.post(f"{EDIT}{path}", of=OF, **({"seen": await seen(browser)} | fields))


def check_in(**fields: str) -> dict[str, str]:
    usual = {
        "kind": "check-in", "stage": "month-1", "number": "6", "unit": "weeks", "side": "after",
        "at": "19:30", "days_late": "2", "questionnaire": "safety-and-needs",
    }  # fmt: skip
    return usual | fields


async def test_a_draft_is_changed_step_by_step_and_holds_for_nobody(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        kept = await send(browser, "/step", **check_in())
        assert kept.headers["location"] == f"{EDIT}?of={OF}#month-1"
        changed = check_in(step="month-3.check-in", stage="month-3", number="10")
        await send(browser, "/step", **changed)
        await send(browser, "/step/remove", step="month-1.plan")
        fields = {"text-en": "Half a year", "text-fr": "Six mois", "anchor": "arrival"}
        await send(browser, "/stage", **fields)
        await send(browser, "/stage/move", stage="stage-2-1")
        told = {"stage": "stage-2-1", "text-ar": "أنت لست وحدك", "number": "6", "unit": "months"}
        await send(browser, "/step", **check_in(kind="information", **told))

        page = (await browser.get(EDIT, of=OF)).text
        assert "6 weeks" in page
        assert "10 weeks" in page
        assert "أنت لست وحدك" in page
        assert page.index("Half a year") < page.index("Month 3")
        assert "Go on with the draft" in (await browser.get("/pathways/look", of=OF)).text
    async with office.database.begin(office.organisation.id) as session:
        assert (await shelf.newest(session, office.organisation.id, OF)).version == 1


async def test_a_command_keeps_its_stroke_in_front_in_what_is_read_from_the_right(
    office: Office,
) -> None:
    """Whoever looks at it; without that it is drawn behind, as in "help/"."""
    told = {"stage": "month-1", "kind": "information", "text-ar": "أرسل /help."}
    async with office.browser(Role.COORDINATOR) as browser:
        await send(browser, "/step", **check_in(**told))
        assert "أرسل \u2068/help\u2069." in (await browser.get(EDIT, of=OF)).text
        async with office.database.begin(SERVICE) as session:
            await speak(session, browser.actor.staff_id, "ar")
        ours = (await browser.get("/pathways/look", of="care-and-tact")).text

    read = ours.partition("<textarea")[0]
    assert "/help" in read
    assert read.count("/help") == read.count("\u2068/help\u2069")


async def test_put_in_force_it_is_a_version_and_those_on_it_go_on_with_it(office: Office) -> None:
    person = await office.person()
    placed = {"pathway": OF, "arrival": f"{NEXT_YEAR}-03-01", "departure": ""}
    async with office.browser(Role.COORDINATOR) as browser:
        await browser.post(f"/people/{person.id}/pathway", **placed)
        await send(browser, "/step", **check_in(step="month-1.check-in"))
        page = (await browser.get(EDIT, of=OF)).text
        assert "Also for the 1 person who is on it" in page
        assert re.search(r'"Planned for">1 person<', page)

        done = await send(browser, "/enact", everybody="yes")

        assert done.headers["location"] == f"/pathways/look?of={OF}"
        look = (await browser.get("/pathways/look", of=OF)).text
        assert "Version 2" in look
        assert "6 weeks" in look
    async with office.database.begin(SERVICE) as session:
        assert (await session.scalars(select(OnPathway.moves_to))).one() == f"{OF}@2"
        assert (await session.scalars(select(PathwayDraft))).all() == []
        assert len((await session.scalars(select(CheckIn))).all()) == 3


async def test_a_draft_is_dropped_by_whoever_was_told_what_is_lost(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        await send(browser, "/step/remove", step="month-1.plan")
        page = (await browser.get(EDIT, of=OF)).text
        asked = page.partition("<details><summary>Drop the draft</summary>")[2]
        form = asked.partition("</details>")[0]
        assert 'action="/pathways/edit/drop"' in form
        assert "nobody can bring them back" in form
        assert page.count('action="/pathways/edit/drop"') == 1
        await send(browser, "/drop")
        assert "Go on with the draft" not in (await browser.get("/pathways/look", of=OF)).text


async def test_of_two_who_change_it_at_once_the_second_is_told(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as one, office.browser(Role.COORDINATOR) as other:
        before = await seen(other)
        await send(one, "/step/remove", step="month-1.plan")
        late = await send(other, "/step", **check_in(seen=before, at="06:00"))
        assert late.status_code == 409
        assert "Somebody changed this meanwhile" in late.text
        assert 'value="06:00"' in late.text
        await send(other, "/enact", seen=before)
        await send(other, "/drop", seen=before)
        assert "Go on with the draft" in (await one.get("/pathways/look", of=OF)).text
        assert "Version 1" in (await one.get("/pathways/look", of=OF)).text


async def test_a_step_goes_on_asking_what_was_switched_off_until_somebody_chooses_otherwise(
    office: Office,
) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        await browser.post("/questionnaires/use", key="safety-and-needs", on="no")
        page = (await browser.get(f"{EDIT}/step", of=OF, step="month-1.check-in")).text
        assert re.search(r'value="safety-and-needs" selected', page)
        await send(browser, "/step", **check_in(step="month-1.check-in"))
        page = (await browser.get(EDIT, of=OF)).text
    assert "6 weeks" in page
    assert "Check-in: <bdi>safety-and-needs" not in page


async def test_what_no_file_may_say_no_form_may_either(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        for fields, said in (
            (check_in(days_late="15"), "up to 14"),
            (check_in(number="1501", unit="days"), "Write it like"),
            (check_in(number="-1"), "Write how many as a number"),
            (check_in(at="soon"), "Choose a time of day"),
            (check_in(questionnaire="k6"), "There is no questionnaire k6"),
            (check_in(stage="nowhere"), "not there any more"),
            (check_in(kind="task"), "in one language at least"),
            (check_in(kind="information", **{"text-en": "x" * 1501}), "1500"),
        ):
            refused = await send(browser, "/step", **fields)
            assert (refused.status_code, said in refused.text) == (409, True), said
        assert (await send(browser, "/stage", anchor="birth")).status_code == 409
    async with office.database.begin(SERVICE) as session:
        assert (await session.scalars(select(PathwayDraft))).all() == []


async def test_a_step_whose_words_nobody_touched_goes_on_being_translated(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        form = (await browser.get(f"{EDIT}/step", of=OF, step="arrival.welcome")).text
        texts = dict(re.findall(r'name="(text-\w+)"[^>]*>([^<]*)</textarea>', form))
        assert "Bienvenue" in texts["text-fr"]
        later = check_in(kind="information", step="arrival.welcome", stage="arrival", number="2")
        await send(browser, "/step", **later, **texts)
        await send(browser, "/enact")
    async with office.database.begin(SERVICE) as session:
        taken = await shelf.newest(session, office.organisation.id, OF)
        step = taken.step("arrival.welcome")
        assert step is not None
        assert step.text is not None
        assert (taken.version, str(step.due), step.text.languages) == (2, "2 weeks", {})


async def test_a_word_changed_in_one_language_is_seen_in_the_difference(office: Office) -> None:
    told = check_in(kind="information", stage="arrival", **{"text-en": "Tea", "text-fr": "Thé"})
    async with office.browser(Role.COORDINATOR) as browser:
        await send(browser, "/step", **told)
        await send(browser, "/enact")
        again = told | {"step": "arrival.information-2-1", "text-fr": "Du thé"}
        await send(browser, "/step", **again)
        page = (await browser.get(EDIT, of=OF)).text
    assert "Français: Thé" in page
    assert "Français: Du thé" in page


async def test_another_organisation_sees_nothing_of_a_draft(
    office: Office, elsewhere: Office
) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        await send(browser, "/step/remove", step="month-1.plan")
    async with elsewhere.browser(Role.COORDINATOR) as browser:
        assert await seen(browser) == "1.0."
        assert "Go through the plan" in (await browser.get(EDIT, of=OF)).text
        assert (await browser.get(EDIT, of="nothing")).status_code == 404


async def test_one_of_their_own_begins_as_another_under_a_name_of_its_own(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        for name, key in (
            ("Rückkehr nach Tirana", "ruckkehr-nach-tirana"),
            ("Rückkehr nach Tirana", "ruckkehr-nach-tirana"),
            ("Ruckkehr nach Tirana", "ruckkehr-nach-tirana-2"),
            ("العودة", "pathway"),
        ):
            made = await browser.post("/pathways/copy", of=OF, name=name)
            assert made.headers["location"] == f"{EDIT}?of={key}"
        page = (await browser.get(EDIT, of="ruckkehr-nach-tirana")).text
        assert "Rückkehr nach Tirana" in page
        assert "Go through the plan" in page
        nameless = await browser.post("/pathways/copy", of=OF, name=" ")
        assert nameless.headers["location"] == f"/pathways/look?of={OF}"
        assert (await browser.post("/pathways/copy", of="nothing", name="x")).status_code == 404
        listed = (await browser.get("/pathways")).text
        assert listed.count("Rückkehr nach Tirana") == 1


async def test_from_the_keyboard_on_a_phone_a_day_is_changed_and_put_in_force(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.COORDINATOR)
    async with window(chromium, office, me, "dark", PHONE) as page:
        await page.goto(f"/pathways/look?of={OF}")
        await page.get_by_role("link", name="Change", exact=True).press("Enter")
        await page.get_by_role("link", name="Change Go through the plan").press("Enter")
        await page.get_by_label("How many").fill("5")
        await page.get_by_label("Days, weeks or months").select_option("weeks")
        await page.get_by_label("How many").press("Enter")
        await expect(page.get_by_role("row", name="Go through the plan")).to_contain_text("5 weeks")
        await page.get_by_role("button", name="Put it in force").press("Enter")
        await expect(page.get_by_text("Version 2")).to_be_visible()
        await expect(page.get_by_text("5 weeks").first).to_be_visible()
