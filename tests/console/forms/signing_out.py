"""A browser that is signed out, and comes back."""

from sqlalchemy import delete

from domain.staff.browsers import open_session
from storage.sessions import SERVICE
from storage.tables.staff import Staff, StaffSession
from tests.console.office import Colleague, Office


async def signs_in_anew(office: Office, me: Colleague) -> str:
    """The session that a browser had is over; this is the cookie of the next."""
    async with office.database.begin(SERVICE) as session:
        await session.execute(delete(StaffSession))
        return await open_session(session, await session.get_one(Staff, me.actor.staff_id))
