"""An older release beside a newer one, or gone back to: who writes is heard all the same (P1)."""

from uuid import UUID

import pytest
from sqlalchemy import select, text

from bot.lanes.lanes import Lanes
from bot.metrics.metrics import Metrics
from dialogs.presses import AnswerQuestion
from storage.inbox.arrivals import take_in
from storage.inbox.failed import PATIENCE
from storage.kinds import Role, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.check_ins import CheckIn
from storage.tables.inbox import InboxRow
from storage.tables.organisations import Organisation
from tests.bot.notebooks import drain
from tests.domain.centre import Centre
from tests.handlers.cries import cases, texts
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone

CRY, MORE = "He locked me in and he will kill me", "please"
# More tries than any other update has.
TRIES = 4 * len(PATIENCE)


async def change(database: Database, table: str) -> None:
    """As a newer release would write it."""
    async with database.begin(SERVICE) as session:
        await session.execute(text(f"UPDATE {table}"))


async def comes(phone: Phone, words: str, number: int) -> Lanes:
    """Returns what handles it."""
    update = {"update_id": number, "message": phone.message(text=words)}
    async with phone.database.begin(SERVICE) as session:
        await take_in(session, [update])
    return Lanes(phone.database, phone.handling, Metrics())


async def out_of_patience(database: Database, lanes: Lanes) -> None:
    for _ in range(TRIES):
        await drain(lanes)
        await change(database, "inbox SET retry_at = clock_timestamp()")


async def handled(database: Database) -> list[int]:
    async with database.begin(SERVICE) as session:
        done = select(InboxRow.update_id).where(InboxRow.handled_at.is_not(None))
        return list(await session.scalars(done.order_by(InboxRow.handled_at)))


@pytest.mark.parametrize(
    ("newer", "known"),
    [
        (
            "returnee SET discretion = 'of-tomorrow'",
            "returnee SET discretion = 'open'",
        ),
        ("safety SET silence = 'of-tomorrow'", "safety SET silence = 'nothing'"),
    ],
)
async def test_p1_somebody_of_whom_an_older_release_does_not_know_something_waits_for_a_newer_one(
    phone: Phone, database: Database, organisation: Organisation, newer: str, known: str
) -> None:
    """Which hears them, in order, however often the older one was faster."""
    await enrol(phone, await invite(database, organisation))
    await change(database, newer)
    lanes = await comes(phone, CRY, 9001)
    await comes(phone, MORE, 9002)
    await out_of_patience(database, lanes)
    assert await cases(database) == []

    await change(database, known)
    await out_of_patience(database, lanes)
    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY
    assert await texts(database) == [CRY, MORE]


async def test_p1_a_colleague_whose_role_an_older_release_does_not_know_keeps_no_cry_from_others(
    phone: Phone, database: Database, clock: Clock
) -> None:
    """Gone back to, it is the only one there is."""
    centre = await Centre.open(database, clock)
    await centre.colleague(chat=77, on_duty=True)
    await centre.colleague(Role.SUPERVISOR, chat=78, on_duty=True)
    await enrol(phone, await invite(database, centre.organisation))
    await change(database, "staff SET role = 'of-tomorrow' WHERE role = 'supervisor'")
    await drain(await comes(phone, CRY, 9001))

    [case] = await cases(database)
    assert (case.severity, case.alerts_sent) == (Severity.EMERGENCY, 1)


async def asked_by_a_newer_one(phone: Phone) -> UUID:
    """By one check-in, the way it is begun: `/checkin`."""
    await phone.write("/checkin")
    async with phone.database.begin(SERVICE) as session:
        check_in: UUID = (await session.scalars(select(CheckIn.id))).one()
    await change(phone.database, "check_in SET questionnaire = 'of-tomorrow@9'")
    return check_in


async def answers_that_they_are_in_danger(phone: Phone, check_in: UUID, number: int) -> Lanes:
    data = AnswerQuestion(check_in=check_in, question="safety", choice="danger").pack()
    press = {
        "id": str(number),
        "from": phone.user,
        "chat_instance": "1",
        "message": phone.message(text="…") | {"message_id": 500},
        "data": data,
    }
    async with phone.database.begin(SERVICE) as session:
        await take_in(session, [{"update_id": number, "callback_query": press}])
    return Lanes(phone.database, phone.handling, Metrics())


async def test_p1_an_answer_to_what_an_older_release_does_not_know_is_heard_by_a_newer_one(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """And until then keeps nobody from hearing what they write."""
    await enrol(phone, await invite(database, organisation))
    lanes = await answers_that_they_are_in_danger(phone, await asked_by_a_newer_one(phone), 9001)
    await comes(phone, MORE, 9002)
    await out_of_patience(database, lanes)
    assert await handled(database) == [9002]

    await change(database, "check_in SET questionnaire = 'safety-and-needs@1'")
    await out_of_patience(database, lanes)
    [case] = await cases(database)
    assert case.severity is Severity.EMERGENCY


async def test_p1_an_answer_that_nobody_knows_for_an_hour_is_urgent(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    """No newer release comes: it was gone back from."""
    await enrol(phone, await invite(database, organisation))
    lanes = await answers_that_they_are_in_danger(phone, await asked_by_a_newer_one(phone), 9001)
    await change(database, "inbox SET tries = 360")
    await drain(lanes)

    [case] = await cases(database)
    assert case.severity is Severity.URGENT
