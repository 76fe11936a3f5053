"""Many rows in one statement."""

from sqlalchemy import select

from storage.inbox.arrivals import take_in
from storage.sessions import SERVICE, Database
from storage.tables.inbox import InboxRow
from tests.bot.notebooks import message


async def test_p1_what_comes_together_is_numbered_in_the_order_in_which_it_came(
    database: Database,
) -> None:
    came = [*range(100, 0, -1)]
    async with database.begin(SERVICE) as session:
        await take_in(session, [message(number, 500, "hello") for number in came])
        kept = await session.scalars(select(InboxRow.update_id).order_by(InboxRow.number))
        assert list(kept) == came


async def test_p12_what_came_before_costs_the_others_that_come_with_it_nothing(
    database: Database,
) -> None:
    """Whether it came with them, too, or is here already."""
    async with database.begin(SERVICE) as session:
        await take_in(session, [message(2, 500, "hello")])
        await take_in(session, [message(number, 500, "hello") for number in (1, 2, 3, 3, 4)])
        kept = await session.scalars(select(InboxRow.update_id).order_by(InboxRow.number))
        assert list(kept) == [2, 1, 3, 4]
