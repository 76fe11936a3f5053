"""Check-ins that are planned while clocks go wrong."""

from datetime import timedelta
from random import Random

from storage.kinds import CheckInState
from storage.sessions import SERVICE
from storage.tables.check_ins import CheckIn
from tests.domain.checking_in import EVERYTHING, add_person
from tests.faults.world import World


async def plan(world: World, people: int, random: Random, over: timedelta) -> list[int]:
    """Check-ins of so many people, due some time from now on; their phones."""
    phones = [world.reader().id for _ in range(people)]
    async with world.database.begin(SERVICE) as session:
        for phone in phones:
            returnee = await add_person(session, world.organisation, phone, agrees_to=EVERYTHING)
            due = session.now + random.random() * over
            session.add(
                CheckIn(
                    organisation_id=world.organisation.id,
                    returnee_id=returnee.id,
                    version=1,
                    questionnaire="safety-and-needs@1",
                    state=CheckInState.PLANNED,
                    due_at=due,
                    expires_at=due + timedelta(hours=24),
                )
            )
    return phones
