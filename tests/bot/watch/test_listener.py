"""Every replica hears with the words that an organisation has put in force."""

import asyncio
from dataclasses import replace

from structlog.testing import capture_logs

from bot.stopping import Stopping
from bot.watch.listener import Listener
from domain.actors import Actor
from domain.distress import Severity, Watch
from domain.lexicon.adding import NewWords, add_own, put_in_force
from domain.lexicon.cache import Lexicons
from domain.lexicon.reading import list_own
from domain.organisations import add_organisation
from domain.staff import actor_of, add_staff
from storage.kinds import Role
from storage.sessions import SERVICE, Database, Session
from storage.tables.lexicon import LexiconEntry
from storage.tables.organisations import Organisation
from storage.tables.staff import Staff
from storage.wakes import Topic

SLANG = NewWords("en", "threat", Severity.URGENT, "big aunties", "", ["the big aunties"], [])


class Observed(Lexicons):
    def __init__(self) -> None:
        super().__init__()
        self.refreshed = asyncio.Event()

    async def refresh(self, session: Session) -> None:
        await super().refresh(session)
        self.refreshed.set()

    async def hears_more(self, organisation: Organisation) -> None:
        while self.of(organisation.id) is None:
            self.refreshed.clear()
            await self.refreshed.wait()


async def coordinator(database: Database) -> tuple[Organisation, Actor]:
    async with database.begin(SERVICE) as session:
        organisation = await add_organisation(session, "Tirana")
        new = await add_staff(session, "Jon", organisation, Role.COORDINATOR)
        return organisation, actor_of(await session.get_one(Staff, new.id))


async def test_p1_words_count_in_a_running_process_at_once_and_after_a_restart(
    database: Database,
) -> None:
    watch, (organisation, jon) = Watch.load(), await coordinator(database)
    running, stopping = Listener(database), Stopping()
    lexicons = running.lexicons = Observed()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(running.run(stopping))
        await running.ready.wait()
        assert running.lexicons.of(organisation.id) is None
        async with database.begin(organisation.id) as session:
            entry_id = await add_own(session, jon, SLANG)
            await put_in_force(session, jon, entry_id, watch)
        await lexicons.hears_more(organisation)
        # What was told is told to the other replicas, too.
        assert Topic.LEXICONS in await database.wakes.to_tell()
        stopping.set()

    fresh, stopping = Listener(database), Stopping()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(fresh.run(stopping))
        await fresh.ready.wait()
        own = fresh.lexicons.of(organisation.id)
        stopping.set()
    assert own is not None
    assert watch.assess("BIG AUNTIES", own=own).severity is Severity.URGENT


async def test_p1_own_words_that_cannot_be_read_keep_no_others_from_being_heard(
    database: Database,
) -> None:
    watch, (organisation, jon) = Watch.load(), await coordinator(database)
    phrases = ("small uncles", "green uncles", SLANG.phrase)
    async with database.begin(organisation.id) as session:
        lost, unknown, kept = [
            await add_own(session, jon, replace(SLANG, phrase=phrase, hears=[phrase]))
            for phrase in phrases
        ]
        for entry_id in (lost, unknown, kept):
            await put_in_force(session, jon, entry_id, watch)
    async with database.begin(SERVICE) as session:
        (await session.get_one(LexiconEntry, lost)).body = b"\x00\x01of a lost key, or damaged"
        # Of a Wayhome that is yet to come.
        (await session.get_one(LexiconEntry, unknown)).language = "xx"

    listener, stopping = Listener(database), Stopping()
    with capture_logs() as lines:
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(listener.run(stopping))
            await listener.ready.wait()
            stopping.set()
    own = listener.lexicons.of(organisation.id)
    assert own is not None
    assert watch.assess("the big aunties", own=own).severity is Severity.URGENT
    assert watch.assess("the small uncles", own=own).severity is Severity.NONE
    assert [(line["action"], line["number"]) for line in lines] == [("lexicons.unread", 2)]
    async with database.begin(organisation.id) as session:
        assert [words.phrase for words in await list_own(session, jon)] == [SLANG.phrase]
