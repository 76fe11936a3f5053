from domain.pathways.placing import Place, put
from storage.sessions import Database
from storage.tables.returnees import Returnee
from tests.domain.checking_in import Office


async def place(database: Database, office: Office, person: Returnee, there: Place) -> None:
    async with database.begin(office.organisation.id) as session:
        await put(session, office.coordinator, person.id, there, {})
