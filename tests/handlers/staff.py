"""Staff in Telegram: a phone that has joined, a group with a topic."""

from typing import Any

from sqlalchemy import select

from domain.cases.topics import set_topic
from domain.organisations import set_staff_chat
from domain.staff import add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from tests.handlers.conftest import NewPhone
from tests.handlers.phone import Phone

GROUP = -1009
SUPERGROUP = -100777
TOPIC = 5


async def staff_phone(
    new_phone: NewPhone,
    database: Database,
    organisation: Organisation,
    role: Role = Role.CASEWORKER,
    user_id: int = 77,
) -> Phone:
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Ilir", organisation, role)
    phone = new_phone(user_id)
    [joined] = await phone.write(f"/start {new.telegram_code}")
    assert joined.notice == "staff-joined"
    return phone


async def have_a_group(database: Database, organisation: Organisation) -> None:
    async with database.begin(SERVICE) as session:
        set_staff_chat(session, await session.get_one(Organisation, organisation.id), GROUP)


async def in_group(phone: Phone, chat_id: int = GROUP, **more: Any) -> list[Any]:
    chat = {"id": chat_id, "type": "supergroup", "title": "Team"}
    return await phone.send(message=phone.message(**more) | {"chat": chat})


async def in_topic(phone: Phone, text: str) -> list[Any]:
    return await in_group(phone, text=text, message_thread_id=TOPIC, is_topic_message=True)


async def case_with_topic(phone: Phone, database: Database) -> Case:
    await phone.write("/help")
    async with database.begin(SERVICE) as session:
        case: Case = (await session.scalars(select(Case))).one()
        set_topic(session, case, TOPIC)
    return case


async def claimed_with_topic(worker: Phone, phone: Phone) -> Case:
    case = await case_with_topic(phone, phone.database)
    await worker.press_data(f"k:{case.code}")
    return case


async def press_in_group(phone: Phone, data: str, chat_id: int = GROUP) -> list[Any]:
    chat = {"id": chat_id, "type": "supergroup", "title": "Team"}
    query = {
        "id": "1",
        "from": phone.user,
        "chat_instance": "1",
        "message": phone.message(text="…") | {"chat": chat},
        "data": data,
    }
    return await phone.send(callback_query=query)
