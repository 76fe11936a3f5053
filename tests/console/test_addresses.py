"""What no keyboard types, in an address or a form, fails nowhere."""

import re
from pathlib import Path
from uuid import uuid4

from console.pages import PAGES
from storage.kinds import Role
from tests.console.everything import everything_of, named
from tests.console.office import Office
from tests.console.pages import whoever_may

# Every name that a form or an address of ours uses.
NAMES = {
    name
    for template in Path("console/templates").glob("*.html")
    for name in re.findall(r'name="([\w-]+)"', template.read_text())
} - {"form_token", "came_from"}
_ASKED = {"of", "in", "service", "begins", "asks", "week", "year", "by", "pathway", "step", "stage"}


async def test_a_nul_in_an_address_or_a_form_fails_nowhere(office: Office) -> None:
    things = await everything_of(office)
    staff = {role: await office.colleague(role) for role in Role}
    failed = []
    for page in PAGES:
        if page.path.endswith("/events") or page.path == "/sign-out":
            continue
        path = page.path.replace("{id:uuid}", str(things.get(named(page), uuid4())))
        path = re.sub(r"\{\w+:uuid\}", str(uuid4()), path)
        async with office.browser_of(staff[whoever_may(page) or Role.SUPERVISOR]) as browser:
            answers = [
                await browser.get(re.sub(r"\{\w+\}", "%00", path)),
                await browser.get(path, **dict.fromkeys(_ASKED, "x\0")),
            ]
            if page.form:
                answers = [await browser.post(path, **dict.fromkeys(NAMES, "x\0"))]
        failed += [page.path for answer in answers if answer.status_code >= 500]
    assert failed == []


async def test_what_was_typed_with_a_nul_is_kept_without_it(office: Office) -> None:
    async with office.browser(Role.COORDINATOR) as browser:
        kept = await browser.post(
            "/campaigns",
            name="First\0 month",
            questionnaire="safety-and-needs",
            local_time="2099-01-01T18:00",
            lateness="24",
        )
        assert kept.status_code == 303
        assert "First month" in (await browser.get(kept.headers["location"])).text
