"""Somebody says that they are a child while there is a case already."""

import pytest

from domain.casework.work import claim, write
from domain.children.focal_point import name_focal_point
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from tests.domain.centre import Centre

VERA, FOCAL = 21, 22


@pytest.mark.parametrize("severity", [Severity.URGENT, Severity.EMERGENCY])
@pytest.mark.parametrize("how_far", ["open", "claimed", "answered"])
async def test_p2_whoever_looks_after_children_hears_of_one_in_a_case_that_is_under_way(
    centre: Centre, severity: Severity, how_far: str
) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    focal = await centre.colleague(name="Nora", chat=FOCAL)
    head = await centre.colleague(Role.ADMIN)
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        await name_focal_point(session, head, focal.staff_id)
    case = await centre.signal(person, severity)
    async with centre.database.begin(SERVICE) as session:
        if how_far != "open":
            await claim(session, vera, case.id)
        if how_far == "answered":
            await write(session, vera, case.id, "I am here.")
    await centre.all_arrives()
    before = await centre.alerted()
    await centre.signal(person, Severity.URGENT, ["minor.child-writes"])

    assert FOCAL not in before
    assert FOCAL in await centre.alerted()
