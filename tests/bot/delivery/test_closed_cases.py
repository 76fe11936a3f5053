"""P11: what a worker wrote, and what waits, once its case is closed or the person handed over."""

from datetime import timedelta

import pytest

from domain.actors import Actor
from domain.casework.work import write
from domain.notices import Notice
from domain.referrals.handing_over import hand_over_now
from domain.replies.sending import Conditions
from domain.replies.unsent import GRACE, something_ends_unsent
from domain.safety.rejudging import count_as_written, judge_all
from storage.kinds import CaseEventKind, CaseState, OutboxState, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case, Message
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, Safety
from tests.bot.nights import at_night, comes_to_a_safe_hour, what_leaves
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two


async def waits(centre: Centre, why: str, person: Returnee) -> None:
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        if why == "never-first":
            (await session.get_one(Safety, person.id)).never_first = True
        elif why == "paused":
            known.paused_until = session.now + timedelta(days=60)


async def says(centre: Centre, actor: Actor, case: Case, how: Conditions) -> Message:
    async with centre.database.begin(centre.organisation.id) as session:
        return await write(session, actor, case.id, "Come tomorrow at nine.", how)


async def writes_again(centre: Centre, person: Returnee) -> None:
    async with centre.database.begin(SERVICE) as session:
        count_as_written(session, await session.get_one(Returnee, person.id))
        await judge_all(session)


async def state_of(centre: Centre, message: Message) -> OutboxState:
    async with centre.database.begin(SERVICE) as session:
        return (await session.get_one(OutboxRow, message.outbox_id)).state


@pytest.mark.parametrize("lies_still", [True, False])
@pytest.mark.parametrize("why", ["never-first", "paused", "identity"])
async def test_p11_words_that_wait_for_more_than_the_hour_do_not_outlive_their_case(
    centre: Centre, why: str, lies_still: bool
) -> None:
    person, vera, case = await at_night(centre, Severity.URGENT)
    await comes_to_a_safe_hour(centre, person)
    await waits(centre, why, person)
    grace = GRACE if lies_still else timedelta()
    how = Conditions(only_confirmed=why == "identity", grace=grace)
    message = await says(centre, vera, case, how)
    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)
    await centre.closes(vera, case)
    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)

    assert await state_of(centre, message) is OutboxState.FAILED
    assert CaseEventKind.UNREACHED in await centre.history(case.id)
    assert (await centre.fresh(case)).state is CaseState.RESOLVED
    centre.later(days=35)
    await writes_again(centre, person)
    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)


async def warned(centre: Centre, case: Case) -> bool:
    """Whoever is about to close it."""
    async with centre.database.begin(centre.organisation.id) as session:
        return await something_ends_unsent(session, case)


@pytest.mark.parametrize("why", ["never-first", "paused", "identity", "known", "the hour alone"])
async def test_p11_whoever_closes_over_words_that_lie_still_is_told_whether_they_ever_leave(
    centre: Centre, why: str
) -> None:
    """Nothing holds them so far, but something will."""
    person, vera, case = await at_night(centre, Severity.URGENT)
    await waits(centre, why, person)
    how = Conditions(
        only_confirmed=why == "identity", to_somebody_known=why == "known", grace=GRACE
    )
    message = await says(centre, vera, case, how)
    told = await warned(centre, case)
    await centre.closes(vera, case)
    await what_leaves(centre)

    fails = why != "the hour alone"
    assert told is fails
    assert await state_of(centre, message) is (OutboxState.FAILED if fails else OutboxState.HELD)


async def test_p11_a_reason_to_write_at_any_hour_does_not_outlive_its_emergency(
    centre: Centre,
) -> None:
    person, vera, case = await at_night(centre)
    await waits(centre, "paused", person)
    how = Conditions(any_hour="They may not last the night.", grace=GRACE)
    message = await says(centre, vera, case, how)
    assert await warned(centre, case)
    await centre.closes(vera, case)
    await what_leaves(centre)
    assert await state_of(centre, message) is OutboxState.FAILED


async def test_p11_nobody_is_warned_of_words_that_may_go_by_now(centre: Centre) -> None:
    """They are about to be judged once more, and nothing holds them any longer."""
    person, vera, case = await at_night(centre, Severity.URGENT)
    await waits(centre, "never-first", person)
    await says(centre, vera, case, Conditions())
    assert await warned(centre, case)
    await what_leaves(centre)
    assert await warned(centre, case)
    await writes_again(centre, person)
    assert not await warned(centre, case)


async def test_p4_words_that_wait_for_the_hour_alone_go_in_the_morning(centre: Centre) -> None:
    person, vera, case = await at_night(centre, Severity.URGENT)
    message = await says(centre, vera, case, Conditions())
    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)
    await centre.closes(vera, case)
    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)
    assert await state_of(centre, message) is OutboxState.HELD

    await comes_to_a_safe_hour(centre, person)
    assert Notice.CASEWORKER_WORDS in await what_leaves(centre)


async def test_p11_words_of_those_who_handed_somebody_over_do_not_come_afterwards(
    centre: Centre,
) -> None:
    """Nor in the morning: who accompanies the person now knows nothing of them."""
    two = await Two.at_work(centre)
    referral = await two.offered(joint=30)
    await two.accepts(referral)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Safety, two.person.id)).never_first = True
    message = await says(centre, two.vera, two.case, Conditions())
    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)
    async with centre.database.begin(SERVICE) as session:
        await hand_over_now(session, two.vera, referral.id)

    assert await state_of(centre, message) is OutboxState.CANCELLED
    await writes_again(centre, two.person)
    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)


@pytest.mark.parametrize("planned", [False, True])
async def test_p11_words_that_lie_still_as_somebody_is_handed_over_leave_and_planned_ones_do_not(
    centre: Centre, planned: bool
) -> None:
    """As when a case is closed: whoever wrote them saw them go."""
    two = await Two.at_work(centre)
    referral = await two.offered(joint=30)
    await two.accepts(referral)
    await two.giver.writes(two.vera, two.case, "Hello.")
    await two.giver.all_arrives()
    async with centre.database.begin(SERVICE) as session:
        later = session.now + timedelta(days=1) if planned else None
    message = await says(centre, two.vera, two.case, Conditions(grace=GRACE, later=later))
    async with centre.database.begin(SERVICE) as session:
        await hand_over_now(session, two.vera, referral.id)

    async with centre.database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, message.outbox_id)
    assert row.state is (OutboxState.CANCELLED if planned else OutboxState.WAITING)
