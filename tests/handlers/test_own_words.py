"""An organisation's own words, in what its people write."""

from sqlalchemy import select

from domain.actors import Actor
from domain.distress import Watch
from domain.lexicon.adding import NewWords, add_own, put_in_force
from domain.lexicon.cache import Lexicons
from domain.organisations import add_organisation
from domain.returnees.chats import returnee_of_chat
from domain.returnees.enrolments import add_returnee, enrol
from domain.staff import actor_of, add_staff
from storage.kinds import Role, Severity
from storage.sessions import SERVICE, Database
from storage.tables.cases import CaseEvent
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from tests.handlers.conftest import NewPhone
from tests.handlers.phone import Phone

KNIFE = NewWords("en", "weapon", Severity.EMERGENCY, "zumbara man", "", ["the zumbara man"], [])


async def coordinator(database: Database, organisation: Organisation) -> Actor:
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Jon", organisation, Role.COORDINATOR)
        return actor_of(await session.get_one(Staff, new.id))


async def test_p1_an_organisations_own_words_open_a_case_for_its_people_and_for_no_others(
    database: Database, organisation: Organisation, new_phone: NewPhone, watch: Watch
) -> None:
    jon = await coordinator(database, organisation)
    lexicons = Lexicons()
    async with database.begin(SERVICE) as session:
        other = await add_organisation(session, "Elsewhere")
        await add_returnee(session, 1001, organisation, "en")
        await add_returnee(session, 1002, other, "en")
        await put_in_force(session, jon, await add_own(session, jon, KNIFE), watch)
        await session.flush()
        await lexicons.refresh(session)
    for chat in (1001, 1002, 1003):
        phone = new_phone(chat)
        phone.handling.lexicons = lexicons
        await phone.write("hello the ZUMBARA MAN")

    async with database.begin(SERVICE) as session:
        events = (
            await session.scalars(select(CaseEvent).where(CaseEvent.severity.is_not(None)))
        ).all()
    # The third is with nobody, so with the organisation that receives everybody.
    assert [event.organisation_id for event in events] == [organisation.id] * 2
    for event in events:
        assert event.severity is Severity.EMERGENCY
        assert event.reasons[0].startswith("weapon.own-")
        assert event.decided_by == watch.assess("").version + "+1"


async def test_p1_while_two_accompany_somebody_the_words_of_whoever_has_the_case_are_listened_for(
    database: Database, organisation: Organisation, phone: Phone, watch: Watch
) -> None:
    jon = await coordinator(database, organisation)
    async with database.begin(SERVICE) as session:
        other = await add_organisation(session, "Elsewhere")
        await add_returnee(session, phone.user_id, organisation, "en")
        await put_in_force(session, jon, await add_own(session, jon, KNIFE), watch)
        await session.flush()
        await phone.handling.lexicons.refresh(session)
    await phone.write("/help")
    async with database.begin(SERVICE) as session:
        returnee = await returnee_of_chat(session, phone.user_id)
        assert returnee is not None
        await enrol(session, returnee, other)
    await phone.write("hello the ZUMBARA MAN")

    async with database.begin(SERVICE) as session:
        newest = select(CaseEvent).where(CaseEvent.decided_by.is_not(None))
        [event] = await session.scalars(newest)
    assert (event.severity, event.organisation_id) == (Severity.EMERGENCY, organisation.id)
    assert event.decided_by == watch.assess("").version + "+1"
