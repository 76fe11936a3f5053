"""What was open before a chat was frozen is not open when it thaws."""

from datetime import timedelta

from domain.identity.trust import Proof, confirm
from domain.stop_word.choosing import propose, take
from domain.stop_word.freezing import unfreeze
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.handlers.correcting import answered, choose, corrections
from tests.handlers.cries import all_comes, texts
from tests.handlers.enrolling import known_on
from tests.handlers.phone import Phone
from tests.handlers.stop_words import WORD

WORDS = "My aunt lives near the lake"


async def has_word(database: Database, phone: Phone) -> None:
    person = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await take(session, returnee, await propose(session, returnee, WORD), "list")


async def thaws(database: Database, clock: Clock, phone: Phone, organisation: Organisation) -> None:
    await all_comes(database)
    clock.offset += timedelta(minutes=5)
    worker = await Centre(database, clock, organisation).colleague(Role.CASEWORKER)
    person = await known_on(database, phone)
    async with database.begin(SERVICE) as session:
        await confirm(session, worker, person.id, Proof.MET)
        await unfreeze(session, worker, person.id)
    await all_comes(database)


async def test_p1_words_after_it_put_nothing_right_that_was_chosen_before(
    phone: Phone, database: Database, organisation: Organisation, clock: Clock
) -> None:
    await answered(phone, database, organisation)
    await has_word(database, phone)
    await choose(phone)
    await phone.write(WORD)

    await thaws(database, clock, phone, organisation)
    await phone.write(WORDS)

    assert WORDS in await texts(database)
    assert await corrections(database, organisation) == [[]]
