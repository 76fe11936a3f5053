"""Silence is a no only of those whom the question reached."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import delete, select, update

from domain.consent import PURPOSES
from domain.identity import new_phone
from domain.identity.trust import Proof, confirm
from domain.notices import Notice
from domain.retention_periods import TIME_TO_ANSWER
from domain.stop_word.freezing import freeze, unfreeze
from storage.kinds import Discretion, NoticeClass, OutboxState
from storage.sessions import SERVICE
from storage.tables.consent import Renewal
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.counting import how_many
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.domain.consent.renewing import ALL, agreed, has_arrived, somebody, ticks
from tests.domain.covered import lies_covered, swept
from tests.domain.outages import all_is_handled, arrives

pytestmark = pytest.mark.usefixtures("morning")


@pytest.mark.parametrize(
    "became", [OutboxState.WAITING, OutboxState.HELD, OutboxState.FAILED, None]
)
async def test_p3_nothing_lapses_by_a_question_that_never_came(
    centre: Centre, became: OutboxState | None
) -> None:
    """It waits, it failed, or nothing is known of it any more: that is no silence of theirs."""
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    await ticks(centre)
    for _ in range(3):
        async with centre.database.begin(SERVICE) as session:
            if became is None:
                await session.execute(delete(OutboxRow))
            else:
                await session.execute(update(OutboxRow).values(state=became))
        centre.later(days=31)
        await ticks(centre)
    assert await agreed(centre, person) == ALL


async def test_p3_their_time_begins_once_telegram_has_taken_the_question(centre: Centre) -> None:
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    await ticks(centre)
    centre.later(days=20)
    await ticks(centre)
    async with centre.database.begin(SERVICE) as session:
        taken = {"state": OutboxState.SENT, "finished_at": session.now}
        await session.execute(update(OutboxRow).values(**taken))
    for days, lapsed in ((1, False), (28, False), (2, True)):
        centre.later(days=days)
        await ticks(centre)
        assert (await agreed(centre, person) != ALL) is lapsed


async def test_p12_a_question_that_came_while_nobody_looked_for_days_is_asked_no_second_time(
    centre: Centre,
) -> None:
    """After a weekend without us, the sweep may be the first that looks."""
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    await ticks(centre)
    async with centre.database.begin(SERVICE) as session:
        came = {"state": OutboxState.SENT, "content": None, "finished_at": session.now}
        await session.execute(update(OutboxRow).values(**came))
    centre.later(days=3)
    await swept(centre.database)
    await ticks(centre)
    centre.later(days=1)
    await ticks(centre)
    assert await _asked(centre) == 0

    await swept(centre.database)
    assert await how_many(centre.database, OutboxRow) == 0


async def test_p3_nothing_lapses_while_their_answer_may_wait_to_be_read(centre: Centre) -> None:
    person = await _was_asked(centre)
    centre.later(days=31)
    await arrives(centre.database, person)
    await ticks(centre)
    assert await agreed(centre, person) == ALL

    await all_is_handled(centre.database)
    centre.later(minutes=11)
    await ticks(centre)
    assert await agreed(centre, person) == dict.fromkeys(PURPOSES, False)


async def test_p5_nothing_lapses_in_a_frozen_chat_and_they_are_asked_again_after_it(
    centre: Centre,
) -> None:
    """The question was cleared away with the rest, and could be answered nowhere."""
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    for frozen, days in ((False, 0), (True, 40), (True, 40), (False, 1), (False, 28)):
        async with centre.database.begin(SERVICE) as session:
            known = await session.get_one(Returnee, person.id)
            known.frozen_at = session.now if frozen else None
        for _ in range(2):
            await ticks(centre)
            await centre.all_arrives()
            centre.later(minutes=11)
        centre.later(days=days)
    await ticks(centre)
    assert await agreed(centre, person) == ALL
    centre.later(days=2)
    await ticks(centre)
    assert await agreed(centre, person) == dict.fromkeys(PURPOSES, False)


async def _asked(centre: Centre) -> int:
    """How often somebody was, however much else was on its way to them."""
    async with centre.database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.content.is_not(None)))
        said = [content_of(row, session.keys).get("notice") for row in rows]
        return said.count(Notice.CONSENT_ANEW)


async def _was_asked(centre: Centre) -> Returnee:
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    await ticks(centre)
    await centre.all_arrives()
    await ticks(centre)
    assert await _asked(centre) == 1
    return person


async def _freezes_and_is_let_through(centre: Centre, person: Returnee) -> None:
    worker = await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        await freeze(session, await session.get_one(Returnee, person.id), 1001, 7)
    centre.later(days=5)
    await ticks(centre)
    async with centre.database.begin(SERVICE) as session:
        await confirm(session, worker, person.id, Proof.MET)
        await unfreeze(session, worker, person.id)


async def _takes_another_phone(centre: Centre, person: Returnee) -> None:
    one, other = await centre.colleague(), await centre.colleague(name="Other")
    async with centre.database.begin(centre.organisation.id) as session:
        await new_phone.propose(session, one, person.id)
    async with centre.database.begin(centre.organisation.id) as session:
        code = await new_phone.confirm(session, other, person.id)
    async with centre.database.begin(SERVICE) as session:
        await new_phone.move_in(session, 4242, code)


@pytest.mark.parametrize("empties_it", [_freezes_and_is_let_through, _takes_another_phone])
async def test_p3_a_question_that_went_with_the_rest_of_the_chat_comes_once_more(
    centre: Centre, empties_it: Callable[[Centre, Returnee], Awaitable[None]]
) -> None:
    """However few of their thirty days had passed: nobody answers what is not there."""
    person = await _was_asked(centre)
    centre.later(days=5)
    await empties_it(centre, person)
    await ticks(centre)
    await centre.all_arrives()
    await ticks(centre)
    assert await _asked(centre) == 2
    for days, lapsed in ((29, False), (2, True)):
        centre.later(days=days)
        await ticks(centre)
        assert (await agreed(centre, person) != ALL) is lapsed
    assert await _asked(centre) == 2


async def test_p12_a_question_that_is_still_on_its_way_to_a_frozen_chat_comes_but_once(
    centre: Centre,
) -> None:
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    await ticks(centre)
    await _freezes_and_is_let_through(centre, person)
    for _ in range(3):
        await ticks(centre)
        centre.later(hours=1)
    await centre.all_arrives()
    await ticks(centre)
    assert await _asked(centre) == 1


async def test_p12_an_older_release_has_nothing_to_do_for_whom_this_one_has_asked(
    centre: Centre,
) -> None:
    """It knows nothing of the question's row: it asks whom it does not see asked, and books as a
    silence what has waited for thirty days.
    """
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    for days in (0, 29, 2):
        centre.later(days=days)
        await ticks(centre)
        async with centre.database.begin(SERVICE) as session:
            renewal = await session.get_one(Renewal, person.id)
            assert renewal.asked_at is not None
            assert renewal.look_at > session.now


async def test_p5_who_was_asked_by_an_older_release_is_asked_no_second_time_and_has_thirty_days(
    centre: Centre,
) -> None:
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    async with centre.database.begin(SERVICE) as session:
        renewal = await session.get_one(Renewal, person.id)
        renewal.asked_at, renewal.look_at = session.now, session.now + TIME_TO_ANSWER
    for days, lapsed in ((29, False), (2, True)):
        centre.later(days=days)
        await ticks(centre)
        assert (await agreed(centre, person) != ALL) is lapsed
    assert await _asked(centre) == 0


async def test_p5_who_is_to_be_asked_anew_by_an_older_release_is_asked_whatever_came_before(
    centre: Centre,
) -> None:
    """It leaves the row of the question before where it stands."""
    person = await somebody(centre, ALL)
    await has_arrived(centre, person)
    await ticks(centre)
    await centre.all_arrives()
    centre.later(days=1)
    async with centre.database.begin(SERVICE) as session:
        renewal = await session.get_one(Renewal, person.id)
        renewal.since = renewal.look_at = session.now
        renewal.asked_at = None
    await ticks(centre)
    assert await _asked(centre) == 2


async def _lies_covered_until_it_is_swept(centre: Centre, number: int) -> None:
    async with centre.database.begin(SERVICE) as session:
        asks = OutboxRow.state == OutboxState.WAITING, OutboxRow.notice_class == NoticeClass.ROUTINE
        row = await session.scalars(select(OutboxRow).where(*asks))
        await lies_covered(session, row.one(), number)
    await ticks(centre)
    centre.later(hours=47, minutes=1)
    await swept(centre.database)
    await ticks(centre)


async def test_p3_p12_a_question_that_went_before_it_was_opened_comes_once_more_and_not_for_ever(
    centre: Centre,
) -> None:
    """Nobody took it for silence while it could be read nowhere."""
    person = await somebody(centre, ALL)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.DISCREET
    await has_arrived(centre, person)
    await ticks(centre)
    await _lies_covered_until_it_is_swept(centre, 7)
    assert await _asked(centre) == 0
    centre.later(days=1)
    await ticks(centre)
    assert await _asked(centre) == 1
    await _lies_covered_until_it_is_swept(centre, 8)
    for days, lapsed in ((1, False), (26, False), (2, True)):
        centre.later(days=days)
        await ticks(centre)
        assert (await agreed(centre, person) != ALL) is lapsed
        assert await _asked(centre) == 0


async def test_p3_who_can_not_be_asked_once_more_is_asked_when_they_can_and_has_thirty_days(
    centre: Centre,
) -> None:
    person = await somebody(centre, ALL)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.DISCREET
    await has_arrived(centre, person)
    await ticks(centre)
    await _lies_covered_until_it_is_swept(centre, 7)
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).blocked_at = session.now
    for _ in range(40):
        centre.later(days=1)
        await ticks(centre)
    assert await agreed(centre, person) == ALL
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).blocked_at = None
    for days, lapsed in ((1, False), (29, False), (2, True)):
        centre.later(days=days)
        await ticks(centre)
        await centre.all_arrives()
        await ticks(centre)
        assert (await agreed(centre, person) != ALL) is lapsed
