"""A refused form holds what its page showed at first: what a colleague changed meanwhile is undone
by nobody unawares.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from starlette.datastructures import FormData

from console.forms.refilling import Refusal, refilled
from storage.kinds import Role
from storage.sessions import SERVICE
from tests.console.office import Browser, Office

#: The page, where its form goes, and what is wrongly typed in it.
Form = tuple[str, str, dict[str, str]]


def mark_in(page: str, action: str) -> str:
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    found = re.search(r'name="seen" value="([^"]*)"', form)
    assert found
    return found[1]


async def wished(office: Office, name: str) -> dict[str, str]:
    async with office.database.begin(SERVICE) as session:
        tomorrow = (session.now + timedelta(days=1)).strftime("%Y-%m-%dT18:00")
    fields = {"name": name, "questionnaire": "safety-and-needs", "lateness": "24"}
    return fields | {"local_time": tomorrow}


async def of_a_campaign(office: Office, browser: Browser) -> Form:
    fields = await wished(office, "Half-year")
    page = f"{(await browser.post('/campaigns', **fields)).headers['location']}/change"
    return page, page, fields | {"local_time": "soon"}


async def of_hours(_: Office, __: Browser) -> Form:
    return "/rota", "/rota/hours", {"begins-0": "09:00", "ends-0": ""}


async def colleague_changes(office: Office, page: str) -> None:
    async with office.browser(Role.COORDINATOR) as other:
        if page == "/rota":
            await other.post("/rota/hours", **{"begins-1": "09:00", "ends-1": "17:00"})
        else:
            mark = mark_in((await other.get(page)).text, page)
            changed = await other.post(page, **await wished(office, "Theirs"), seen=mark)
            assert changed.status_code == 303


@pytest.mark.parametrize("form", [of_a_campaign, of_hours])
async def test_a_refused_form_still_says_what_its_first_page_showed(
    office: Office,
    form: Callable[[Office, Browser], Awaitable[Form]],
) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        page, action, fields = await form(office, browser)
        before = mark_in((await browser.get(page)).text, action)
        await colleague_changes(office, page)
        assert mark_in((await browser.get(page)).text, action) != before
        came = {"Referer": f"{office.settings.public_url}{page}"}
        sent = {"form_token": browser.form_token(), "seen": before, **fields}
        refused = await browser.client.post(action, data=sent, headers=came)

    assert refused.status_code == 409
    assert "Somebody changed this meanwhile" not in refused.text
    assert mark_in(refused.text, action) == before


async def test_whoever_was_told_that_it_changed_goes_on_from_what_it_is_by_now(
    office: Office,
) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        before = mark_in((await browser.get("/rota")).text, "/rota/hours")
        await colleague_changes(office, "/rota")
        came = {"Referer": f"{office.settings.public_url}/rota"}
        sent = {"form_token": browser.form_token(), "seen": before}
        told = await browser.client.post("/rota/hours", data=sent, headers=came)
        assert "Somebody changed this meanwhile" in told.text
        now = mark_in(told.text, "/rota/hours")
        assert (await browser.post("/rota/hours", seen=now)).status_code == 303


def test_what_stood_beside_a_field_is_what_its_first_page_showed_too() -> None:
    """A colleague added one place and took another away."""
    now = (
        b'<main><form action="/wishes"><input type="hidden" name="form_token" value="new">'
        b'<label><input type="checkbox" name="place" value="IT/">'
        b'<input type="hidden" name="place_before" value="IT/"></label>'
        b'<input name="helper"></form></main>'
    )
    given = FormData([("place_before", "AL/"), ("helper", "?"), ("form_token", "old")])
    page = refilled(now, Refusal("Not so.", "/wishes", given, "/people/1")).decode()
    assert re.findall(r'name="place_before" value="([^"]*)"', page) == ["AL/"]
    assert re.findall(r'name="form_token" value="([^"]*)"', page) == ["new"]
