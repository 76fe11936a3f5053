"""What is on its way to a phone as something changes, for tests."""

from sqlalchemy import select

from bot.delivery.claiming import claim
from bot.delivery.outcome import Taken
from bot.delivery.packing import Packing, Parcel
from domain.notices import Notice, tell
from storage.kinds import OutboxState
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.bot.outgoing import HURRIED
from tests.dialogs.revealing import CATALOGUES
from tests.documents import content_of
from tests.domain.centre import Centre


async def leaves(centre: Centre, person: Returnee) -> Taken:
    """Telegram is about to have it."""
    async with centre.database.begin(SERVICE) as session:
        await tell(session, await session.get_one(Returnee, person.id), Notice.STOPPED)
    [parcel] = await packed(centre)
    return parcel.taken


async def packed(centre: Centre) -> list[Parcel]:
    """What may go to any phone now."""
    async with centre.database.begin(SERVICE) as session:
        rows = (await claim(session, HURRIED, 10)).rows
        packing = await Packing.of(session, CATALOGUES, rows)
        parcels = [await packing.pack(row) for row in packing.rows]
    return [parcel for parcel in parcels if parcel is not None]


async def told(centre: Centre, chat: int) -> list[object]:
    """What waits for that chat."""
    async with centre.database.begin(SERVICE) as session:
        waiting = OutboxRow.state == OutboxState.WAITING
        rows = await session.scalars(select(OutboxRow).where(waiting).order_by(OutboxRow.number))
        contents = [
            content_of(row, session.keys) for row in rows if chat_of(row, session.keys) == chat
        ]
    return [each.get("notice") or each.get("delete") or "commands" for each in contents]
