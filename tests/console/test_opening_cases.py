"""Writing first: a case that somebody opens on a person's page."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from domain.consent import give_consent
from storage.kinds import Purpose, Role
from storage.sessions import SERVICE
from storage.tables.cases import Case, CaseEvent
from storage.tables.returnees import Returnee
from tests.console.looks import DESK, PHONE, window
from tests.console.office import Office
from tests.counting import how_many

WHY = "Her appointment is moved to Monday"


async def agreed(office: Office) -> Returnee:
    person = await office.person()
    async with office.database.begin(SERVICE) as session:
        await give_consent(session, person, Purpose.CASEWORKER, True, "notice-1")
    return person


@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_a_worker_opens_a_case_on_the_persons_page_and_writes_in_it(
    office: Office, chromium: Chromium, width: int
) -> None:
    person, vera = await agreed(office), await office.colleague(Role.CASEWORKER)
    async with window(chromium, office, vera, "light", width) as page:
        await page.goto(f"/people/{person.id}")
        await page.get_by_label("Why do you need to read it?").fill("Her mother called")
        await page.get_by_role("button", name="Open it").click()
        await page.get_by_text("Open a case, and write first").click()
        await page.get_by_label("Why, in a sentence").fill(WHY)
        await page.get_by_label("How grave it is").select_option("urgent")
        await page.get_by_role("button", name="Open the case").click()
        await expect(page.get_by_text("This case is yours.")).to_be_visible()
        await expect(page.locator("li.noted")).to_contain_text(WHY)
        await expect(page.get_by_text("A colleague opened it, to write first")).to_be_visible()
        await page.locator("textarea[name=words]").fill("Your appointment is on Monday.")
        await page.locator("form[action$='/write'] button").first.click()
        await expect(page.locator("li.ours")).to_contain_text("on Monday")
        await page.goto(f"/people/{person.id}")
        await expect(page.get_by_text("Open a case, and write first")).to_have_count(0)
        await page.get_by_role("link", name="To the case").click()
        await expect(page.locator("li.noted")).to_contain_text(WHY)


async def test_who_may_not_work_on_cases_is_offered_none(office: Office) -> None:
    person = await agreed(office)
    async with office.browser(Role.COORDINATOR) as browser:
        page = (await browser.look(f"/people/{person.id}")).text
    assert f'action="/people/{person.id}/wishes"' in page
    assert f'action="/people/{person.id}/case"' not in page


async def test_a_case_that_is_refused_says_why_beside_what_was_typed(office: Office) -> None:
    person = await office.person()
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.look(f"/people/{person.id}")
        page = f"{office.settings.public_url}/people/{person.id}"
        answer = await browser.client.post(
            f"/people/{person.id}/case",
            data={"form_token": browser.form_token(), "why": WHY, "severity": "concern"},
            headers={"Referer": page},
        )
    assert "perhaps they have not agreed to it" in answer.text
    assert f'value="{WHY}"' in answer.text
    assert await how_many(office.database, Case) == 0


async def test_a_case_that_is_opened_twice_from_one_page_says_why_once(office: Office) -> None:
    person = await agreed(office)
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.look(f"/people/{person.id}")
        fields = {"why": WHY, "severity": "concern", "once": "ab12"}
        told = [await browser.post(f"/people/{person.id}/case", **fields) for _ in range(2)]
    assert [each.status_code for each in told] == [303, 303]
    assert told[0].headers["location"] == told[1].headers["location"]
    # That it was opened, and claimed.
    assert await how_many(office.database, CaseEvent) == 2
