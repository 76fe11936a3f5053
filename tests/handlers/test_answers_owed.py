"""What is said of when somebody will answer, to whoever asks again: no more than is so (P11)."""

from datetime import timedelta

import pytest

from domain.duty import go_on_duty
from domain.staff import actor_of, add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from tests.domain.checking_in import MORNING, set_clock
from tests.handlers.cries import all_arrives, words_from_a_caseworker
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone

pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture
async def asked(
    phone: Phone, database: Database, clock: Clock, organisation: Organisation
) -> Phone:
    """Of a team of which somebody is on duty."""
    set_clock(clock, MORNING)
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Vera", organisation, Role.CASEWORKER)
        await go_on_duty(session, actor_of(await session.get_one(Staff, new.id)))
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    await all_arrives(database)
    return phone


async def test_p11_whoever_asks_again_past_the_deadline_reads_that_nobody_has_answered_yet(
    asked: Phone, clock: Clock
) -> None:
    clock.offset += timedelta(minutes=90)
    [answer] = await asked.write("/help")

    assert "nobody has answered you yet" in answer.text
    assert "should write to you" not in answer.text
    assert "Phone numbers in" in answer.text


async def test_p11_whoever_was_answered_and_asks_again_reads_until_when_somebody_answers_anew(
    asked: Phone, database: Database, clock: Clock, organisation: Organisation
) -> None:
    await words_from_a_caseworker(database, organisation)
    clock.offset += timedelta(hours=3)
    [answer] = await asked.write("/help")

    assert "should write to you here before" in answer.text
    assert "in a few minutes" not in answer.text
