"""A cry by night, and what leaves."""

from collections.abc import Sequence
from datetime import time, timedelta

from sqlalchemy import select

from bot.delivery.packing import Packing
from domain.actors import Actor
from domain.safety.rejudging import judge_anew
from domain.safety.window import Window, choose_window
from storage.kinds import OutboxState, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee
from tests.dialogs.revealing import CATALOGUES
from tests.documents import content_of
from tests.domain.centre import Centre


async def at_night(
    centre: Centre, severity: Severity = Severity.EMERGENCY
) -> tuple[Returnee, Actor, Case]:
    """A cry an hour ago, claimed, and now it is no hour that the person called safe."""
    person = await centre.person()
    await by_night(centre, person)
    actor = await centre.colleague()
    case = await centre.claims(actor, await centre.signal(person, severity))
    return person, actor, case


async def by_night(centre: Centre, person: Returnee) -> None:
    """They wrote an hour ago, and now it is no hour that they called safe."""
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.time_zone = "UTC"
        tomorrow = (session.now + timedelta(days=1)).weekday()
        never_now = Window(frozenset({tomorrow}), time(11), time(12))
        await choose_window(session, person.id, never_now)
        known.last_wrote_at = session.now - timedelta(hours=1)


async def comes_to_a_safe_hour(centre: Centre, person: Returnee) -> None:
    async with centre.database.begin(SERVICE) as session:
        await choose_window(session, person.id, Window(opens=time(0), closes=time(0)))
        await judge_anew(session, person.id)


async def what_leaves(centre: Centre) -> Sequence[str]:
    """The notices to this person that may go now, and what else does, such as a window, judged as
    the courier does. Raises where one can't be worded, which is not held.
    """
    async with centre.database.begin(SERVICE) as session:
        waiting = OutboxRow.state == OutboxState.WAITING
        rows = await session.scalars(select(OutboxRow).where(waiting).order_by(OutboxRow.number))
        packing = await Packing.of(session, CATALOGUES, rows.all())
        to_person = [row for row in packing.rows if row.returnee_id is not None]
        leaving = [row for row in to_person if await packing.prepare(row) is not None]
        contents = [content_of(row, session.keys) for row in leaving]
        return [content.get("notice") or next(iter(content)) for content in contents]
