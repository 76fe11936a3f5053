"""How things stand above every page, in one look at the database."""

from sqlalchemy import update

from domain.actors import Actor
from domain.channels import keeping
from domain.colleagues import handing_over
from domain.duty import drills
from domain.duty.now import go_on_duty
from domain.queue.standing import Standing, standing_of
from storage.kinds import Role, Severity
from storage.sessions import SERVICE
from storage.tables.channels import AlertChannel
from storage.tables.lexicon import LexiconMuting
from storage.tables.organisations import Organisation
from tests.domain.centre import Centre
from tests.domain.safeguarding.telling import tells
from tests.statements import caught


async def stands(centre: Centre, actor: Actor) -> Standing:
    async with centre.database.begin(centre.organisation.id, actor.staff_id) as session:
        return await standing_of(session, actor)


async def test_each_sees_their_own_duty_drill_and_channels_and_the_organisations_gate(
    centre: Centre,
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR, name="Drita")
    vera = await centre.colleague()
    assert await stands(centre, vera) == Standing(False, False, True, False, None, 0, 0, 0, 0)
    async with centre.database.begin(centre.organisation.id) as session:
        await go_on_duty(session, vera)
        await keeping.add_channel(session, vera, "ntfys://example.org/a", shared=False)
        await session.execute(update(AlertChannel).values(told_at=session.now))
        await session.flush()
        await drills.start(session, chief)
    theirs = await stands(centre, vera)
    assert theirs == Standing(True, True, True, True, theirs.drill, 0, 0, 0, 0)
    assert theirs.drill is not None
    assert await stands(centre, chief) == Standing(False, True, True, False, None, 0, 0, 0, 0)
    async with centre.database.begin(SERVICE) as session:
        await session.execute(update(Organisation).values(gated_at=session.now))
    assert await stands(centre, chief) == Standing(False, True, False, False, None, 0, 0, 0, 0)


async def test_each_number_stands_under_its_own_name(centre: Centre) -> None:
    vera, lead = await centre.colleague(), await centre.colleague(Role.SAFEGUARDING, on_duty=True)
    for _ in range(2):
        case = await centre.claims(vera, await centre.signal(await centre.person()))
        async with centre.database.begin(SERVICE) as session:
            await handing_over.offer(session, vera, case.id, lead.staff_id)
    for _ in range(3):
        await tells(centre, await centre.person())
    async with centre.database.begin(SERVICE) as session:
        session.add(
            LexiconMuting(
                organisation_id=centre.organisation.id,
                built_in="threat.threatened",
                severity=Severity.URGENT,
                reason=b"sealed",
                proposed_at=session.now,
            )
        )
    seen = await stands(centre, lead)
    assert (seen.mutings, seen.referrals, seen.services, seen.complaints) == (1, 2, 0, 3)


async def test_every_page_asks_for_it_with_one_statement(centre: Centre) -> None:
    vera = await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        with caught(centre.database) as asked:
            await standing_of(session, vera)
    assert len(asked) == 1
