"""What staff found out by calling a line, as people read it."""

import pytest

from domain.directory.calls import record_call
from domain.staff import actor_of, add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from tests.handlers.phone import Phone


@pytest.mark.parametrize(("answered", "said"), [(True, "tested on"), (False, "did not answer on")])
async def test_p11_in_a_crisis_and_among_services_a_number_says_whether_it_answered_last(
    phone: Phone, database: Database, organisation: Organisation, answered: bool, said: str
) -> None:
    async with database.begin(SERVICE) as session:
        coordinator = await add_staff(session, "Jon", organisation, Role.COORDINATOR)
        actor = actor_of(await session.get_one(Staff, coordinator.id))
        await record_call(session, actor, "AL", "116 111", answered=answered)
    await phone.write("/services")
    await phone.press("Phone numbers")
    [numbers] = await phone.press("Albania")
    [crisis] = await phone.write("/help")
    for text in (numbers.text, crisis.text):
        [line] = [each for each in text.splitlines() if "116 111" in each]
        assert said in line
        [emergency] = [each for each in text.splitlines() if "<b>\u2068112" in each]
        assert "not tested lately" in emergency
