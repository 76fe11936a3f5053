"""What somebody is told whom an organisation accompanies no longer, whenever they open it (P11)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from dialogs.notices import render
from dialogs.texts import Texts
from domain.errors import Refused
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee, enrol
from storage.kinds import Discretion
from storage.outbox.contents import Notification
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.returnees import Enrolment, Returnee
from tests.dialogs.revealing import CATALOGUES


async def let_go(database: Database) -> tuple[UUID, UUID]:
    """Who it is, and their enrolment that has ended."""
    async with database.begin(SERVICE) as session:
        harbour = await add_organisation(session, "Harbour", country="AL")
        person = await add_returnee(session, 1001, harbour, "en")
        [enrolment] = await session.scalars(select(Enrolment))
        enrolment.until_at = session.now
        return person.id, enrolment.id


async def reads(database: Database, person_id: UUID, enrolment_id: UUID) -> str:
    content = Notification(Notice.PARTED, {"enrolment": str(enrolment_id)})
    texts = Texts("en", Discretion.OPEN, CATALOGUES.of("en"))
    async with database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, person_id)
        return (await render(session, content, texts, person)).text


async def test_p6_they_read_how_many_days_are_left_and_that_they_can_write(
    database: Database, clock: Clock
) -> None:
    person, enrolment = await let_go(database)
    for days, left in ((0, "365 days"), (10, "355 days"), (400, "0 days")):
        clock.offset += timedelta(days=days)
        words = await reads(database, person, enrolment)
        assert f"deleted in {left}" in words
        assert "write here or send /help" in words
        assert "Our team no longer accompanies you" in words


async def test_p11_where_another_one_still_does_they_are_not_told_that_nobody_does(
    database: Database,
) -> None:
    person, enrolment = await let_go(database)
    async with database.begin(SERVICE) as session:
        rabat = await add_organisation(session, "Rabat", country="MA")
        await enrol(session, await session.get_one(Returnee, person), rabat)

    assert "The other one still does" in await reads(database, person, enrolment)


async def test_p11_whoever_is_back_with_them_opens_no_farewell(database: Database) -> None:
    person, enrolment = await let_go(database)
    async with database.begin(SERVICE) as session:
        [harbour] = await session.scalars(select(Organisation))
        await enrol(session, await session.get_one(Returnee, person), harbour)

    assert "nothing new" in await reads(database, person, enrolment)


async def test_p10_nobody_opens_what_was_said_to_somebody_else(database: Database) -> None:
    _, enrolment = await let_go(database)
    async with database.begin(SERVICE) as session:
        [harbour] = await session.scalars(select(Organisation))
        other = await add_returnee(session, 1002, harbour, "en")
    with pytest.raises(Refused):
        await reads(database, other.id, enrolment)
