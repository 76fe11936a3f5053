"""P6: nothing goes that was not announced two weeks before, whatever it is."""

from datetime import timedelta

from sqlalchemy import delete, update

from domain.notices import Notice
from domain.recovery.quiet import begin_quiet
from storage.kinds import OutboxState
from storage.sessions import SERVICE, Clock, Database
from storage.tables.cases import Case, Message
from storage.tables.check_ins import CheckIn
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Enrolment, Returnee
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.checking_in import told
from tests.domain.privacy.canaries import Somebody
from tests.domain.privacy.erasing import everything_is_sent_and_swept
from tests.domain.retention.passing import days_go_by, days_pass, were_told
from tests.handlers.cries import all_comes


async def test_p6_the_rest_of_a_talk_is_announced_too(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    for passed in (167, 14):
        await days_pass(database, clock, passed)
    async with database.begin(SERVICE) as session:
        await session.execute(delete(CheckIn))
    await everything_is_sent_and_swept(database, clock)
    await days_pass(database, clock, 534)
    assert await how_many(database, Case) == 1
    assert len(await told(database, Notice.RETENTION)) == 1
    await days_pass(database, clock, 14)

    assert await how_many(database, Case) == 0


async def test_p6_what_is_left_with_those_who_accompany_somebody_no_longer_is_announced_too(
    database: Database, clock: Clock, centre: Centre
) -> None:
    person = await centre.person()
    async with database.begin(SERVICE) as session:
        await session.execute(update(Enrolment).values(until_at=session.now))
    await days_pass(database, clock, 350)
    assert await were_told(database, person) == [False]
    await days_pass(database, clock, 2)
    assert len(await told(database, Notice.RETENTION)) == 1
    await days_pass(database, clock, 13)
    assert await how_many(database, Returnee) == 1
    await days_pass(database, clock, 2)

    assert await how_many(database, Returnee) == 0


async def test_p6_what_they_were_told_long_ago_announces_nothing_that_is_old_now(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    """A restored backup, say: its quiet kept us from telling them anew when it grew old."""
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, amal.returnee.id)
        returnee.retention_told_at = session.now
    clock.offset += timedelta(days=190)
    async with database.begin(SERVICE) as session:
        await begin_quiet(session, session.now)
    await days_pass(database, clock, 1)
    assert await how_many(database, Message) == 2
    await days_pass(database, clock, 30)
    assert len(await told(database, Notice.RETENTION)) == 1
    assert await how_many(database, Message) == 2
    await days_pass(database, clock, 15)

    assert await how_many(database, Message) == 0


async def test_p6_the_two_weeks_begin_when_the_message_has_come(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    """Whoever was held back for days, and reads of two weeks, has two weeks."""
    await days_pass(database, clock, 167)
    await days_go_by(database, clock, 13)
    await all_comes(database)
    await days_go_by(database, clock, 13)
    assert await how_many(database, Message) == 2
    await days_go_by(database, clock, 2)

    assert await how_many(database, Message) == 0


async def test_p6_of_whoever_is_told_of_nothing_it_goes_two_weeks_after_thirty_days(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    """Nothing is kept for ever, also of those who never want to be written to first."""
    await days_pass(database, clock, 167)
    for passed, left in ((43, 2), (2, 0)):
        await days_go_by(database, clock, passed)
        assert await how_many(database, Message) == left
    assert len(await told(database, Notice.RETENTION)) == 1


async def ends(database: Database, as_: OutboxState) -> None:
    async with database.begin(SERVICE) as session:
        await session.execute(update(OutboxRow).values(state=as_, finished_at=session.now))


async def test_p6_whoever_was_not_told_since_all_was_called_back_is_told_anew(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    """As by a restored backup, or where somebody takes back that they want to be forgotten."""
    await days_pass(database, clock, 167)
    await ends(database, OutboxState.CANCELLED)
    for passed, left in ((20, 2), (43, 2), (2, 0)):
        await days_go_by(database, clock, passed)
        assert await how_many(database, Message) == left
    assert len(await told(database, Notice.RETENTION)) == 2


async def test_p6_of_whoever_can_not_be_told_it_goes_two_weeks_after_that_is_known(
    database: Database, clock: Clock, amal: Somebody
) -> None:
    await days_pass(database, clock, 167)
    await ends(database, OutboxState.FAILED)
    for passed, left in ((13, 2), (2, 0)):
        await days_go_by(database, clock, passed)
        assert await how_many(database, Message) == left
