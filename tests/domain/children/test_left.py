"""A child whose worker has left is asked nothing more, and whoever could name another knows."""

from domain.actors import Actor
from domain.children.deciding import decide
from domain.children.known import mark_age
from domain.children.left import left_children
from domain.colleagues.leaving import disable_staff
from domain.notices import Notice
from domain.safeguarding.conflicts import recuse
from storage.kinds import AgeBand, Role
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.privacy.elsewhere import also_with

NORA, SARA = 701, 702


async def looked_after(centre: Centre, supervisor: Actor, worker: Actor) -> Returnee:
    person = await centre.person()
    async with centre.database.begin(centre.organisation.id) as session:
        await mark_age(session, supervisor, person.id, AgeBand.YOUTH)
        await decide(session, supervisor, person.id, worker.staff_id, "She asks for it.")
    return person


async def left(centre: Centre, actor: Actor) -> list[object]:
    async with centre.database.begin(SERVICE) as session:
        return [each.id for each in await left_children(session, actor)]


async def called(centre: Centre) -> list[int]:
    return [each.chat for each in await centre.sent(Notice.STAFF_LEFT_CHILDREN)]


async def test_p2_whoever_decides_for_children_hears_that_their_worker_has_left(
    centre: Centre,
) -> None:
    supervisor = await centre.colleague(Role.SUPERVISOR, chat=SARA)
    nora = await centre.colleague(name="Nora", chat=NORA)
    children = [await looked_after(centre, supervisor, nora) for _ in range(2)]
    others = await looked_after(centre, supervisor, await centre.colleague(name="Ana"))
    assert await left(centre, supervisor) == []
    chief = await centre.colleague(Role.ADMIN)
    async with centre.database.begin(SERVICE) as session:
        await disable_staff(session, chief, nora.staff_id)

    # Once, however many they are, and without a word of whom.
    assert await called(centre) == [SARA]
    alone = await left(centre, supervisor)
    assert sorted(map(str, alone)) == sorted(str(child.id) for child in children)
    assert others.id not in alone
    async with centre.database.begin(centre.organisation.id) as session:
        for child in children:
            await decide(session, supervisor, child.id, supervisor.staff_id, "She asks for it.")
    assert await left(centre, supervisor) == []


async def test_a_worker_who_steps_back_leaves_the_child_in_the_same_list(centre: Centre) -> None:
    supervisor = await centre.colleague(Role.SUPERVISOR, chat=SARA)
    nora = await centre.colleague(name="Nora", chat=NORA)
    child = await looked_after(centre, supervisor, nora)
    async with centre.database.begin(SERVICE) as session:
        await recuse(session, nora, child.id)
    assert await left(centre, supervisor) == [child.id]


async def test_a_child_whom_another_organisation_looks_after_is_in_the_list_here_all_the_same(
    centre: Centre,
) -> None:
    """What is asked here needs somebody here."""
    supervisor, nora = await centre.colleague(Role.SUPERVISOR), await centre.colleague(name="Nora")
    child = await looked_after(centre, supervisor, nora)
    other = await also_with(centre, child, "Rabat")
    elsewhere = await other.colleague(Role.SUPERVISOR)
    async with centre.database.begin(SERVICE) as session:
        await decide(session, elsewhere, child.id, elsewhere.staff_id, "She asks for it.")
        await recuse(session, nora, child.id)

    assert await left(centre, supervisor) == [child.id]
    assert await left(other, elsewhere) == []


async def test_whoever_was_named_for_no_child_leaves_without_a_word(centre: Centre) -> None:
    await centre.colleague(Role.SUPERVISOR, chat=SARA)
    nora, chief = await centre.colleague(name="Nora"), await centre.colleague(Role.ADMIN)
    async with centre.database.begin(SERVICE) as session:
        await disable_staff(session, chief, nora.staff_id)
    assert await called(centre) == []
