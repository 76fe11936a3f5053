"""`wayhome doctor` names the addresses of staff that no key opens, and does not fall over them."""

from bot.health.database_checks import _addresses
from bot.health.telegram_checks import _staff_chat, _staff_chats
from bot.telegram.connection import connect
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from tests.domain.centre import Centre


async def test_p2_staff_whom_alerts_do_not_reach_in_telegram_are_counted(
    database: Database, clock: Clock
) -> None:
    async def found() -> tuple[bool, str]:
        async with database.begin(SERVICE) as session:
            check = await _addresses(session)
        return check.ok, check.detail

    centre = await Centre.open(database, clock)
    await centre.colleague(name="Nobody's chat")
    vera, ana, _ = [await centre.colleague(chat=chat) for chat in (501, 502, 503)]
    assert await found() == (True, "alerts reach all 3 who joined")

    async with database.begin(SERVICE) as session:
        (await session.get_one(Staff, vera.staff_id)).telegram_chat = b"damaged"
        (await session.get_one(Staff, ana.staff_id)).telegram_fails_since = session.now
    ok, detail = await found()
    assert not ok
    assert detail.startswith("alerts don't reach 2 of 3: ")


async def test_p2_a_staff_group_whose_number_no_key_opens_is_named(
    database: Database, clock: Clock
) -> None:
    centre = await Centre.open(database, clock)
    await Centre.open(database, clock, "Without a group")
    async with database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        organisation.staff_chat = b"damaged"

    [(name, chat_id)] = await _staff_chats(database)
    async with connect("1:token", "http://127.0.0.1:9") as bot:
        check = await _staff_chat(bot, name, chat_id)
    assert (check.name, check.ok) == ("staff chat of Tirana", False)
    assert check.detail.startswith("no key opens its number")
