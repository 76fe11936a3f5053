"""In an emergency a worker's words go at any hour, for a reason; nothing else does (P4)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.delivery.claiming import claim
from bot.delivery.packing import Packing
from domain.actors import Actor
from domain.casework.reading import read_case
from domain.casework.story import Happening
from domain.casework.work import resolve, write
from domain.errors import Refused
from domain.notices import Notice
from domain.replies.sending import Conditions
from domain.returnees.chats import chat_id_of
from domain.safety.rejudging import count_as_written, judge_all
from domain.stop_word.freezing import freeze
from storage.kinds import OutboxState, Outcome, Severity
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.outbox import TRIES_IN_ORDER, OutboxRow
from storage.tables.privacy import Erasure
from storage.tables.returnees import Returnee, Safety
from tests.bot.nights import at_night, comes_to_a_safe_hour, what_leaves
from tests.bot.outgoing import HURRIED
from tests.dialogs.revealing import CATALOGUES
from tests.domain.centre import Centre

WHY = "She said that he comes back tonight."


async def writes(centre: Centre, actor: Actor, case: Case, text: str, why: str = "") -> None:
    async with centre.database.begin(centre.organisation.id) as session:
        await write(session, actor, case.id, text, Conditions(any_hour=why))


async def test_p4_in_an_emergency_a_reason_lets_words_through_and_those_that_waited_before(
    centre: Centre,
) -> None:
    _, actor, case = await at_night(centre)
    await writes(centre, actor, case, "Can you talk?")
    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)

    await writes(centre, actor, case, "Leave by the back door.", WHY)

    assert (await what_leaves(centre)).count(Notice.CASEWORKER_WORDS) == 2
    async with centre.database.begin(centre.organisation.id) as session:
        story = (await read_case(session, actor, case.id)).timeline
        lines = await session.scalars(
            select(AuditEntry.staff_id).where(AuditEntry.action == "case.any-hour")
        )
        assert lines.all() == [actor.staff_id]
    assert [entry.note for entry in story if isinstance(entry, Happening) and entry.note] == [WHY]


async def test_p4_a_reason_is_one_for_words_too_that_were_tried_in_vain(centre: Centre) -> None:
    _, actor, case = await at_night(centre)
    message = await centre.writes(actor, case)
    async with centre.database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, message.outbox_id)
        row.state, row.tries, row.error = OutboxState.HELD, TRIES_IN_ORDER, "away"
        row.not_before = session.now + timedelta(minutes=1)

    await writes(centre, actor, case, "Leave by the back door.", WHY)

    assert (await what_leaves(centre)).count(Notice.CASEWORKER_WORDS) == 2


async def test_p4_a_reason_overrules_a_pause_and_never_before_i_write_too(centre: Centre) -> None:
    person, actor, case = await at_night(centre)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        known.paused_until = session.now + timedelta(days=2)
        (await session.get_one(Safety, person.id)).never_first = True

    await writes(centre, actor, case, "I am here.", WHY)

    assert Notice.CASEWORKER_WORDS in await what_leaves(centre)


async def test_p4_what_is_no_emergency_waits_whatever_the_reason(centre: Centre) -> None:
    _, actor, case = await at_night(centre, Severity.URGENT)
    with pytest.raises(Refused, match="Only in an emergency"):
        await writes(centre, actor, case, "I am here.", WHY)
    await writes(centre, actor, case, "I am here.", "  ")
    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)


async def test_p4_once_the_emergency_is_closed_its_words_wait_again_and_go_at_a_safe_hour(
    centre: Centre,
) -> None:
    person, actor, case = await at_night(centre)
    await writes(centre, actor, case, "I am here.", WHY)
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, actor, case.id, Outcome.HELPED)

    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)
    await comes_to_a_safe_hour(centre, person)
    assert Notice.CASEWORKER_WORDS in await what_leaves(centre)


async def test_p4_no_reason_overrules_a_stop_word(centre: Centre) -> None:
    person, actor, case = await at_night(centre)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await freeze(session, known, chat_id_of(session, known), 1)

    await writes(centre, actor, case, "I am here.", WHY)

    assert Notice.CASEWORKER_WORDS not in await what_leaves(centre)


async def test_p4_no_reason_overrules_a_deletion_that_may_have_been_forced(
    centre: Centre,
) -> None:
    person, actor, case = await at_night(centre)
    async with centre.database.begin(SERVICE) as session:
        session.add(
            Erasure(
                returnee_id=person.id,
                organisation_id=centre.organisation.id,
                asked_at=session.now,
                not_before=session.now + timedelta(days=3),
                forced=True,
            )
        )
    with pytest.raises(Refused, match="perhaps by force"):
        await writes(centre, actor, case, "I am here.", WHY)


async def test_p4_race_of_holding_words_and_the_person_who_writes_just_then(
    centre: Centre,
) -> None:
    """They are judged by what was true a moment before, and soon again: not only in the morning."""
    person, actor, case = await at_night(centre, Severity.URGENT)
    await writes(centre, actor, case, "I am here.")
    async with centre.database.begin(SERVICE) as session:
        waiting = OutboxRow.state == OutboxState.WAITING, OutboxRow.returnee_id == person.id
        packing = await Packing.of(
            session, CATALOGUES, (await session.scalars(select(OutboxRow).where(*waiting))).all()
        )
        assert [await packing.pack(row) for row in packing.rows] == [None]
        await session.flush()
        async with centre.database.begin(SERVICE) as theirs:
            count_as_written(theirs, await theirs.get_one(Returnee, person.id))
            await judge_all(theirs)
    centre.later(minutes=10)
    async with centre.database.begin(SERVICE) as session:
        rows = (await claim(session, HURRIED, 10)).rows
        packing = await Packing.of(session, CATALOGUES, rows)
        packed = [await packing.pack(row) for row in packing.rows if row.returnee_id is not None]
    assert len(packed) == 1
    assert packed[0] is not None
