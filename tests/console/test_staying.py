"""A supervisor presses that somebody who was to be forgotten stays."""

from domain.privacy.asking import ask_to_be_forgotten
from storage.kinds import CaseState, Discretion, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from tests.console.desk import as_known
from tests.console.office import Office


async def test_p2_a_deletion_is_taken_back_on_the_page_and_their_case_is_open_again(
    office: Office,
) -> None:
    person = await office.person()
    case = await office.case(person, severity=Severity.CONCERN)
    async with office.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.discretion = Discretion.WATCHED
        await ask_to_be_forgotten(session, known)
    async with office.browser(Role.SUPERVISOR) as browser:
        path = f"/people/{person.id}"
        page = (await browser.look(path)).text
        await browser.post(f"{path}/identity", identity="met", against=as_known(page))
        answer = await browser.post(f"{path}/forget/not")
    assert answer.status_code == 303
    async with office.database.begin(SERVICE) as session:
        assert (await session.get_one(Case, case.id)).state is CaseState.OPEN
