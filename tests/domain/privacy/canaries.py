"""What must not be found anywhere once somebody is forgotten."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from domain.actors import Actor
from domain.campaigns.running import start
from domain.cases.topics import set_topic
from domain.casework.work import claim, note, resolve, write
from domain.check_ins.answering import answer
from domain.check_ins.sending import send_due
from domain.messages.body import Body
from domain.messages.edits import remember_early
from domain.messages.keeping import keep_message
from domain.organisations import set_staff_chat
from domain.returnees.file_numbers import set_file_number
from domain.safety.window import Window, choose_window
from domain.staff import actor_of, add_staff
from storage.inbox.arrivals import take_in
from storage.keys.keyring import SealError
from storage.kinds import MessageKind, Outcome, Role
from storage.seals.columns import BY_EPOCH, BY_PERSON
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.cases import Case
from storage.tables.check_ins import CheckIn
from storage.tables.every import Base
from storage.tables.inbox import InboxRow
from storage.tables.organisations import Organisation
from storage.tables.returnees import Enrolment, Returnee, WrappedKey
from storage.tables.staff import Staff
from storage.tables.traces import Trace
from tests.clock import MORNING, set_clock
from tests.domain.campaigns.campaigning import drafted
from tests.domain.checking_in import Office, add_person, open_office

CHAT = 7_770_001_112
GROUP = -1_009_998_887
WORDS = "my aunt Zamfira hides under the blue bridge"
NOTE = "Wears a cinnabar coat"
REPLY = "I will ring you from the lighthouse"
FILE = "tamarisk/77"
EARLY = "an edit about the tamarind tree"


@dataclass(frozen=True)
class Somebody:
    """A person of whom something lies in every corner, and the words by which it is found."""

    office: Office
    returnee: Returnee
    campaign: Any
    canaries: dict[str, str]


async def somebody(database: Database, clock: Clock) -> Somebody:
    """They were asked a check-in and answered, wrote, were answered, and their case was closed."""
    set_clock(clock, MORNING)
    office = await open_office(database)
    async with database.begin(SERVICE) as session:
        returnee = await add_person(session, office.organisation, CHAT)
        await choose_window(session, returnee.id, Window())
        organisation = await session.get_one(Organisation, office.organisation.id)
        set_staff_chat(session, organisation, GROUP)
        new = await add_staff(session, "Vera", organisation, Role.CASEWORKER)
        vera = actor_of(await session.get_one(Staff, new.id))
    campaign = await drafted(database, office.coordinator)
    async with database.begin(office.organisation.id) as session:
        await start(session, office.coordinator, campaign.id)
    clock.offset += timedelta(days=2)
    async with database.begin(SERVICE) as session:
        await send_due(session)
        check_in = (await session.scalars(select(CheckIn))).one()
        await answer(session, returnee, check_in.id, "safety", "unsafe")
    async with database.begin(SERVICE) as session:
        case = await _talk(session, returnee, vera)
        await _leave_behind(session, returnee)
        canaries = await _canaries(session, returnee, case, check_in)
    return Somebody(office, returnee, campaign, canaries)


async def _talk(session: Session, returnee: Returnee, vera: Actor) -> Case:
    said = Body(text=WORDS, number=5)
    kept = await keep_message(session, returnee, None, MessageKind.TEXT, said, session.now)
    assert kept is not None
    case = await session.get_one(Case, kept.case_id)
    set_topic(session, case, 31)
    await set_file_number(session, vera, returnee.id, FILE)
    await claim(session, vera, case.id)
    await note(session, vera, case.id, NOTE)
    await write(session, vera, case.id, REPLY)
    await resolve(session, vera, case.id, Outcome.HELPED)
    return case


async def _leave_behind(session: Session, returnee: Returnee) -> None:
    """What lies elsewhere than with the person: traces, an edit that was early, an update."""
    session.add(Trace(chat_key=returnee.chat_key, message_id=5, sent_at=session.now))
    await remember_early(session, CHAT, {"text": EARLY, "number": 9, "edited": 1})
    await take_in(session, [{"update_id": 1, "message": {"chat": {"id": CHAT}, "text": WORDS}}])
    failed = (await session.scalars(select(InboxRow))).one()
    failed.set_aside_at = session.database_now


async def _canaries(
    session: Session, returnee: Returnee, case: Case, check_in: CheckIn
) -> dict[str, str]:
    enrolment = (await session.scalars(select(Enrolment))).one()
    key = await session.get_one(WrappedKey, returnee.data_key_id)
    return {
        "chat": str(CHAT),
        "words": WORDS,
        "note": NOTE,
        "reply": REPLY,
        "early": EARLY,
        "file number": FILE,
        "returnee": str(returnee.id),
        "case": str(case.id),
        "case code": case.code,
        "key": key.wrapped.hex(),
        "pseudonym": enrolment.pseudonym,
        "check-in": str(check_in.id),
        "file number's hash": (enrolment.file_number_key or b"").hex(),
        "hash": session.keys.look_up(CHAT, "chat").hex(),
    }


async def sightings(database: Database, canaries: dict[str, str]) -> set[tuple[str, str]]:
    """In which table each is seen, whatever lies there, sealed or not."""
    seen = set()
    async with database.begin(SERVICE) as session:
        keys = await _persons_keys(session)
        for table in Base.metadata.sorted_tables:
            rows = await session.execute(text(f'SELECT t::text, t.* FROM "{table.name}" t'))
            for row in rows.mappings():
                told = "\n".join(_everything(session, keys, dict(row)))
                seen |= {(table.name, name) for name, canary in canaries.items() if canary in told}
    return seen


async def _persons_keys(session: Session) -> list[Any]:
    wrapped = await session.scalars(select(WrappedKey.wrapped))
    return [session.keys.unwrap(each) for each in wrapped]


def _everything(session: Session, persons: list[Any], row: dict[str, Any]) -> Iterator[str]:
    yield row.pop("t")
    contexts = set(BY_EPOCH.values())
    own = set(BY_PERSON.values())
    for value in row.values():
        if isinstance(value, bytes):
            yield value.hex()
            for context in contexts:
                yield from _opened(session.keys, value, context)
            for key in persons:
                for context in own:
                    yield from _opened(key, value, context)


def _opened(key: Any, sealed: bytes, context: str) -> Iterator[str]:
    try:
        opened = key.open(sealed, context)
    except SealError:
        return
    yield opened
    try:
        yield json.dumps(json.loads(opened), ensure_ascii=False)
    except ValueError:
        return
