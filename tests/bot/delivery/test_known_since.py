"""What answers a stranger waits, as in an outage, and they become known meanwhile."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.delivery.claiming import claim
from bot.delivery.courier import Courier
from bot.delivery.packing import Packing
from domain.notices import Notice, tell_chat
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee
from domain.safety.rejudging import count_as_written, judge_all
from simulator.memory.users import User
from storage.kinds import Discretion
from storage.sessions import SERVICE, Clock, Database
from storage.tables.returnees import Returnee
from tests.bot.delivering import deliver, user, words
from tests.bot.outgoing import HURRIED, row, say
from tests.dialogs.revealing import CATALOGUES
from tests.model.rotation import Rotation
from tests.postgres import DatabaseUrls
from tests.simulator_server import RunningSimulator
from tests.statements import caught


async def known(database: Database, person: User, **facts: object) -> Returnee:
    async with database.begin(SERVICE) as session:
        centre = await add_organisation(session, "Centre", country="AL")
        return await add_returnee(session, person.id, centre, "en", **facts)


async def move_to_night(database: Database, clock: Clock) -> None:
    async with database.begin(SERVICE) as session:
        tonight = session.now.astimezone(ZoneInfo("Europe/Tirane")) + timedelta(days=1)
        clock.offset += tonight.replace(hour=2, minute=30) - session.now


async def test_p4_what_answers_a_stranger_waits_for_the_hours_of_whoever_is_known_by_now(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    person, stranger = user(telegram), user(telegram)
    await move_to_night(database, clock)
    for each in (person, stranger):
        await say(database, each.id, "welcome")
    await known(database, person)
    clock.offset += timedelta(minutes=25)
    await deliver(courier)
    assert (words(telegram, person), words(telegram, stranger)) == ([], ["welcome"])

    clock.offset += timedelta(hours=7)
    await deliver(courier)
    assert words(telegram, person) == ["welcome"]


async def test_p4_it_goes_sooner_when_they_write(
    database: Database, courier: Courier, telegram: RunningSimulator, clock: Clock
) -> None:
    person = user(telegram)
    await move_to_night(database, clock)
    await say(database, person.id, "welcome")
    returnee = await known(database, person)
    clock.offset += timedelta(minutes=25)
    await deliver(courier)
    assert words(telegram, person) == []

    async with database.begin(SERVICE) as session:
        count_as_written(session, await session.get_one(Returnee, returnee.id))
        await judge_all(session)
    await deliver(courier)
    assert words(telegram, person) == ["welcome"]


async def test_who_is_known_by_now_is_asked_together_with_what_still_goes(
    database: Database, telegram: RunningSimulator
) -> None:
    for _ in range(3):
        await say(database, user(telegram).id, "welcome")
    async with database.begin(SERVICE) as session:
        rows = (await claim(session, HURRIED, 10)).rows
        with caught(database) as statements:
            packing = await Packing.of(session, CATALOGUES, rows)
            parcels = [await packing.pack(row) for row in packing.rows]

    assert len(parcels) == 3
    assert all(parcels)
    assert len(statements) == 1, [statement.sql for statement in statements]


async def test_p4_race_whoever_becomes_known_once_it_was_taken_out_is_judged_all_the_same(
    database: Database, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    said = await say(database, person.id, "welcome")
    async with database.begin(SERVICE) as session:
        [leased] = (await claim(session, HURRIED, 10)).rows
    returnee = await known(database, person, frozen_at=said.created_at)

    async with database.begin(SERVICE) as session:
        packing = await Packing.of(session, CATALOGUES, [leased])
        assert await packing.pack(packing.rows[0]) is None
    waits = await row(database, leased)
    assert (waits.returnee_id, waits.held) == (returnee.id, "frozen")


@pytest.mark.parametrize("known_first", [True, False])
async def test_p4_new_keys_change_nothing_of_whose_it_is(
    database: Database, urls: DatabaseUrls, telegram: RunningSimulator, known_first: bool
) -> None:
    person = user(telegram)
    owner = create_async_engine(urls.owner_url, poolclass=NullPool)
    rotation = await Rotation.begin(database, owner)
    await owner.dispose()
    await say(database, person.id, "welcome")
    returnee = await known(database, person) if known_first else None
    await rotation.step()
    returnee = returnee or await known(database, person)

    async with database.begin(SERVICE) as session:
        rows = (await claim(session, HURRIED, 10)).rows
    async with database.begin(SERVICE) as session:
        packing = await Packing.of(session, CATALOGUES, rows)
        assert [each.returnee_id for each in packing.rows] == [returnee.id]


async def test_p4_it_shows_what_may_stand_on_their_phone(
    database: Database, courier: Courier, telegram: RunningSimulator
) -> None:
    person = user(telegram)
    async with database.begin(SERVICE) as session:
        await tell_chat(session, person.id, Notice.HELP_OFFERED)
    await known(database, person, discretion=Discretion.WATCHED)
    await deliver(courier)
    [shown] = words(telegram, person)
    assert "person" not in shown
