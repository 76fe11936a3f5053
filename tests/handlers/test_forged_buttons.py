"""Buttons that we never sent: made up, mended, or copied out of somebody else's chat."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, product
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiogram.filters.callback_data import CallbackData
from sqlalchemy import select, update

from dialogs import presses
from dialogs.notices import refer, referred
from dialogs.presses import (
    AnswerQuestion,
    ClaimCase,
    CloseCase,
    CoverAgain,
    EndCase,
    OpenCovered,
    PutOffCheckIn,
    StartCheckIn,
)
from domain.cases.changes import said_so_far
from domain.check_ins.postponing import Later
from domain.errors import Refused
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.questionnaires.typed import Wrong
from domain.staff import add_staff, join_by_telegram
from storage.kinds import Outcome, Role
from storage.sessions import SERVICE, Database
from storage.tables.cases import Case, Message
from storage.tables.check_ins import CheckIn
from storage.tables.every import Base
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.faults.plugin import Share
from tests.handlers.conftest import NewPhone
from tests.handlers.cries import words_from_a_caseworker
from tests.handlers.enrolling import enrol, invite
from tests.handlers.phone import Phone

MUTATIONS = 10_000
PRESSES = [
    each
    for each in vars(presses).values()
    if isinstance(each, type) and issubclass(each, CallbackData) and each is not CallbackData
]
#: Those that name no row: whoever presses one asks for something of their own.
OF_ONESELF = [
    each for each in PRESSES if not {"check_in", "refers", "code"} & each.model_fields.keys()
]
#: Where what an answer looks like is kept, and nothing about anybody's case or check-in.
_SCREENS = {"outbox", "inbox", "dialog_state", "trace"}


@dataclass(frozen=True)
class Victim:
    """Somebody with a case, a caseworker's words and a check-in, and the data of her buttons."""

    phone: Phone
    buttons: list[str]
    rows: set[UUID]


@pytest.fixture
async def victim(new_phone: NewPhone, database: Database, organisation: Organisation) -> Victim:
    phone = new_phone(1)
    await enrol(phone, await invite(database, organisation), reads="Sometimes others")
    await phone.write("He locked me in and he will kill me")
    opens = await words_from_a_caseworker(database, organisation)
    await phone.write("/checkin")
    async with database.begin(SERVICE) as session:
        check_in = (await session.scalars(select(CheckIn.id))).one()
        case = (await session.scalars(select(Case))).one()
        message = (
            await session.scalars(select(Message.id).where(Message.staff_id.is_not(None)))
        ).one()
        read = await said_so_far(session, case.id)
    question = {"check_in": str(check_in), "question": "safety"}
    refers = refer(Notice.CHECK_IN_QUESTION, question)
    not_taken = refer(Notice.CHECK_IN_QUESTION, {**question, "wrong": Wrong.WHOLE})
    buttons: list[CallbackData] = [
        StartCheckIn(check_in=check_in),
        *(PutOffCheckIn(check_in=check_in, later=later) for later in Later),
        AnswerQuestion(check_in=check_in, question="safety", choice="danger"),
        AnswerQuestion(check_in=check_in, question="safety", choice=presses.SKIP),
        AnswerQuestion(check_in=check_in, question="threat", choice=presses.BACK),
        OpenCovered(notice=Notice.CHECK_IN_QUESTION, refers=refers),
        OpenCovered(notice=Notice.CHECK_IN_QUESTION, refers=not_taken),
        ClaimCase(code=case.code),
        CloseCase(code=case.code),
        CloseCase(code=case.code, outcome=Outcome.HELPED),
        EndCase(code=case.code, outcome=Outcome.HELPED, read=read),
    ]
    covers = CoverAgain(notice=Notice.CASEWORKER_WORDS, refers=opens.rpartition(":")[2])
    packed = [opens, covers.pack(), *(each.pack() for each in buttons)]
    return Victim(phone, packed, {check_in, message})


def mutated(original: str, others: list[str], chance: random.Random) -> str:
    """The data with one thing wrong, or right in another's place."""
    at = chance.randrange(len(original))
    other = chance.choice(others)
    changes: list[Callable[[], str]] = [
        lambda: original[:at] + _flipped(original[at], chance) + original[at + 1 :],
        lambda: original[:at] + original[at + 1 :],
        lambda: original[:at] + chr(chance.randrange(0x20, 0x3000)) + original[at:],
        lambda: original[:at],
        lambda: original + other[at:],
        original.swapcase,
        lambda: original.replace(":", chance.choice(["::", "", "|", "："])),
        lambda: other.partition(":")[0] + ":" + original.partition(":")[2],
        lambda: original.partition(":")[0] + ":" + other.partition(":")[2],
        lambda: original.replace(original[2:34], uuid4().hex),
        lambda: chance.choice(["\0", " ", "%00", "\u202e"]) + original,
        lambda: original + chance.choice([":", ":x", "\0", " OR 1=1", "'--", "/../"]),
        lambda: "".join(chance.sample(original, len(original))),
    ]  # fmt: skip
    return chance.choice(changes)()


def _flipped(character: str, chance: random.Random) -> str:
    return chr(ord(character) ^ (1 << chance.randrange(7)))


def understood(data: str) -> CallbackData | None:
    """What a handler would take it for."""
    for kind in PRESSES:
        try:
            return kind.unpack(data)
        except (TypeError, ValueError):
            continue
    return None


def rows_in(press: CallbackData) -> Iterator[UUID]:
    if isinstance(press, StartCheckIn | PutOffCheckIn | AnswerQuestion):
        yield press.check_in
    if isinstance(press, OpenCovered | CoverAgain):
        try:
            params = referred(press.notice, press.refers)
        except Refused:
            return
        yield from (
            UUID(value) for name, value in params.items() if name in ("check_in", "message")
        )


def forgeries(victim: Victim) -> list[tuple[str, CallbackData | None]]:
    """Ten thousand, the same in every run; without those that anybody may press about oneself."""
    chance = random.Random(4)
    made = [
        mutated(chance.choice(victim.buttons), victim.buttons, chance) for _ in range(MUTATIONS)
    ]
    taken = [(data, understood(data)) for data in made]
    return [(data, press) for data, press in taken if not isinstance(press, tuple(OF_ONESELF))]


async def everything(database: Database) -> dict[str, list[Any]]:
    """Every row of every table in which something is kept about somebody."""
    async with database.begin(SERVICE) as session:
        return {
            table.name: sorted(map(repr, (await session.execute(select(table))).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in _SCREENS
        }


def test_a_forged_button_is_nonsense_or_names_a_row_that_is_looked_up_with_whoever_pressed(
    victim: Victim,
) -> None:
    """Ten thousand of them: what is left of each after parsing is one of three things."""
    forged = forgeries(victim)
    nonsense = [data for data, press in forged if press is None]
    hers = {row for _, press in forged if press for row in rows_in(press)} & victim.rows

    assert len(forged) > MUTATIONS * 0.9
    assert len(nonsense) > MUTATIONS * 0.3
    # Some mutations leave the row as it was: these are the ones that matter, tried whole below.
    assert hers == victim.rows
    # Telegram carries no more than 64 bytes, and a press that fits means one thing.
    for data, press in forged:
        if press is not None and len(data.encode()) <= 64:
            assert understood(press.pack()) == press, data


# All ten thousand take minutes.
@pytest.mark.timeout(3600)
async def test_no_forged_button_changes_anything_whoever_presses_it(
    victim: Victim,
    new_phone: NewPhone,
    database: Database,
    organisation: Organisation,
    share: Share,
) -> None:
    """All of hers by each of three people; of the forged ones a share, by one of them in turn."""
    attacker, stranger = new_phone(2), new_phone(3)
    await enrol(attacker, await invite(database, organisation), reads="Only I")
    colleague = await of_another_organisation(new_phone, database)
    before = await everything(database)
    pressers, forged = (attacker, stranger, colleague), forgeries(victim)
    some = random.Random(share.seed).sample(forged, share.of(len(forged)))
    tried = [*product(victim.buttons, pressers), *zip((data for data, _ in some), cycle(pressers))]
    for data, presser in tried:
        said = await presser.press_data(data)
        assert {each.chat for each in said} <= {presser.user_id}, data
        assert "alone" not in "".join(each.text for each in said), data
    assert await everything(database) == before


async def of_another_organisation(new_phone: NewPhone, database: Database) -> Phone:
    phone = new_phone(900_001)
    async with database.begin(SERVICE) as session:
        elsewhere = await add_organisation(session, "Elsewhere", country="MA")
        new = await add_staff(session, "Samir", elsewhere, Role.SUPERVISOR)
        await join_by_telegram(session, new.telegram_code, phone.user_id)
    return phone


async def everything_said(database: Database) -> dict[str, list[Any]]:
    """The same without when they were last heard of, and until when an answer is waited for:
    whoever presses "in danger" again may be answered for some minutes more, and is there.
    """
    async with database.begin(SERVICE) as session:
        await session.execute(update(Returnee).values(last_wrote_at=None))
        await session.execute(update(CheckIn).values(silent_at=None))
    return await everything(database)


async def test_ones_own_button_replayed_changes_nothing_more(
    victim: Victim, database: Database
) -> None:
    """Each of hers pressed again and again, after it has had its effect once.

    On a phone that others read no answer is kept, so "in danger" is heard anew each time: as one
    more signal in the same case.
    """
    danger = next(data for data in victim.buttons if data.endswith(":danger"))
    replayed = (danger, *victim.buttons[:2])
    for data in replayed:
        await victim.phone.press_data(data)
    before = await everything_said(database)
    for data in (*replayed, danger):
        await victim.phone.press_data(data)
    after = await everything_said(database)
    signals = [line for line in after["case_event"] if line not in before["case_event"]]
    assert all("check-in.safety.danger" in line for line in signals)
    assert after | {"case_event": []} == before | {"case_event": []}
