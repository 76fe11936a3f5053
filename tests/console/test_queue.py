import re

from storage.kinds import Role, Severity
from tests.console.office import Office


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
