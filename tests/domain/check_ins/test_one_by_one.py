"""Whatever is broken about one person stays with them: the others' check-ins go on."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import select

from bot.clockwork.sweeping import sweep
from domain.check_ins.sending import send_due
from domain.check_ins.silence import fall_silent
from domain.notices import Notice
from domain.returnees.keys import data_key
from storage.kinds import CheckInState, Discretion
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.check_ins import CheckIn
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, Safety, WrappedKey
from storage.tables.traces import Trace
from tests.documents import content_of
from tests.domain.checking_in import Office, add_person, kept, open_office, plan_check_in, told

DAMAGED = b"\x00\x01 nothing that opens"


async def run_out(database: Database, tick: Callable[[Session], Awaitable[int]]) -> None:
    """As the clockwork does it: batch after batch, until nothing is due."""
    while True:
        async with database.begin(SERVICE) as session:
            if not await tick(session):
                return


async def people(database: Database, office: Office) -> tuple[Returnee, CheckIn, CheckIn]:
    """Somebody whose chat number does not open any more; their check-in; and a healthy one's."""
    async with database.begin(SERVICE) as session:
        broken = await add_person(session, office.organisation, 700_002)
        broken.chat = DAMAGED
        theirs = await plan_check_in(session, broken, office)
        healthy = await add_person(session, office.organisation, 700_003)
        return broken, theirs, await plan_check_in(session, healthy, office)


async def test_p1_a_person_with_a_damaged_number_holds_up_nobodys_check_in(
    database: Database, office: Office
) -> None:
    _, theirs, other = await people(database, office)
    await run_out(database, send_due)

    assert (await kept(database, other.id)).state is CheckInState.SENDING
    assert (await kept(database, theirs.id)).state is CheckInState.PLANNED
    assert await told(database, Notice.CHECK_IN_PROMPT) == [
        {"check_in": str(other.id), "again": False}
    ]


async def test_p1_whoever_came_before_them_is_asked_at_once_all_the_same(
    database: Database, office: Office
) -> None:
    """They were judged together first, and that was taken back: it counts as nobody's asking."""
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, 700_005)
        first = await plan_check_in(session, person, office)
        first.due_at -= timedelta(minutes=1)
    await people(database, office)
    await run_out(database, send_due)

    assert (await kept(database, first.id)).state is CheckInState.SENDING


async def test_p3_a_check_in_that_stayed_broken_is_booked_as_ours(
    database: Database, clock: Clock, office: Office
) -> None:
    """Their hours are nothing that this release knows, so nobody can say when it may go."""
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, 700_006)
        check_in = await plan_check_in(session, person, office)
        odd = (await data_key(session, person.id)).seal("[]", "safe window")
        (await session.get_one(Safety, person.id)).window = odd
    await run_out(database, send_due)
    assert (await kept(database, check_in.id)).state is CheckInState.PLANNED

    clock.offset += timedelta(hours=25)
    await run_out(database, send_due)

    missed = await kept(database, check_in.id)
    assert (missed.state, missed.reason) == (CheckInState.MISSED_BY_US, "broken")


async def test_p3_p4_nothing_is_asked_while_no_key_opens_their_hours_and_that_is_ours(
    database: Database, clock: Clock, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, 700_004)
        check_in = await plan_check_in(session, person, office)
        (await session.get_one(Safety, person.id)).window = DAMAGED
        (await session.get_one(WrappedKey, person.data_key_id)).wrapped = DAMAGED
    await run_out(database, send_due)
    waits = await kept(database, check_in.id)
    assert (waits.state, waits.reason) == (CheckInState.HELD, "illegible")

    clock.offset += timedelta(hours=25)
    await run_out(database, send_due)

    missed = await kept(database, check_in.id)
    assert (missed.state, missed.reason) == (CheckInState.MISSED_BY_US, "illegible")


async def test_p2_a_silence_that_cannot_be_told_holds_up_no_other(
    database: Database, office: Office
) -> None:
    """Nobody can say how long the one organisation means to leave a concern."""
    elsewhere = await open_office(database, "Elsewhere")
    async with database.begin(SERVICE) as session:
        checks = []
        for number, place in enumerate((elsewhere, office)):
            person = await add_person(session, place.organisation, 700_010 + number)
            check_in = await plan_check_in(session, person, place)
            check_in.state, check_in.silent_at = CheckInState.SENT, session.now
            checks.append(check_in)
        broken = await session.get_one(Organisation, elsewhere.organisation.id)
        broken.settings = {"deadlines": {"concern": "soon"}}
    await run_out(database, fall_silent)

    states = [(await kept(database, check_in.id)).state for check_in in checks]
    assert states == [CheckInState.SENT, CheckInState.SILENT]


async def test_p6_a_guarded_phone_with_a_damaged_number_holds_up_no_other(
    database: Database, clock: Clock, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        for number in range(2):
            person = await add_person(
                session, office.organisation, 700_020 + number, discretion=Discretion.WATCHED
            )
            person.chat = person.chat if number else DAMAGED
            session.add(Trace(chat_key=person.chat_key, message_id=number, sent_at=session.now))
    clock.offset += timedelta(hours=47, minutes=30)
    await run_out(database, sweep)

    async with database.begin(SERVICE) as session:
        assert (await session.scalars(select(Trace))).all() == []
        (row,) = await session.scalars(select(OutboxRow))
        assert content_of(row, session.keys) == {"delete": [1]}
