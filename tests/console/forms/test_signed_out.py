"""What was typed outlives the session that it was typed in."""

from uuid import uuid4

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect
from sqlalchemy import select
from starlette.datastructures import FormData

from console.cookies import SESSION
from console.forms.refilling import Refusal, refilled
from domain.casework.work import claim, resolve
from storage.kinds import Direction, Outcome, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Message
from tests.console.desk import on_a_phone
from tests.console.door.signing_in import client_of
from tests.console.forms.signing_out import signs_in_anew
from tests.console.looks import PHONE, barriers, window
from tests.console.office import Office


async def test_words_from_a_page_of_an_earlier_session_are_there_to_be_sent_again(
    office: Office,
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "Hello?")
    page = f"/cases/{case.id}"
    async with office.browser_of(me) as browser:
        await browser.post(f"{page}/claim")
        came = {"Referer": f"{office.settings.public_url}{page}"}
        typed = {"form_token": browser.form_token(), "words": "The doctor waits at nine"}
        browser.client.cookies.set(SESSION, await signs_in_anew(office, me))
        again = await browser.client.post(f"{page}/write", data=typed, headers=came)
        assert again.status_code == 409
        form = again.text.partition(f'action="{page}/write"')[2].partition("</form>")[0]
        assert "You signed in anew meanwhile" in form
        assert typed["words"] in form
        assert f'value="{browser.form_token()}"' in form
        async with office.database.begin(SERVICE) as session:
            sent = select(Message).where(Message.direction == Direction.TO_RETURNEE)
            assert (await session.scalars(sent)).all() == []


def test_of_forms_alike_the_one_with_the_words_is_found_after_signing_in_anew() -> None:
    page = (
        b"<main><form action='/a'><input type='hidden' name='form_token' value='new'>"
        b"<input type='hidden' name='which' value='%d'><textarea name='why'></textarea></form>"
    )
    both = page % 1 + page % 2
    given = FormData([("form_token", "old"), ("which", "2"), ("why", "She has moved")])
    written = refilled(both, Refusal("Look again", "/a", given, "/"))
    assert b"She has moved" in written.partition(b'value="2"')[2]


async def test_words_that_were_sent_signed_out_go_back_to_whoever_typed_them(
    office: Office,
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "Hello?")
    page = f"/cases/{case.id}"
    typed = {"words": "The <doctor> waits at nine", "only_confirmed": "yes", "form_token": "old"}
    async with client_of(office) as stranger:
        came = {"Referer": f"{office.settings.public_url}{page}?by=hand"}
        held = await stranger.post(f"{page}/write", data=typed, headers=came)
        assert held.status_code == 401
        assert held.headers["cache-control"] == "no-store"
        assert ">The &lt;doctor&gt; waits at nine</textarea>" in held.text
        assert 'name="only_confirmed" value="yes"' in held.text
        assert f'name="came_from" value="{page}?by=hand"' in held.text
        assert "form_token" not in held.text
        # Nothing of the case, whoever asks.
        assert "Hello?" not in held.text
    async with office.browser_of(me) as browser:
        await browser.post(f"{page}/claim")
        again = {name: value for name, value in typed.items() if name != "form_token"}
        answer = await browser.client.post(f"{page}/write", data=again | {"came_from": page})
        assert answer.status_code == 409
        assert "The &lt;doctor&gt; waits at nine" in answer.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/duty", {"duty": "on"}),
        ("/account/password", {"old": "my old words", "new": "seven geese over harbour"}),
    ],
)
async def test_buttons_and_secrets_that_come_signed_out_lead_to_the_door(
    office: Office, path: str, fields: dict[str, str]
) -> None:
    async with client_of(office) as stranger:
        answer = await stranger.post(path, data=fields)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_a_file_that_comes_signed_out_leads_to_the_door(office: Office) -> None:
    async with client_of(office) as stranger:
        brought = {"name": "How are you"}, {"file": b"PK"}
        answer = await stranger.post("/questionnaires", data=brought[0], files=brought[1])
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_a_pathway_typed_as_its_file_while_the_session_ended_is_there_to_be_sent_again(
    office: Office, chromium: Chromium
) -> None:
    """An hour's work, in many languages."""
    me = await office.colleague(Role.COORDINATOR)
    typed = "# Begun anew, یکی بود\n" * 300
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.goto("/pathways/look?of=three-months")
        await page.get_by_text("Change it as a file").click()
        await page.locator("#text").fill(typed)
        await signs_in_anew(office, me)
        await page.get_by_role("button", name="Keep as a new version").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out.")
        await expect(page.locator("textarea[name=text]")).to_have_value(typed)


async def test_whoever_pressed_a_button_signed_out_comes_back_to_its_page(office: Office) -> None:
    async with client_of(office) as stranger:
        came = {"Referer": f"{office.settings.public_url}/rota?week=2026-11-30"}
        answer = await stranger.post("/duty", data={"duty": "on"}, headers=came)
        assert answer.headers["location"] == "/sign-in?next=/rota%3Fweek%3D2026-11-30"


async def test_a_single_word_that_was_sent_signed_out_goes_back_to_whoever_typed_it(
    office: Office,
) -> None:
    async with client_of(office) as stranger:
        held = await stranger.post(f"/cases/{uuid4()}/write", data={"words": "خطر"})
        assert (held.status_code, ">خطر</textarea>" in held.text) == (401, True)


async def test_a_stage_that_is_called_by_a_word_in_each_language_goes_back_signed_out(
    office: Office,
) -> None:
    async with client_of(office) as stranger:
        stage = {
            "of": "three-months",
            "anchor": "departure",
            "text-fr": "Arrivée",
            "text-ar": "خطر",
        }
        held = await stranger.post("/pathways/edit/stage", data=stage)
    assert (held.status_code, ">Arrivée</textarea>" in held.text) == (401, True)
    assert 'name="anchor" value="departure"' in held.text


async def test_all_that_was_chosen_goes_back_with_a_name_of_a_single_word(office: Office) -> None:
    async with client_of(office) as stranger:
        planned = {"name": "Autumn", "languages": ["sq", "uk"], "lateness": "48"}
        held = await stranger.post("/campaigns", data=planned)
    assert (held.status_code, ">Autumn</textarea>" in held.text) == (401, True)
    for name, value in (("languages", "sq"), ("languages", "uk"), ("lateness", "48")):
        assert f'name="{name}" value="{value}"' in held.text


async def test_a_shift_that_ends_while_somebody_writes_costs_them_no_word(
    office: Office, chromium: Chromium
) -> None:
    async with on_a_phone(chromium, office) as (me, _, page):
        await page.locator("#words").fill("The doctor waits for you at nine")
        cookie = await signs_in_anew(office, me)
        await page.get_by_role("button", name="Send to their phone").click()
        await expect(page.get_by_role("heading", name="You are signed out.")).to_be_visible()
        await expect(page.get_by_label("Words")).to_have_value("The doctor waits for you at nine")
        assert await barriers(page) == []
        await page.context.add_cookies(
            [{"name": SESSION, "value": cookie, "url": office.settings.public_url}]
        )
        await page.get_by_role("button", name="Go on").click()
        await expect(page.locator("#words")).to_have_value("The doctor waits for you at nine")
        await page.get_by_role("button", name="Send to their phone").click()
        await expect(page.locator("#talk")).to_contain_text("The doctor waits for you at nine")


async def test_a_session_that_ends_under_the_queue_costs_nobody_their_debrief(
    office: Office, chromium: Chromium
) -> None:
    me = await office.colleague(Role.CASEWORKER)
    case = await office.case(await office.person(), "Hello?", Severity.EMERGENCY)
    async with office.database.begin(office.organisation.id) as session:
        await claim(session, me.actor, case.id)
        await resolve(session, me.actor, case.id, Outcome.HELPED)
    async with window(chromium, office, me, "light", PHONE) as page:
        await page.goto("/queue")
        await expect(page.locator("[data-live].connected")).to_be_visible()
        await page.get_by_text("How was it?").click()
        await page.get_by_label("What went well").fill("I was alone with it")
        cookie = await signs_in_anew(office, me)
        # Somebody new wakes the page, which finds nobody signed in.
        await office.case(await office.person(), "Hello?")
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        await page.context.add_cookies(
            [{"name": SESSION, "value": cookie, "url": office.settings.public_url}]
        )
        await page.goto("/queue")
        await expect(page.get_by_label("What went well")).to_have_value("I was alone with it")


async def test_what_is_half_written_is_given_back_to_nobody_else_who_signs_in(
    office: Office, chromium: Chromium
) -> None:
    vera, samir = [await office.colleague(Role.CASEWORKER, name) for name in ("Vera", "Samir")]
    case = await office.case(await office.person(), "Hello?")
    url = office.settings.public_url
    async with window(chromium, office, vera, "light", PHONE) as page:
        await page.goto(f"/cases/{case.id}")
        await page.get_by_label("Note for colleagues").fill("Call the shelter")
        await page.get_by_role("button", name="Off duty").click()
        await page.get_by_role("button", name="On duty").wait_for()
        await page.context.add_cookies([{"name": SESSION, "value": samir.cookie, "url": url}])
        await page.goto(f"/cases/{case.id}")
        await expect(page.get_by_label("Note for colleagues")).to_have_value("")
        assert await page.evaluate("sessionStorage.length") == 0
