"""What the rules refuse is said on the form's own page, and nothing that was typed is lost."""

from datetime import timedelta

from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from storage.kinds import Role
from storage.sessions import SERVICE
from tests.console.keyboard import Hands
from tests.console.office import Office
from tests.console.test_looks import PHONE, window


async def test_a_refused_form_is_there_again_with_what_was_typed_until_it_is_right(
    office: Office, chromium: Chromium
) -> None:
    coordinator = await office.colleague(Role.COORDINATOR, "Ana Marku")
    await office.colleague(Role.CASEWORKER, "Samir Kola")
    async with office.database.begin(SERVICE) as session:
        next_week = (session.now + timedelta(days=7)).date()
    async with window(chromium, office, coordinator, "light", PHONE) as page:
        hands = Hands(page)
        await page.goto(f"/rota?week={next_week}")
        weeks_own_links = await page.locator("nav.row a").last.get_attribute("href")
        await hands.unfold("Holidays and time off")
        who, first, last = (page.locator(f"#off-{name}") for name in ("who", "first", "last"))
        await who.select_option("Samir Kola")
        await first.fill(f"{next_week}")
        for wrong in (next_week - timedelta(days=2), next_week - timedelta(days=1)):
            await last.fill(f"{wrong}")
            async with page.expect_event("load"):
                await last.press("Enter")
            said = page.get_by_role("alert")
            await expect(said).to_have_count(1)
            await expect(said).to_be_visible()
            await expect(who).to_be_focused()
            assert await who.get_attribute("aria-describedby") == "refused"
            await expect(who.locator("option:checked")).to_have_text("Samir Kola")
            await expect(first).to_have_value(f"{next_week}")
            await expect(last).to_have_value(f"{wrong}")
            # The week that was open is still the one that is open.
            assert await page.locator("nav.row a").last.get_attribute("href") == weeks_own_links
        await last.fill(f"{next_week}")
        async with page.expect_event("load"):
            await last.press("Enter")
        await expect(page).to_have_url(f"{office.settings.public_url}/rota")
        await expect(page.locator("main")).to_contain_text("Samir Kola")


async def test_of_several_forms_alike_the_one_that_was_sent_holds_the_words(
    office: Office,
) -> None:
    worker = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "Hello?")
    async with office.browser_of(worker) as browser:
        await browser.post(f"/cases/{case.id}/claim")
        token = await browser.form_token()
        came = {"Referer": f"{office.settings.public_url}/cases/{case.id}"}
        fields = {"form_token": token, "task": "Look for <a bed> & more", "due": "2000-01-01"}
        answer = await browser.client.post(f"/cases/{case.id}/tasks", data=fields, headers=came)
        assert answer.status_code == 409
        assert answer.text.count('id="refused"') == 1
        form = answer.text.partition(f'action="/cases/{case.id}/tasks"')[2].partition("</form>")[0]
        assert 'id="refused"' in form
        assert "Look for &lt;a bed&gt; &amp; more" in form
        assert "2000-01-01" in form
        assert "To the first page" not in answer.text
        # The page has what the page had: also what browsers may do with it.
        assert "microphone=(self)" in answer.headers["permissions-policy"]
        assert answer.headers["cache-control"] == "no-store"


async def test_a_form_that_is_gone_leaves_the_page_with_the_reason(office: Office) -> None:
    vera, samir = [await office.colleague(Role.CASEWORKER, name) for name in ("Vera", "Samir")]
    case = await office.case(await office.person(), "Hello?")
    async with office.browser_of(samir) as browser:
        await browser.post(f"/cases/{case.id}/claim")
    async with office.browser_of(vera) as browser:
        came = {"Referer": f"{office.settings.public_url}/cases/{case.id}"}
        token = {"form_token": await browser.form_token()}
        answer = await browser.client.post(f"/cases/{case.id}/claim", data=token, headers=came)
        assert answer.status_code == 409
        main = answer.text.partition("<main")[2]
        assert 'role="alert"' in main.partition("<h1>")[0]
        assert case.code in main


async def test_no_page_is_opened_that_is_none_of_ours(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        token = {"form_token": await browser.form_token(), "first_day": "soon"}
        for came in (
            "https://elsewhere.example/rota",
            f"{office.settings.public_url}/figures.csv",
            f"{office.settings.public_url}/cases/x",
            "//rota",
            "",
        ):
            answer = await browser.client.post("/rota/off", data=token, headers={"Referer": came})
            assert answer.status_code == 409, came
            assert "To the first page" in answer.text, came
