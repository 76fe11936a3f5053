"""What somebody says to a purpose."""

from domain.consent import Shown
from domain.consent.changing import change_consent
from storage.kinds import How, Purpose
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre

READ = Shown("2-test", "What stood on the screen, word for word.")


async def says(centre: Centre, person: Returnee, purpose: Purpose, granted: bool) -> None:
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await change_consent(session, returnee, purpose, granted, READ, How.PRIVACY)
