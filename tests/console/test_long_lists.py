import re
import secrets
from uuid import uuid4

import pytest

from domain.paging import MOST
from domain.returnees.enrolments import add_returnee
from domain.signals.opening import open_or_append
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from tests.console.office import Browser, Office


async def crowd(office: Office, *, in_need: bool = False) -> None:
    """One more than a page holds."""
    async with office.database.begin(SERVICE) as session:
        for _ in range(MOST + 1):
            person = await add_returnee(
                session, secrets.randbelow(10**12), office.organisation, "sq"
            )
            if in_need:
                await open_or_append(
                    session, person, office.organisation.id, Severity.URGENT, ["threat.threatened"]
                )


async def turned(browser: Browser, path: str, line: str) -> tuple[list[str], list[str]]:
    """What stands on the first page, and on the one behind its link."""
    first = (await browser.get(path)).text
    (more,) = re.findall(r'href="([^"]+\?after=[^"]+)"', first)
    second = (await browser.get(more)).text
    assert "?after=" not in second
    return re.findall(line, first), re.findall(line, second)


async def test_people_behind_the_first_page_are_one_link_away(office: Office) -> None:
    await crowd(office)
    async with office.browser(Role.COORDINATOR) as browser:
        first, second = await turned(browser, "/people", r'href="/people/([0-9a-f-]{36})"')

    assert (len(set(first)), len(set(second))) == (MOST, 1)
    assert not set(first) & set(second)


async def test_the_queue_hides_nobody_behind_its_first_page(office: Office) -> None:
    await crowd(office, in_need=True)
    async with office.browser(Role.CASEWORKER) as browser:
        first, second = await turned(browser, "/queue", r'data-case="([0-9a-f-]{36})"')
        title = re.search(r"<title>(.*?)</title>", (await browser.get("/queue")).text)

    assert (len(set(first)), len(set(second))) == (MOST, 1)
    assert not set(first) & set(second)
    assert title
    assert f"({MOST}+)" in title[1]


@pytest.mark.parametrize("after", ["", "nonsense", str(uuid4())])
async def test_behind_somebody_who_is_not_there_the_list_begins_anew(
    office: Office, after: str
) -> None:
    person = await office.person()
    async with office.browser(Role.COORDINATOR) as browser:
        assert str(person.id) in (await browser.get(f"/people?after={after}")).text


async def test_a_part_of_the_queue_that_there_is_not_is_not_found(office: Office) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        assert (await browser.get("/queue/forgotten")).status_code == 404
        for part in ("waiting", "mine", "colleagues", "closed"):
            assert (await browser.get(f"/queue/{part}")).status_code == 200
