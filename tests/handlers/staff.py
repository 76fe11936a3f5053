"""Staff in Telegram: a phone that has joined, a group with a topic."""

from domain.staff import add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Database
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
