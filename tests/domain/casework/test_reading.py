from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain.cases.changes import mark_of
from domain.cases.events import happened
from domain.casework.reading import read_case
from domain.casework.story import Happening, Said
from domain.casework.tasks import add_task, tasks_of
from domain.casework.work import mark_heard, note, write
from domain.errors import Refused
from domain.messages.body import Body
from domain.messages.keeping import keep_message
from storage.kinds import (
    CaseEventKind,
    Direction,
    Identity,
    MessageKind,
    OutboxState,
)
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case, CaseTask, Message
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre


async def test_a_case_tells_its_story_in_order_with_words_opened(centre: Centre) -> None:
    vera = await centre.colleague(name="Vera Hoxha")
    person = await centre.person()
    case = await centre.signal(person)
    await centre.hears(person, "He took my passport")
    await centre.hears(person, "file-1", MessageKind.VOICE)
    await centre.claims(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await note(session, vera, case.id, "Speaks Albanian.")
    await centre.writes(vera, case, "I read you.")
    async with centre.database.begin(centre.organisation.id) as session:
        file = await read_case(session, vera, case.id)

    assert [entry.at for entry in file.timeline] == sorted(entry.at for entry in file.timeline)
    said = [entry for entry in file.timeline if isinstance(entry, Said)]
    assert [(each.direction, each.text, each.file_id) for each in said] == [
        (Direction.FROM_RETURNEE, "He took my passport", None),
        (Direction.FROM_RETURNEE, None, "file-1"),
        (Direction.TO_RETURNEE, "I read you.", None),
    ]
    assert [each.delivery for each in said] == [None, None, OutboxState.WAITING]
    assert said[1].listen_by is not None
    assert said[2].by == "Vera Hoxha"
    notes = [each for each in file.timeline if isinstance(each, Happening) and each.note]
    assert [(each.kind, each.note) for each in notes] == [(CaseEventKind.NOTE, "Speaks Albanian.")]
    assert file.claimed_by == "Vera Hoxha"


async def test_alerts_of_a_night_are_one_line_until_something_else_happens(centre: Centre) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.signal(person)
    async with centre.database.begin(centre.organisation.id) as session:
        row = await session.get_one(Case, case.id)
        for _ in range(3):
            happened(session, row, CaseEventKind.ALERTED)
    await centre.hears(person, "He took my passport")
    async with centre.database.begin(centre.organisation.id) as session:
        happened(session, await session.get_one(Case, case.id), CaseEventKind.ALERTED)
    async with centre.database.begin(centre.organisation.id) as session:
        timeline = (await read_case(session, vera, case.id)).timeline

    alerts = [each for each in timeline if isinstance(each, Happening) and each.since]
    assert [each.times for each in alerts] == [4]
    told = [each.kind for each in timeline if isinstance(each, Happening)]
    assert told.count(CaseEventKind.ALERTED) == 2


async def test_a_case_says_first_how_the_person_may_be_contacted(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.signal(await centre.person())
    async with centre.database.begin(centre.organisation.id) as session:
        contact = (await read_case(session, vera, case.id)).contact

    assert contact.identity is Identity.UNCONFIRMED
    assert contact.time_zone == "Europe/Tirane"
    assert not contact.frozen


async def test_p10_whoever_keeps_a_case_open_is_recorded_every_ten_minutes_and_each_by_themselves(
    centre: Centre,
) -> None:
    vera, samir = await centre.colleague(), await centre.colleague()
    case = await centre.signal(await centre.person())
    for minutes in range(21):
        set_clock(centre.clock, MORNING + timedelta(minutes=minutes, seconds=minutes))
        for reader in (vera, samir) if minutes in (4, 5) else (vera,):
            async with centre.database.begin(centre.organisation.id) as session:
                await read_case(session, reader, case.id)
    async with centre.database.begin(SERVICE) as session:
        readings = await session.execute(
            select(AuditEntry.staff_id, AuditEntry.at)
            .where(AuditEntry.action == "case.read", AuditEntry.subject == case.id)
            .order_by(AuditEntry.number)
        )

    assert [(each.staff_id, (each.at - MORNING).seconds // 60) for each in readings] == [
        (vera.staff_id, 0),
        (samir.staff_id, 4),
        (vera.staff_id, 10),
        (vera.staff_id, 20),
    ]


async def test_p10_reading_anothers_case_is_refused_as_if_it_were_not_there(
    centre: Centre,
) -> None:
    case = await centre.signal(await centre.person())
    other = await Centre.open(centre.database, centre.clock, "Rabat")
    stranger = await other.colleague()
    for scope in (SERVICE, other.organisation.id):
        for case_id in (case.id, uuid4()):
            async with centre.database.begin(scope) as session:
                with pytest.raises(Refused, match=r"^There is no such case\.$"):
                    await read_case(session, stranger, case_id)


async def test_words_written_from_telegram_show_their_delivery_in_the_console(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(SERVICE) as session:
        await write(session, vera, case.id, "I am here.")
    async with centre.database.begin(centre.organisation.id) as session:
        file = await read_case(session, vera, case.id)

    assert [each.delivery for each in file.timeline if isinstance(each, Said)] == [
        OutboxState.WAITING
    ]


async def test_p1_words_that_are_no_unicode_still_leave_the_case_readable(centre: Centre) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.signal(person)
    await centre.hears(person, "help\ud800 me\x00")
    async with centre.database.begin(centre.organisation.id) as session:
        file = await read_case(session, vera, case.id)

    [said] = [entry for entry in file.timeline if isinstance(entry, Said)]
    assert said.text == "help\ufffd me\x00"


async def test_p1_a_case_shows_what_an_edit_took_back(centre: Centre) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.signal(person)
    async with centre.database.begin(SERVICE) as session:
        for body in (
            Body(number=7, text="he will kill me", cry=True),
            Body(number=7, text="all is well", edited=9),
        ):
            await keep_message(session, person, None, MessageKind.TEXT, body, session.now)
    async with centre.database.begin(centre.organisation.id) as session:
        file = await read_case(session, vera, case.id)

    [said] = [entry for entry in file.timeline if isinstance(entry, Said)]
    assert (said.text, said.earlier) == ("all is well", ["he will kill me"])


async def test_p1_what_no_key_opens_any_more_keeps_nobody_from_reading_and_closing_a_case(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    damaged = await centre.hears(person, "file-1", MessageKind.VOICE)
    await centre.hears(person, "He took my passport")
    assert damaged is not None
    async with centre.database.begin(SERVICE) as session:
        day = session.now.date() + timedelta(days=2)
        await add_task(session, vera, case.id, "Call the doctor", day, vera.staff_id)
        await session.flush()
        (await session.scalars(select(CaseTask))).one().body = b"damaged"
        (await session.get_one(Message, damaged.id)).body = b"damaged"
        row = await session.get_one(Case, case.id)
        happened(session, row, CaseEventKind.NOTE, body=b"damaged")
        await session.flush()
        await mark_heard(session, vera, damaged.id, None)
    async with centre.database.begin(centre.organisation.id) as session:
        file = await read_case(session, vera, case.id)
        [owed] = await tasks_of(session, vera, await session.get_one(Case, case.id))

    said = [entry for entry in file.timeline if isinstance(entry, Said)]
    assert [(each.kind, each.text, each.unheard) for each in said] == [
        (MessageKind.OTHER, None, False),
        (MessageKind.TEXT, "He took my passport", False),
    ]
    assert CaseEventKind.NOTE in {
        each.kind for each in file.timeline if isinstance(each, Happening)
    }
    assert owed.words is None


async def test_a_case_says_that_nothing_arrives_where_the_bot_is_blocked(centre: Centre) -> None:
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.signal(person)
    async with centre.database.begin(SERVICE) as session:
        before = await mark_of(session, vera, case.id)
        (await session.get_one(Returnee, person.id)).blocked_at = session.now
    async with centre.database.begin(SERVICE) as session:
        assert (await read_case(session, vera, case.id)).contact.blocked
        assert await mark_of(session, vera, case.id) != before
