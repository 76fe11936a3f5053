"""What becomes of a staff group while somebody holds its organisation, and then waits for people:
nobody who holds a person waits for the organisation.
"""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.delivery import reporting
from bot.delivery.outcome import Taken
from bot.delivery.reporting import Reporting
from bot.delivery.sending import Failed, Sent
from bot.metrics.metrics import Metrics
from bot.telegram.connection import Trouble
from domain.distress import Watch
from domain.organisations import find_organisation, set_staff_chat
from domain.pathways.moving import choose_clock
from domain.returnees.chats import chat_id_of
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.bot.notebooks import message
from tests.bot.outgoing import HURRIED
from tests.domain.centre import Centre
from tests.handlers.phone import OURS, handling
from tests.racing import stands_still

GROUP, SUPERGROUP, COLLEAGUE = -100, -200, 7
BLOCKED = Failed(Trouble.BLOCKED, "blocked")
TEAM = {"id": GROUP, "type": "supergroup", "title": "Team"}
VERA = {"id": COLLEAGUE, "is_bot": False, "first_name": "Vera"}
SAID = {"message_id": 2, "date": 1, "from": VERA}
THROWN_OUT = {
    "old_chat_member": {"status": "member", "user": OURS},
    "new_chat_member": {"status": "left", "user": OURS},
}
LEARNT: dict[str, dict[int, Sent | Failed]] = {
    "lost": {COLLEAGUE: BLOCKED, GROUP: BLOCKED},
    "moved": {COLLEAGUE: BLOCKED, GROUP: Sent(2, moved_to=SUPERGROUP)},
    "found again": {COLLEAGUE: Sent(1), GROUP: Sent(2)},
}


@pytest.fixture
async def person(centre: Centre) -> Returnee:
    """Of whose case a colleague and the staff group are alerted."""
    async with centre.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        set_staff_chat(session, ours, GROUP)
    await centre.colleague(chat=COLLEAGUE, on_duty=True)
    person = await centre.person()
    await centre.signal(person)
    return person


async def waits_for_its_turn(centre: Centre, does: Coroutine[Any, Any, None]) -> None:
    """The organisation works by another clock from now on, and so do its people."""
    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        ours = await find_organisation(session, centre.organisation.name, lock=True)
        doing = group.create_task(does)
        await stands_still(centre.database, doing)
        assert not doing.done()
        await choose_clock(session, ours, "Europe/Kyiv")


async def fails(centre: Centre) -> bool:
    async with centre.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        return ours.staff_chat_fails_since is not None


@pytest.mark.parametrize("becomes", LEARNT)
async def test_race_of_what_is_learnt_of_a_staff_group_and_its_organisation_s_new_clock(
    centre: Centre, person: Returnee, monkeypatch: pytest.MonkeyPatch, becomes: str
) -> None:
    """It is written back together with what locks a person, and at the first try."""
    monkeypatch.setattr(reporting, "PAUSES", ())
    monkeypatch.setattr(reporting, "_JUST_NOW", timedelta(hours=1))
    async with centre.database.begin(SERVICE) as session:
        ours = await session.get_one(Organisation, centre.organisation.id)
        ours.staff_chat_fails_since = session.now if becomes == "found again" else None
        alerts = (await session.scalars(select(OutboxRow))).all()
        chats = {chat_of(row, session.keys): row for row in alerts}
    asks = person.id if becomes == "found again" else None
    taken = {
        chat: Taken(row.id, row.fence, chat, asks_for_words=asks) for chat, row in chats.items()
    }
    reports = Reporting(centre.database, HURRIED, Metrics())
    # Those that come after it wait for one another.
    await reports.keep(Taken(uuid4(), 1), Sent(1))

    async def written() -> None:
        together = (reports.keep(taken[chat], result) for chat, result in LEARNT[becomes].items())
        await asyncio.gather(*together)

    await waits_for_its_turn(centre, written())
    assert await fails(centre) is (becomes == "lost")


@pytest.mark.parametrize(
    "told",
    [
        {"my_chat_member": {"date": 1, "chat": TEAM, "from": VERA, **THROWN_OUT}},
        {"message": {**SAID, "chat": TEAM, "migrate_to_chat_id": SUPERGROUP}},
        {"message": {**SAID, "chat": {**TEAM, "id": SUPERGROUP}, "migrate_from_chat_id": GROUP}},
    ],
)
async def test_race_of_people_who_write_as_a_staff_group_goes_and_its_organisation_s_new_clock(
    centre: Centre, person: Returnee, told: dict[str, Any]
) -> None:
    behind = handling(Watch.load())
    async with centre.database.begin(SERVICE) as session:
        words = message(1, chat_id_of(session, person))
    updates = [words, {"update_id": 2, **told}]

    async def handled() -> None:
        async with centre.database.begin(SERVICE) as session:
            await behind.prepare(session, updates)
            for update in updates:
                await behind.handle(session, update, found=False)
            await behind.finish(session)

    await waits_for_its_turn(centre, handled())
    assert await fails(centre) is ("my_chat_member" in told)
