"""How somebody's duty stands, as the bot says it."""

from datetime import timedelta

from domain.duty.planning import place_of
from domain.staff import staff_of_chat
from storage.sessions import SERVICE, Database
from storage.tables.duty import Shift
from storage.tables.organisations import Organisation
from tests.handlers.conftest import NewPhone
from tests.handlers.staff import staff_phone


async def test_whoever_has_a_planned_shift_reads_when_it_ends_until_they_say_that_they_are_on(
    new_phone: NewPhone, database: Database, organisation: Organisation
) -> None:
    phone = await staff_phone(new_phone, database, organisation)
    async with database.begin(SERVICE) as session:
        staff = await staff_of_chat(session, phone.user_id)
        assert staff is not None
        span = timedelta(hours=1)
        shift = Shift(
            organisation_id=organisation.id,
            staff_id=staff.id,
            starts_at=session.now - span,
            ends_at=session.now + span,
        )
        session.add(shift)
        ends = (session.now + span).astimezone(await place_of(session, organisation.id))
    [planned] = await phone.write("/duty")
    [on] = await phone.write("/duty on")

    assert "Your shift ends" in planned.text
    assert f"{ends:%H:%M}" in planned.text
    assert "on duty until you send /duty off" in on.text
