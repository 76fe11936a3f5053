"""Where somebody may have been forced to ask for a deletion, nobody writes to the person: what a
human wrote before, and what had not left yet, reached nobody, and nobody counts on it (P2).
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from domain.actors import Actor
from domain.casework.work import ask_to_talk, write
from domain.errors import Refused
from domain.identity.trust import Proof, confirm
from domain.notices import Notice
from domain.privacy.passing_on import take_back
from domain.safeguarding.handling import answer_complaint
from domain.safeguarding.story import read_complaint
from storage.kinds import CaseEventKind, CaseState, OutboxState, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.safeguarding import Complaint
from tests.domain.centre import Centre
from tests.domain.checking_in import told
from tests.domain.privacy.erasing import ask
from tests.domain.privacy.forced import asks_on_a_watched_phone, is_watched, on_its_way
from tests.domain.safeguarding.telling import seen, tells
from tests.racing import stands_still


async def writes(centre: Centre, vera: Actor, case: Case) -> None:
    await centre.writes(vera, case)


async def asks_to_talk(centre: Centre, vera: Actor, case: Case) -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        await ask_to_talk(session, vera, case.id)


@pytest.mark.parametrize("answers", [writes, asks_to_talk])
async def test_p2_what_was_written_and_had_not_left_was_no_answer_to_a_cry(
    centre: Centre, answers: Callable[[Centre, Actor, Case], Awaitable[None]]
) -> None:
    vera, person = await centre.colleague(chat=501), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.URGENT))
    await answers(centre, vera, case)
    assert (await centre.fresh(case)).state is CaseState.WAITING
    await asks_on_a_watched_phone(centre, person)

    back = await centre.fresh(case)
    assert (back.state, back.claimed_by, back.first_action_at) == (
        CaseState.CLAIMED,
        vera.staff_id,
        None,
    )
    assert back.next_alert_at is not None
    assert CaseEventKind.UNREACHED in await centre.history(case.id)
    assert [each["code"] for each in await told(centre.database, Notice.STAFF_UNREACHED)] == [
        case.code
    ]
    assert await on_its_way(centre, case) == [(OutboxState.FAILED, "erasure.asked")]


async def test_p2_race_of_words_and_whoever_asks_on_a_watched_phone_just_then(
    centre: Centre,
) -> None:
    """Neither has seen the other: the words are called back all the same."""
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.URGENT))
    await is_watched(centre, person)
    async with (
        asyncio.TaskGroup() as group,
        centre.database.begin(centre.organisation.id) as session,
    ):
        await write(session, vera, case.id, "I am here.")
        await session.flush()
        asking = group.create_task(ask(centre.database, person))
        await stands_still(centre.database, asking)

    assert (await centre.fresh(case)).first_action_at is None
    assert await on_its_way(centre, case) == [(OutboxState.FAILED, "erasure.asked")]


async def test_p2_an_answer_of_safeguarding_that_had_not_left_never_arrived_and_they_hear_so(
    centre: Centre,
) -> None:
    """Should the person stay after all, nobody waits for their answer to it."""
    keeper, person = await centre.colleague(Role.SAFEGUARDING), await centre.person()
    await tells(centre, person)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await answer_complaint(session, keeper, complaint_id, "When can we talk?")
    await asks_on_a_watched_phone(centre, person)
    async with centre.database.begin(SERVICE) as session:
        await confirm(session, keeper, person.id, Proof.MET)
        assert await take_back(session, keeper, person.id)

    async with centre.database.begin(SERVICE) as session:
        _, said = await read_complaint(session, keeper, complaint_id)
        alert_at = (await session.get_one(Complaint, complaint_id)).next_alert_at
        assert alert_at is not None
        assert alert_at <= session.now
    assert [each.unreached for each in said] == [False, True]


async def test_p2_p4_nobody_asks_then_whether_it_is_safe_to_talk_and_no_clock_stops(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.URGENT))
    await asks_on_a_watched_phone(centre, person)
    with pytest.raises(Refused, match="perhaps by force"):
        await asks_to_talk(centre, vera, case)

    waiting = await centre.fresh(case)
    assert (waiting.state, waiting.first_action_at) == (CaseState.CLAIMED, None)
    assert await centre.sent(Notice.SAFE_TO_TALK) == []
