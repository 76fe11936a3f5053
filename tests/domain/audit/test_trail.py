from datetime import timedelta

import pytest

from domain.audit.trail import Trail, trail
from domain.casework.reading import read_case
from domain.errors import Refused
from storage.sessions import SERVICE
from storage.tables.staff import Staff
from tests.domain.centre import Centre


async def seen(centre: Centre, code: str | None = None) -> Trail:
    async with centre.database.begin(SERVICE) as session:
        since = session.now - timedelta(hours=1)
        return await trail(session, centre.organisation.id, since, session.now, code)


async def test_p10_what_one_colleague_saw_is_found_again_with_the_people_it_was_about(
    centre: Centre,
) -> None:
    thief, other = await centre.colleague(name="Ilir"), await centre.colleague(name="Vera")
    one, two = await centre.person(), await centre.person()
    case, unseen = await centre.signal(one), await centre.signal(two)
    async with centre.database.begin(SERVICE) as session:
        code = (await session.get_one(Staff, thief.staff_id)).sign_in_code
    for actor, read in ((thief, case), (other, unseen)):
        async with centre.database.begin(centre.organisation.id) as session:
            await read_case(session, actor, read.id)

    found = await seen(centre, code=code)
    assert {step.by for step in found.steps} == {code}
    assert [step.subject for step in found.steps if step.action == "case.read"] == [case.code]
    assert found.people == [one.id]
    everything = await seen(centre)
    assert set(everything.people) == {one.id, two.id}


async def test_p10_lines_of_another_time_and_organisation_are_not_shown(centre: Centre) -> None:
    elsewhere = await Centre.open(centre.database, centre.clock, "Rabat")
    await elsewhere.signal(await elsewhere.person())
    await centre.colleague()
    assert len((await seen(centre)).steps) == 1
    centre.later(hours=3)
    assert (await seen(centre)).steps == []


async def test_an_unknown_code_is_refused(centre: Centre) -> None:
    with pytest.raises(Refused, match="Nobody"):
        await seen(centre, code="nobody00")
