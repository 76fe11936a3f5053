"""What whoever took over reads of what was said before."""

import pytest
from sqlalchemy import update

from domain.referrals.reading import read_along, read_referral
from storage.kinds import OutboxState, Travels
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from tests.domain.referrals.two import Two


async def becomes_of_it(two: Two, message_id: object, state: OutboxState) -> None:
    async with two.giver.database.begin(SERVICE) as session:
        row = OutboxRow.id == message_id
        await session.execute(update(OutboxRow).where(row).values(state=state))


async def read(two: Two) -> list[str | None]:
    referral = await two.offered(Travels.TALK, joint=7)
    await two.accepts(referral)
    async with two.giver.database.begin(SERVICE) as session:
        file = await read_referral(session, two.samir, referral.id)
    scope = two.partner.organisation.id, two.samir.staff_id
    async with two.giver.database.begin(*scope) as session:
        return [each.text for each in await read_along(session, two.samir, file)]


@pytest.mark.parametrize(
    ("state", "has_come"),
    [(state, state is OutboxState.SENT) for state in OutboxState],
)
async def test_p11_words_that_never_came_to_the_person_are_not_read_as_said_to_them(
    two: Two, state: OutboxState, has_come: bool
) -> None:
    """Held for a later day, stopped, or not taken by Telegram."""
    await two.giver.hears(two.person, "He is at the door")
    ours = await two.giver.writes(two.vera, two.case, "We come for you tonight")
    await becomes_of_it(two, ours.outbox_id, state)
    said = ["He is at the door", *(["We come for you tonight"] if has_come else [])]
    assert await read(two) == said
