"""Wishes that somebody else may have typed."""

from sqlalchemy import select

from storage.kinds import Discretion, OutboxState
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.privacy.erasing import ask


async def is_watched(centre: Centre, person: Returnee) -> None:
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).discretion = Discretion.WATCHED


async def asks_on_a_watched_phone(centre: Centre, person: Returnee) -> None:
    await is_watched(centre, person)
    await ask(centre.database, person)


async def on_its_way(centre: Centre, case: Case) -> list[tuple[OutboxState, str | None]]:
    """To the person, about their case."""
    async with centre.database.begin(SERVICE) as session:
        rows = await session.execute(
            select(OutboxRow.state, OutboxRow.error).where(
                OutboxRow.case_id == case.id, OutboxRow.returnee_id == case.returnee_id
            )
        )
        return [(state, error) for state, error in rows]
