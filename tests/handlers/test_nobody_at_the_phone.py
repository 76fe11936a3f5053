"""What Telegram tells of a chat without anybody writing or pressing anything there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.safety.rejudging import TIDYING
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from tests.handlers.correcting import RIGHT, answered, choose, corrections
from tests.handlers.covering import PLACES
from tests.handlers.enrolling import enrol, invite, returnee_on
from tests.handlers.forms import asked, kept
from tests.handlers.phone import Phone

BOT = {"id": 42, "is_bot": True, "first_name": "Wayhome"}


def moved(phone: Phone) -> dict[str, Any]:
    place = {"latitude": 41.4, "longitude": 19.8, "live_period": 28_800}
    return {"edited_message": phone.message(location=place, edit_date=60)}


def timed(phone: Phone) -> dict[str, Any]:
    timer = {"message_auto_delete_time": 60}
    return {"message": phone.message(message_auto_delete_timer_changed=timer)}


def blocked(phone: Phone) -> dict[str, Any]:
    change = {
        "chat": phone.message()["chat"],
        "from": phone.user,
        "date": 1,
        "old_chat_member": {"status": "member", "user": BOT},
        "new_chat_member": {"status": "kicked", "user": BOT, "until_date": 0},
    }
    return {"my_chat_member": change}


def pinned(phone: Phone) -> dict[str, Any]:
    return {"message": phone.message(pinned_message=phone.message(text="Hello"))}


def unblocked(phone: Phone) -> dict[str, Any]:
    change = blocked(phone)["my_chat_member"]
    old, new = change["old_chat_member"], change["new_chat_member"]
    return {"my_chat_member": change | {"old_chat_member": new, "new_chat_member": old}}


async def screen_goes_at(database: Database) -> Sequence[datetime]:
    async with database.begin(SERVICE) as session:
        tidying = select(OutboxRow.not_before).where(OutboxRow.held.in_(TIDYING))
        return (await session.scalars(tidying.order_by(OutboxRow.number))).all()


@pytest.mark.parametrize("told", [moved, timed, blocked])
async def test_p13_what_telegram_tells_by_itself_keeps_no_watched_screen_open_and_ends_no_silence(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock, told: Any
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await phone.write("/services")
    before = await returnee_on(database, phone)
    goes_at = await screen_goes_at(database)
    assert before is not None
    assert goes_at
    clock.offset += timedelta(hours=25)
    await phone.send(**told(phone))

    after = await returnee_on(database, phone)
    assert after is not None
    assert after.last_seen_at == before.last_seen_at
    assert await screen_goes_at(database) == goes_at


@pytest.mark.parametrize("told", [timed, pinned, unblocked])
async def test_p3_what_telegram_tells_by_itself_closes_no_question(
    phone: Phone, database: Database, organisation: Organisation, told: Any
) -> None:
    await asked(phone, database, organisation, PLACES)
    await phone.write("/checkin")
    await phone.send(**told(phone))
    await phone.write("12")

    assert await kept(database) == {"nights": "12"}


@pytest.mark.parametrize("told", [timed, pinned, unblocked])
async def test_p6_what_telegram_tells_by_itself_ends_no_correction(
    phone: Phone, database: Database, organisation: Organisation, told: Any
) -> None:
    await answered(phone, database, organisation)
    await choose(phone)
    await phone.send(**told(phone))
    await phone.write(RIGHT)

    assert await corrections(database, organisation) == [[RIGHT]]
