from datetime import date

from domain.pathways.placing import Place, put
from domain.pathways.shelf import ours
from domain.pathways.values import Anchor
from storage.sessions import Database
from storage.tables.returnees import Returnee
from tests.domain.checking_in import Office


async def place(database: Database, office: Office, person: Returnee, there: Place) -> None:
    async with database.begin(office.organisation.id) as session:
        await put(session, office.coordinator, person.id, there, {})


CARE = ours()[0]


ARRIVAL = date(2026, 5, 11)


THERE = Place(CARE.key, {Anchor.DEPARTURE: date(2026, 5, 10), Anchor.ARRIVAL: ARRIVAL})
