from aiogram.methods import DeleteMyCommands, SetMyCommands
from sqlalchemy import select

from dialogs.presses import ForgetMe
from domain.actors import Actor
from domain.colleagues.leaving import disable_staff
from domain.staff import add_staff, renew_set_up, speak, staff_of_chat
from handlers.menus import command_menus
from locales.catalogues import Catalogues
from storage.kinds import OutboxState, Role
from storage.sessions import SERVICE, Database
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from tests.bot.outgoing import worded
from tests.handlers.conftest import NewPhone
from tests.handlers.cries import all_arrives
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone
from tests.handlers.staff import staff_phone

COMMANDS = ["start", "help", "services", "checkin", "language", "safety", "hide", "privacy", "stop"]


def test_the_commands_stand_in_the_menu_in_every_language_that_telegram_knows() -> None:
    menus = list(command_menus(Catalogues.load()))

    assert menus[0]["language_code"] is None
    assert {"en", "ar", "uk", "sq"} <= {menu["language_code"] for menu in menus}
    assert "ary" not in {menu["language_code"] for menu in menus}
    for menu in menus:
        assert [command.command for command in menu["commands"]] == COMMANDS


def test_the_menu_of_commands_says_nothing_to_who_looks_over_a_shoulder() -> None:
    for command in next(iter(command_menus(Catalogues.load())))["commands"]:
        assert "help" not in command.description.lower()
        assert len(command.description) >= 1


async def menus(database: Database) -> list[list[str]]:
    """Those of commands that are on their way to a chat; an empty one is a stranger's."""
    async with database.begin(SERVICE) as session:
        waiting = OutboxRow.state == OutboxState.WAITING
        rows = (await session.scalars(select(OutboxRow).where(waiting))).all()
        sent = [await worded(session, row) for row in rows]
    found: list[list[str]] = []
    for call in [call for each in sent for call in (*each.calls, *each.afterwards)]:
        if isinstance(call, SetMyCommands):
            found.append([each.description for each in call.commands])
        elif isinstance(call, DeleteMyCommands):
            found.append([])
    return found


async def test_the_menu_of_commands_speaks_the_language_that_the_person_chose_not_the_phones(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await phone.write(f"/start {await invite(database, organisation)}")
    await phone.press("English")
    assert await menus(database) == []
    await phone.write("/language")
    await phone.press("الدارجة")

    [menu] = await menus(database)
    assert len(menu) == len(COMMANDS)
    assert "بلايص" in menu


async def test_the_menu_of_whoever_joins_the_staff_holds_what_staff_write_in_their_language(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    assert await menus(database) == [["Begin", "Queue", "Duty"]]
    await all_arrives(database)
    async with database.begin(SERVICE) as session:
        staff = await staff_of_chat(session, worker.user_id)
        assert staff is not None
        await speak(session, staff.id, "de")

    assert await menus(database) == [["Beginnen", "Warteliste", "Dienst"]]


async def test_who_joined_before_there_was_a_menu_for_staff_gets_it_with_start(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await all_arrives(database)
    await worker.write("/start")

    assert await menus(database) == [["Begin", "Queue", "Duty"]]


async def test_the_menu_of_whoever_is_let_in_anew_or_leaves_the_team_is_a_strangers_again(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    worker = await staff_phone(new_phone, database, organisation)
    await all_arrives(database)
    async with database.begin(SERVICE) as session:
        staff = await staff_of_chat(session, worker.user_id)
        assert staff is not None
        ada = await add_staff(session, "Ada", organisation, Role.ADMIN)
        admin = Actor(ada.id, organisation.id, Role.ADMIN)
        renewed = await renew_set_up(session, admin, staff.id)
    assert await menus(database) == [[]]
    await all_arrives(database)
    await new_phone(78).write(f"/start {renewed.telegram_code}")
    await all_arrives(database)
    async with database.begin(SERVICE) as session:
        await disable_staff(session, admin, staff.id)

    assert await menus(database) == [[]]


async def test_p4_no_menu_of_a_time_in_the_team_comes_late_to_whoever_is_accompanied_now(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    """A stranger's menu says more than may stand on a watched phone."""
    worker = await staff_phone(new_phone, database, organisation)
    await all_arrives(database)
    async with database.begin(SERVICE) as session:
        staff = await staff_of_chat(session, worker.user_id)
        assert staff is not None
        ada = await add_staff(session, "Ada", organisation, Role.ADMIN)
        await disable_staff(session, Actor(ada.id, organisation.id, Role.ADMIN), staff.id)
    await enrol(worker, await invite(database, organisation), reads="must not know")

    assert {len(menu) for menu in await menus(database)} == {3}


async def test_p6_the_menu_of_whoever_is_forgotten_is_a_strangers_again(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.press_data(ForgetMe().pack())
    await phone.press("Yes, delete everything")

    assert await menus(database) == [[]]


async def test_p6_where_somebody_watches_no_longer_menu_is_seen_to_come(
    phone: Phone, database: Database, organisation: Organisation
) -> None:
    await enrol(phone, await invite(database, organisation), reads="must not know")
    await all_arrives(database)
    await phone.press_data(ForgetMe().pack())
    await phone.press("Yes, delete everything")

    assert await menus(database) == []
