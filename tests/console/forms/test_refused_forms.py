"""What the rules refuse is said on the form's own page, and nothing that was typed is lost."""

import re
from datetime import timedelta
from html import unescape
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from console.forms.limits import LARGEST
from console.forms.once_more import form_again
from console.forms.refilling import Refusal, refilled
from console.forms.typed import SECRETS, WRITTEN
from domain.casework.work import release
from storage.kinds import Role
from storage.sessions import SERVICE
from tests.console.desk import on_a_phone
from tests.console.door.signing_in import client_of
from tests.console.keyboard import Hands
from tests.console.looks import PHONE, barriers, window
from tests.console.office import Office
from tests.console.stumbling import stumbles
from tests.postgres import DatabaseUrls


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
        token = browser.form_token()
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
        token = {"form_token": browser.form_token()}
        answer = await browser.client.post(f"/cases/{case.id}/claim", data=token, headers=came)
        assert answer.status_code == 409
        main = answer.text.partition("<main")[2]
        assert 'role="alert"' in main.partition("<h1>")[0]
        assert case.code in main


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        ("write", {"words": "The <doctor> waits\r\nat nine"}),
        ("consult", {"question": "The <doctor> waits\r\nat nine"}),
        ("refer", {"need": "The <doctor> waits\r\nat nine"}),
    ],
)
async def test_words_whose_form_is_gone_are_still_there_to_be_read(
    office: Office, form: str, typed: dict[str, str]
) -> None:
    """As when the case went back to the queue while somebody wrote."""
    other = await office.colleague(Role.CASEWORKER, "Samir")
    case = await office.case(await office.person(), "Hello?")
    async with office.browser(Role.CASEWORKER) as browser:
        await browser.post(f"/cases/{case.id}/claim")
        await browser.post(f"/cases/{case.id}/release")
        token, staff = browser.form_token(), str(other.actor.staff_id)
        sent = await browser.client.post(
            f"/cases/{case.id}/{form}",
            data={"form_token": token, "staff": staff, **typed},
            headers={"Referer": f"{office.settings.public_url}/cases/{case.id}"},
        )
        assert sent.status_code == 409
        main = sent.text.partition("<main")[2]
        assert "Claim this case first." in main
        assert "The &lt;doctor&gt; waits\nat nine" in main.replace("\r", "").replace("&#13;", "")


@pytest.mark.parametrize("named", ["<b>not ours</b>", "100%", "%(asked)s"])
async def test_what_an_address_names_is_only_text_in_the_sentence_that_refuses_it(
    office: Office, named: str
) -> None:
    """Links come by mail and in chats: nobody else writes in our pages."""
    async with office.browser(Role.CASEWORKER) as browser:
        page = f"/people/{(await office.person()).id}"
        await browser.look(page)
        refused = await browser.get(f"{page}/pathway", pathway=named)
    assert (refused.status_code, "<b>not ours" in refused.text) == (409, False)
    said = unescape(refused.text)
    assert f"There is no pathway {named}." in said


async def test_no_page_is_opened_that_is_none_of_ours(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        token = {"form_token": browser.form_token(), "first_day": "soon"}
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


@pytest.mark.parametrize(("depth", "most"), [(1000, 8), (LARGEST // 2, 0)])
async def test_an_address_that_somebody_made_up_has_few_pages_opened_or_none(
    depth: int, most: int
) -> None:
    """Of one form, 262,000 were opened, while the replica heard nobody."""
    opened = []

    async def nothing_there(scope: Scope, receive: Receive, send: Send) -> None:
        opened.append(scope["path"])
        await HTMLResponse(status_code=HTTPStatus.NOT_FOUND)(scope, receive, send)

    for given, came in ((made_up := "/a" * depth, ""), ("", made_up)):
        headers = [(b"referer", came.encode())]
        scope = {"type": "http", "path": "/duty", "headers": headers, "app": nothing_there}
        request = Request(scope)
        assert await form_again(request, "Not so.", FormData([("came_from", given)])) is None
        assert len(opened) == most
        opened.clear()


@pytest.mark.parametrize("made_up", ["http://[", "http://[::1", "//["])
async def test_an_address_that_is_none_opens_no_page(made_up: str) -> None:
    for given, came in ((made_up, ""), ("", made_up)):
        request = Request(
            {"type": "http", "path": "/duty", "headers": [(b"referer", came.encode())]}
        )
        assert await form_again(request, "Not so.", FormData([("came_from", given)])) is None


async def test_no_form_of_another_site_has_its_words_shown(office: Office) -> None:
    async with client_of(office) as stranger:
        typed = {"words": "Type your password here"}
        for origin in ("https://elsewhere.example", "null"):
            answer = await stranger.post("/duty", data=typed, headers={"Origin": origin})
            assert answer.status_code == 403
            assert "Type your password" not in answer.text


def test_every_field_that_hides_what_is_typed_is_known_as_a_secret() -> None:
    fields = [
        field
        for template in Path("console/templates").glob("*.html")
        for field in re.findall(r"<input[^>]*>", template.read_text())
    ]
    hidden = [each for each in fields if 'type="password"' in each or "one-time-code" in each]
    assert hidden
    assert {re.findall(r'name="(\w+)"', each)[0] for each in hidden} <= SECRETS


def test_every_field_for_words_is_known_as_one_so_that_a_single_word_comes_back_too() -> None:
    names = {
        name
        for template in Path("console/templates").glob("*.html")
        for field in re.findall(r"<textarea[^>]*>", template.read_text())
        for name in re.findall(r'name="(\w+)"', field)
    }
    # A pathway as a file is no single word.
    assert names - {"text"} <= WRITTEN


def test_what_no_page_can_hold_is_left_out_of_a_refused_form_and_the_rest_is_kept() -> None:
    """A line break out of a word processor is a control character."""
    page = b'<main><form action="/x"><input name="a"><textarea name="b"></textarea></form></main>'
    given = FormData([("a", "one\x0btwo\x00"), ("b", "three\x0bfour\ud800")])
    kept = refilled(page, Refusal("There is no fi\x00ve.", "/x", given, "/x")).decode()
    assert "There is no five." in kept
    assert 'value="onetwo"' in kept
    assert "threefour" in kept


async def test_words_in_the_other_form_of_a_page_outlive_one_that_is_sent_or_fails(
    office: Office, urls: DatabaseUrls, chromium: Chromium
) -> None:
    await office.colleague(Role.CASEWORKER, "Samir")
    async with on_a_phone(chromium, office) as (_, _, page):
        words, note = page.locator("#words"), page.get_by_label("Note for colleagues")
        await words.fill("The doctor waits")
        await note.fill("Call the shelter")
        await page.locator("summary", has_text="Ask a colleague").click()
        await page.locator("#question").fill("What now?")
        await page.get_by_role("button", name="Keep note").click()
        await expect(page.locator("#talk")).to_contain_text("Call the shelter")
        await expect(words).to_have_value("The doctor waits")
        await expect(page.locator("[data-mirror]")).to_have_text("The doctor waits")
        await expect(page.locator("#question")).to_be_visible()
        await expect(page.locator("#question")).to_have_value("What now?")
        await expect(note).to_have_value("")
        # The page that says so has none of the fields; they are there again behind it.
        await stumbles(urls, "case_event", 3, "deadlock_detected")
        await note.fill("Nobody answered")
        await page.get_by_role("button", name="Keep note").click()
        await page.get_by_role("button", name="Go on").click()
        await expect(note).to_have_value("Nobody answered")
        await expect(words).to_have_value("The doctor waits")
        # What was given back waits in its turn.
        await page.get_by_role("button", name="Send to their phone").click()
        await expect(page.locator("#talk")).to_contain_text("The doctor waits")
        await expect(note).to_have_value("Nobody answered")
        await expect(words).to_have_value("")
        assert await page.evaluate("sessionStorage.length") == 0


async def test_words_of_a_case_that_went_back_meanwhile_are_in_their_field_once_it_is_claimed(
    office: Office, chromium: Chromium
) -> None:
    async with on_a_phone(chromium, office) as (me, case, page):
        await page.locator("#words").fill("The doctor waits")
        async with office.database.begin(office.organisation.id) as session:
            await release(session, me.actor, case.id)
        await page.get_by_role("button", name="Send to their phone").click()
        await expect(page.get_by_role("textbox", name="Claim this case first.")).to_have_value(
            "The doctor waits"
        )
        assert await barriers(page) == []
        await page.get_by_role("button", name="Claim this case").click()
        await expect(page.get_by_role("textbox", name="Write to")).to_have_value("The doctor waits")
