"""An organisation's own file number, from the invite to the page that it finds."""

import re
from itertools import pairwise

from domain.enrolment.welcoming import enrol_with_invite
from storage.kinds import Role
from storage.sessions import SERVICE
from tests.console.office import Office

NUMBER = "AB-2207/x"


async def test_p7_p10_a_number_goes_from_the_invite_to_the_page_that_it_finds_and_to_nobody_else(
    office: Office, elsewhere: Office
) -> None:
    async with office.browser(Role.CASEWORKER) as browser:
        made = (await browser.post("/invites", count="1", file_number=NUMBER)).text
        (code,) = set(re.findall(r">(r-\w{16})<", made))
        cards, listed = made.split("Given out lately")
        assert (NUMBER in cards, NUMBER in listed) == (False, True)
        async with office.database.begin(SERVICE) as session:
            person = (await enrol_with_invite(session, 77, code, "sq")).id
        assert NUMBER not in (await browser.get("/invites")).text
        found = await browser.post("/people/find", file_number="ab 2207 X")
        # Which page it is stands there, and nothing of the number.
        assert (found.status_code, found.headers["location"]) == (303, f"/people/{person}")
        assert NUMBER not in (await browser.get("/people")).text
        assert f'value="{NUMBER}"' in (await browser.look(f"/people/{person}")).text
    async with elsewhere.browser(Role.CASEWORKER) as stranger:
        answer = await stranger.post(f"/people/{person}/file-number", file_number="1")
        assert answer.status_code == 404
        assert (await stranger.post("/people/find", file_number=NUMBER)).status_code == 409


async def test_a_number_is_changed_and_taken_away_on_their_page_and_a_taken_one_refused_there(
    office: Office,
) -> None:
    person, other = await office.person(), await office.person()
    page = f"/people/{person.id}"
    async with office.browser(Role.COORDINATOR) as browser:
        await browser.post(f"/people/{other.id}/file-number", file_number="F 1")
        refused = await browser.post(f"{page}/file-number", file_number="f1")
        assert "Another person or invite has this file number already." in refused.text
        for before, typed in pairwise(("", "F 2", "F 3", "")):
            stale = await browser.post(
                f"{page}/file-number", file_number="F 4", file_number_before="F 9"
            )
            assert "Somebody changed this meanwhile. Look at it again." in stale.text
            said = {"file_number": typed, "file_number_before": before}
            for _ in ("once", "and pressed again"):
                assert (await browser.post(f"{page}/file-number", **said)).status_code == 303
            shown = (await browser.look(page)).text
            assert f'name="file_number_before" value="{typed}"' in shown
            assert re.findall(r'<input id="file_number"[^>]*value="([^"]*)"', shown) == [typed]
