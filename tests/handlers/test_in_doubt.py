"""What a worker wrote to somebody known, once it is not sure any more who holds the phone."""

import pytest
from sqlalchemy import select

from domain.casework.work import claim, write
from domain.identity.trust import Doubt, doubt
from domain.replies.phrases import Phrase
from domain.replies.unsent import something_ends_unsent
from domain.staff import actor_of, add_staff
from storage.kinds import Identity, Role
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.handlers.cries import held_by_identity
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone


@pytest.mark.parametrize(
    ("before", "phrase", "waits"),
    [
        (Identity.CONFIRMED, None, True),
        # A ready sentence names nobody.
        (Identity.CONFIRMED, Phrase.A_PERSON, False),
        # Whoever wrote knew of it, and chose so.
        (Identity.DOUBTED, None, False),
    ],
)
async def test_p13_words_to_somebody_known_do_not_leave_once_that_has_come_into_doubt(
    phone: Phone,
    database: Database,
    organisation: Organisation,
    before: Identity,
    phrase: Phrase | None,
    waits: bool,
) -> None:
    await enrol(phone, await invite(database, organisation))
    await phone.write("/help")
    async with database.begin(SERVICE) as session:
        returnee = (await session.scalars(select(Returnee))).one()
        returnee.identity, returnee.confirmed_at = before, session.now
        new = await add_staff(session, "Ilir", organisation, Role.CASEWORKER)
        actor = actor_of(await session.get_one(Staff, new.id))
        case = (await session.scalars(select(Case))).one()
        await claim(session, actor, case.id)
        await write(session, actor, case.id, "Ana waits at 14 Harbour Street.", phrase=phrase)
    assert await held_by_identity(database) == 0

    async with database.begin(SERVICE) as session:
        await doubt(session, await session.get_one(Returnee, returnee.id), Doubt.UNBLOCKED)
    assert await held_by_identity(database) == waits
    async with database.begin(SERVICE) as session:
        assert await something_ends_unsent(session, await session.get_one(Case, case.id)) == waits
