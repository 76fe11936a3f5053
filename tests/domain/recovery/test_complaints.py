"""Safeguarding looks at each open complaint anew when a backup is restored."""

import pytest

from domain.safeguarding.complaints import new_complaint
from domain.safeguarding.handling import answer_complaint, close_complaint, take_complaint
from domain.safeguarding.listening import remind
from domain.safeguarding.story import list_complaints, read_complaint
from storage.kinds import ComplaintKind, Role
from storage.sessions import SERVICE
from tests.domain.centre import Centre
from tests.domain.recovery.restoring import Recover
from tests.domain.safeguarding.telling import KEEPER, SECOND, alerted, seen, tells


@pytest.mark.parametrize("came", [True, False])
async def test_p2_p11_an_answer_that_is_called_back_stands_there_as_not_delivered(
    centre: Centre, restored: Recover, came: bool
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    await tells(centre, await centre.person())
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await answer_complaint(session, keeper, complaint_id, "I come at nine.")
    if came:
        await centre.all_arrives()
    await restored()

    async with centre.database.begin(SERVICE) as session:
        _, told = await read_complaint(session, keeper, complaint_id)
    assert [each.unreached for each in told] == [False, not came]


@pytest.mark.parametrize("act", ["taken", "answered"])
async def test_p2_whoever_hears_a_complaint_is_called_at_once_since_what_was_confided_since_is_lost(
    centre: Centre, restored: Recover, act: str
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    await centre.colleague(Role.SAFEGUARDING, chat=SECOND)
    await tells(centre, await centre.person())
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        if act == "taken":
            await take_complaint(session, keeper, complaint_id)
        else:
            await answer_complaint(session, keeper, complaint_id, "I read you.")
    await centre.all_arrives()
    assert (await restored()).complaints_alerted == 1

    before = await alerted(centre)
    async with centre.database.begin(SERVICE) as session:
        await remind(session)
        [line] = await list_complaints(session, keeper)
    assert sorted((await alerted(centre))[len(before) :]) == [KEEPER, SECOND]
    assert line.taken_by is None


async def test_a_closed_complaint_stays_closed_and_one_without_words_calls_nobody(
    centre: Centre, restored: Recover
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    person = await centre.person()
    await tells(centre, person)
    [complaint_id] = await seen(centre, keeper)
    async with centre.database.begin(SERVICE) as session:
        await close_complaint(session, keeper, complaint_id)
        await new_complaint(session, person.id, centre.organisation.id, ComplaintKind.KEEP_AWAY)

    assert (await restored()).complaints_alerted == 0
    async with centre.database.begin(SERVICE) as session:
        assert await remind(session) == 0
