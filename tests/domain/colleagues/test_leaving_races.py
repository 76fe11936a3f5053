"""What becomes a colleague's, or is done by them, at the very moment in which their access ends."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest

from domain.actors import Actor
from domain.casework.tasks import add_task, tasks_of
from domain.children.deciding import decide
from domain.children.known import mark_age
from domain.colleagues.consulting import consult
from domain.colleagues.leaving import disable_staff
from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from domain.privacy.passing_on import Reason, pass_on
from domain.questionnaires.importing import switch
from domain.referrals.making import decide as decide_referral
from storage.kinds import AgeBand, Role, Severity
from storage.sessions import SERVICE
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two
from tests.racing import stands_still


async def leaves_meanwhile(
    centre: Centre, colleague: Actor, does: Coroutine[Any, Any, None]
) -> None:
    head = await centre.colleague(Role.ADMIN)
    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await disable_staff(session, head, colleague.staff_id)
        await session.flush()
        doing = group.create_task(does)
        await stands_still(centre.database, doing)
        assert not doing.done()


async def test_p2_race_of_giving_a_colleague_a_task_and_their_leaving(centre: Centre) -> None:
    """It would be theirs for good, and no supervisor would see it."""
    vera, ana = await centre.colleague(), await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))

    async def gives() -> None:
        async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
            day = session.now.date() + timedelta(days=3)
            with pytest.raises(Refused, match="somebody of your team"):
                await add_task(session, vera, case.id, "Papers", day, ana.staff_id)

    await leaves_meanwhile(centre, ana, gives())
    async with centre.database.begin(SERVICE) as session:
        assert await tasks_of(session, vera, case) == []


async def test_p2_race_of_asking_a_colleague_and_their_leaving(centre: Centre) -> None:
    """The case would rest on an answer that nobody gives."""
    vera, ana = await centre.colleague(), await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))

    async def asks() -> None:
        async with centre.database.begin(SERVICE) as session:
            with pytest.raises(Refused, match="somebody else of your team"):
                await consult(session, vera, case.id, ana.staff_id, "What would you do?")

    await leaves_meanwhile(centre, ana, asks())


async def test_race_of_naming_a_childs_worker_and_their_leaving(centre: Centre) -> None:
    """Nobody would hear that the child has none."""
    vera, chief = await centre.colleague(), await centre.colleague(Role.SUPERVISOR)
    child = await centre.person()
    async with centre.database.begin(centre.organisation.id) as session:
        await mark_age(session, chief, child.id, AgeBand.CHILD)

    async def names() -> None:
        async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
            with pytest.raises(Refused, match="somebody of your team"):
                await decide(session, chief, child.id, vera.staff_id, "They wish it.")

    await leaves_meanwhile(centre, vera, names())


async def test_race_of_naming_a_clinician_and_their_leaving(centre: Centre) -> None:
    """Nobody would hear that what measures health is looked after by nobody."""
    vera, coordinator = await centre.colleague(), await centre.colleague(Role.COORDINATOR)

    async def names() -> None:
        async with centre.database.begin(centre.organisation.id) as session:
            with pytest.raises(Refused, match="Name the clinician"):
                await switch(session, coordinator, "phq-4", is_on=True, clinician=vera.staff_id)

    await leaves_meanwhile(centre, vera, names())


async def test_p6_race_of_passing_somebody_on_and_ones_own_leaving(centre: Centre) -> None:
    """Nobody is forgotten by whoever works here no more."""
    nina, person = await centre.colleague(Role.SAFEGUARDING), await centre.person()

    async def passes_on() -> None:
        async with centre.database.begin(centre.organisation.id, nina.staff_id) as session:
            with pytest.raises(NotAllowed, match="has ended"):
                await pass_on(session, nina, person.id, Reason.ASKED_IN_PERSON)

    await leaves_meanwhile(centre, nina, passes_on())


async def test_p5_race_of_a_second_ones_yes_and_their_leaving(centre: Centre) -> None:
    """What two must decide is not decided by one, and by somebody who works here no more."""
    two = await Two.at_work(centre, Severity.EMERGENCY)
    referral, second = await two.refers(vital=True), await centre.colleague()

    async def agrees() -> None:
        async with centre.database.begin(SERVICE) as session:
            with pytest.raises(NotAllowed, match="has ended"):
                await decide_referral(session, second, referral.id)

    await leaves_meanwhile(centre, second, agrees())
    assert await centre.sent(Notice.REFERRAL_DONE) == []
