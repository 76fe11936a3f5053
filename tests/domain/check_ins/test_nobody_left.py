"""A check-in of an organisation in which nobody works on cases any more."""

from sqlalchemy import update

from domain.staff import add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Database
from storage.tables.check_ins import CheckIn
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.domain.check_ins.pressing import press, the_case
from tests.domain.checking_in import Office, invite_in, open_office


async def test_p1_danger_in_a_check_in_is_heard_where_anybody_works(
    database: Database, office: Office, returnee: Returnee, check_in: CheckIn
) -> None:
    partner = await open_office(database, "Harbour")
    async with database.begin(SERVICE) as session:
        await invite_in(session, returnee, partner.organisation)
        await add_staff(session, "Ilir", partner.organisation, Role.CASEWORKER)
        ours = Staff.organisation_id == office.organisation.id
        await session.execute(update(Staff).where(ours).values(disabled_at=session.now))
    await press(database, returnee, check_in, "safety", "danger")

    case = await the_case(database)
    assert case is not None
    assert case.organisation_id == partner.organisation.id
