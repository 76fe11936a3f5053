"""An older release beside a newer one, or gone back to: who writes is heard all the same (P1)."""

import pytest
from sqlalchemy import text

from bot.lanes.lanes import Lanes
from bot.metrics.metrics import Metrics
from storage.inbox.arrivals import take_in
from storage.inbox.failed import PATIENCE
from storage.kinds import Role, Severity
from storage.sessions import SERVICE, Clock, Database
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
    for _ in range(TRIES):
        await drain(lanes)
        await change(database, "inbox SET retry_at = clock_timestamp()")
    assert await cases(database) == []

    await change(database, known)
    await drain(lanes)
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
