"""Staff who must see nothing of a person, or of the phone that turns out to be theirs."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.tasks import add_task
from domain.colleagues.consulting import consult
from domain.errors import Refused
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.handling import close_complaint, take_complaint
from domain.safeguarding.listening import remind
from domain.safeguarding.story import list_complaints, read_complaint
from storage.kinds import ConflictKind, MessageKind, OutboxState, Role, TaskKind
from storage.sessions import SERVICE
from storage.tables.cases import Case, CaseTask
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint
from tests.domain.centre import Centre
from tests.domain.identity.moving import Stray, lets_in
from tests.domain.safeguarding.telling import alerted, opens, seen, tells

KEEPER, SECOND = 21, 22


@pytest.fixture
async def stray(centre: Centre) -> Stray:
    return await Stray.of(centre)


async def apart(centre: Centre, person: Returnee, who: Actor) -> None:
    root = await centre.colleague(Role.ADMIN)
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, root, person.id, who.staff_id, ConflictKind.EXCLUDED)


@pytest.mark.parametrize("excluded_by", ["person", "stray"])
async def test_p2_a_complaint_rests_with_nobody_who_must_not_see_the_person(
    centre: Centre, stray: Stray, excluded_by: str
) -> None:
    """Whichever of the two confided it, and the other excluded whoever took it."""
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    second = await centre.colleague(Role.SAFEGUARDING, chat=SECOND)
    person = await centre.person()
    excludes, confides = person, stray.returnee
    if excluded_by == "stray":
        excludes, confides = confides, excludes
    await tells(centre, confides)
    async with centre.database.begin(SERVICE) as session:
        [line] = await list_complaints(session, keeper)
        await take_complaint(session, keeper, line.id)
    await apart(centre, excludes, keeper)
    await lets_in(centre, person)

    assert (await seen(centre, keeper), await seen(centre, second)) == ([], [line.id])
    await centre.all_arrives()
    before = len(await alerted(centre))
    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Complaint, line.id)).taken_by is None
        await remind(session)
    assert (await alerted(centre))[before:] == [SECOND]


async def owes(centre: Centre, who: Actor, case: Case) -> None:
    """A colleague has the case, gives them a task and asks them something."""
    ana = await centre.colleague(name="Ana")
    claimed = await centre.claims(ana, case)
    async with centre.database.begin(SERVICE) as session:
        soon = (session.now + timedelta(days=3)).date()
        await add_task(session, ana, claimed.id, "Call the lawyer", soon, who.staff_id)
        await consult(session, ana, claimed.id, who.staff_id, "Do you know her?")


@pytest.mark.parametrize("excluded_by", ["person", "stray"])
async def test_p10_what_is_owed_rests_with_nobody_who_must_not_see_the_person(
    centre: Centre, stray: Stray, excluded_by: str
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR)
    person = await centre.person()
    excludes, owed_to = person, stray.returnee
    if excluded_by == "stray":
        excludes, owed_to = owed_to, excludes
    await owes(centre, chief, await centre.signal(owed_to))
    await apart(centre, excludes, chief)
    await lets_in(centre, person)

    async with centre.database.begin(SERVICE) as session:
        owed = {each.kind: each for each in await session.scalars(select(CaseTask))}
    assert (owed[TaskKind.TASK].staff_id, owed[TaskKind.TASK].done_at) == (None, None)
    assert owed[TaskKind.CONSULT].done_at is not None


async def test_p10_what_somebody_wrote_who_must_not_see_the_person_is_judged_at_once(
    centre: Centre, stray: Stray
) -> None:
    """It would not go at its hour either, and until then colleagues would count on it."""
    vera = await centre.colleague()
    person = await centre.person()
    words = await centre.writes(vera, await centre.claims(vera, await centre.signal(person)))
    async with centre.database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, words.outbox_id)
        row.state, row.held, row.not_before = OutboxState.HELD, "window", session.now
    await apart(centre, stray.returnee, vera)
    await lets_in(centre, person)

    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(OutboxRow, words.outbox_id)).state is OutboxState.WAITING


async def test_p1_a_recording_that_goes_to_another_organisation_has_to_be_heard_there(
    centre: Centre, stray: Stray
) -> None:
    """Who heard it here may hear no more of it, and nobody there reads their name."""
    elsewhere = await Centre.open(centre.database, centre.clock, "Rabat")
    keeper = await centre.colleague(Role.SAFEGUARDING)
    there, person = await elsewhere.colleague(Role.SAFEGUARDING), await elsewhere.person()
    await tells(centre, stray.returnee, "file", kind=MessageKind.VOICE)
    [complaint_id] = await seen(centre, keeper)
    await opens(centre, keeper, complaint_id)
    await lets_in(elsewhere, person)

    async with centre.database.begin(SERVICE) as session:
        complaint, [told] = await read_complaint(session, there, complaint_id)
        assert (told.unheard, told.heard_by) == (True, None)
        with pytest.raises(Refused, match="nobody has opened"):
            await close_complaint(session, there, complaint.id)
