"""P6, P13: whoever is to be forgotten is let in on a new phone meanwhile."""

import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.casework.closing import close
from domain.errors import Refused
from domain.notices import Notice
from domain.privacy.passing_on import Reason, leaving, pass_on, take_back
from storage.kinds import Identity, OutboxState, Outcome, Role, Severity
from storage.outbox.letters import chat_of
from storage.outbox.traces import leave_traces
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import Erasure, NextErasure
from storage.tables.returnees import Returnee
from tests.counting import how_many
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.domain.identity.moving import NEW_CHAT, Stray, code_for, holder, lets_in, moves_in
from tests.domain.privacy.erasing import ask, erase
from tests.domain.privacy.forced import on_its_way
from tests.domain.privacy.passing_on import met, watched

LEAD = 21


async def deleted_there(centre: Centre, chat: int) -> list[dict[str, object]]:
    async with centre.database.begin(SERVICE) as session:
        rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.number))).all()
        sent = [(chat_of(row, session.keys), content_of(row, session.keys)) for row in rows]
    return [content for where, content in sent if where == chat and "delete" in content]


async def test_p13_a_deletion_that_is_taken_back_gives_nobody_back_to_the_phone_of_before(
    centre: Centre,
) -> None:
    nina = await centre.colleague(Role.SAFEGUARDING)
    person, old = await watched(centre)
    await lets_in(centre, person)
    await met(centre, nina, person)
    async with centre.database.begin(SERVICE) as session:
        assert await take_back(session, nina, person.id)

    assert await holder(centre, old) is None
    moved = await holder(centre, NEW_CHAT)
    assert moved is not None
    assert moved.id == person.id


async def test_p6_when_its_time_has_come_the_new_phone_is_emptied_as_the_one_before(
    centre: Centre,
) -> None:
    person, _ = await watched(centre)
    await lets_in(centre, person)
    moved = await holder(centre, NEW_CHAT)
    assert moved is not None
    async with centre.database.begin(SERVICE) as session:
        await leave_traces(session, [(moved.chat_key, 7)])
    centre.later(hours=73)
    await erase(centre.database)

    assert await how_many(centre.database, Returnee) == 0
    assert await deleted_there(centre, NEW_CHAT) == [{"delete": [7], "hide": True}]


async def asks(centre: Centre, stray: Stray) -> None:
    """While a human looks after their cry for help."""
    await centre.signal(stray.returnee)
    await ask(centre.database, stray.returnee)


async def erasure_of(centre: Centre, person: Returnee) -> Erasure:
    async with centre.database.begin(SERVICE) as session:
        return await session.get_one(Erasure, person.id)


async def is_helped(centre: Centre, person: Returnee) -> None:
    async with centre.database.begin(SERVICE) as session:
        [case] = await session.scalars(select(Case).where(Case.returnee_id == person.id))
        await close(session, case, Outcome.HELPED)


async def test_p6_p13_who_asked_from_a_phone_that_nobody_knew_is_forgotten_and_can_take_it_back(
    centre: Centre,
) -> None:
    """Nobody had made sure who it was that asked."""
    nina = await centre.colleague(Role.SAFEGUARDING, chat=LEAD)
    person, stray = await centre.person(), await Stray.of(centre)
    await met(centre, nina, person)
    centre.later(minutes=1)
    await asks(centre, stray)
    await lets_in(centre, person)

    assert [warned.chat for warned in await centre.sent(Notice.STAFF_FORGET)] == [LEAD]
    assert await centre.who_is_there(person) is Identity.DOUBTED
    async with centre.database.begin(SERVICE) as session:
        line = await leaving(session, nina, person.id)
        assert line is not None
        assert (line.forced, line.cry_open) == (True, True)
        with pytest.raises(Refused, match="Make sure first"):
            await take_back(session, nina, person.id)
    await is_helped(centre, person)
    await erase(centre.database)
    assert await how_many(centre.database, Returnee) == 1
    centre.later(hours=73)
    await erase(centre.database)
    assert await how_many(centre.database, Returnee) == 0


async def passes_on(centre: Centre, who: Actor, person: Returnee) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        await pass_on(session, who, person.id, Reason.ASKED_IN_PERSON)


async def test_p6_what_staff_passed_on_of_the_person_counts_again_should_that_be_taken_back(
    centre: Centre,
) -> None:
    chief, person = await centre.colleague(Role.SUPERVISOR), await centre.person()
    stray = await Stray.of(centre)
    await asks(centre, stray)
    one, other = await centre.colleague(), await centre.colleague()
    code = await code_for(centre, person, one, other)
    await passes_on(centre, chief, person)
    await moves_in(centre, code)

    erasure = await erasure_of(centre, person)
    assert (erasure.organisation_id, erasure.asked_by, erasure.forced) == (None, None, True)
    async with centre.database.begin(SERVICE) as session:
        [behind] = await session.scalars(select(NextErasure))
    assert (behind.returnee_id, behind.asked_by) == (person.id, chief.staff_id)


async def test_p6_what_the_person_had_asked_themselves_comes_no_later(centre: Centre) -> None:
    person, _ = await watched(centre)
    before = await erasure_of(centre, person)
    centre.later(hours=2)
    stray = await Stray.of(centre)
    await asks(centre, stray)
    await lets_in(centre, person)

    assert (await erasure_of(centre, person)).not_before == before.not_before


async def test_p10_what_staff_passed_on_of_a_phone_that_nobody_knew_is_not_about_the_person(
    centre: Centre,
) -> None:
    chief, person = await centre.colleague(Role.SUPERVISOR), await centre.person()
    stray = await Stray.of(centre)
    await centre.signal(stray.returnee)
    await passes_on(centre, chief, stray.returnee)
    await lets_in(centre, person)

    assert await how_many(centre.database, Erasure) == 0


async def test_p2_words_that_waited_for_them_are_no_answer_once_nobody_may_write(
    centre: Centre,
) -> None:
    vera, person, stray = (
        await centre.colleague(),
        await centre.person(),
        await Stray.of(centre),
    )
    case = await centre.claims(vera, await centre.signal(person, Severity.URGENT))
    await centre.writes(vera, case)
    await asks(centre, stray)
    await lets_in(centre, person)

    assert (await centre.fresh(case)).first_action_at is None
    assert (OutboxState.FAILED, "erasure.asked") in await on_its_way(centre, case)
