"""Freezing, hearing and unfreezing, in the domain."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from domain.actors import Actor
from domain.casework.work import snooze
from domain.directory.files.reading import read_directory
from domain.directory.importing import import_directory
from domain.distress import Assessment
from domain.errors import NotAllowed, Refused
from domain.identity.agreed_words import agree_on_words
from domain.identity.trust import Proof, confirm
from domain.messages.body import Body
from domain.notices import Notice, tell
from domain.stop_word.choosing import is_stop_word, propose, take
from domain.stop_word.freezing import freeze, hear_frozen, hear_frozen_press, unfreeze
from storage.kinds import (
    CaseEventKind,
    CaseState,
    MessageKind,
    NoticeClass,
    OutboxState,
    Role,
    Severity,
)
from storage.outbox.letters import Delivery
from storage.sessions import SERVICE, Clock, Database
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee, Safety
from tests.clock import MORNING, set_clock
from tests.documents import put
from tests.domain.centre import Centre
from tests.domain.directory.samples import clinic, json_file
from tests.domain.duty.planning import is_off

WORD = "lavender teapot"


async def with_word(centre: Centre, word: str = WORD) -> Returnee:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        await take(session, person, await propose(session, person, word), "list")
    return person


async def frozen(centre: Centre) -> Returnee:
    person = await with_word(centre)
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await freeze(session, known, 1001, 7)
    return person


async def fresh(centre: Centre, person: Returnee) -> Returnee:
    async with centre.database.begin(SERVICE) as session:
        return await session.get_one(Returnee, person.id)


async def makes_sure(centre: Centre, actor: Actor, person: Returnee) -> None:
    async with centre.database.begin(SERVICE) as session:
        await confirm(session, actor, person.id, Proof.MET)


async def unfreezes(centre: Centre, actor: Actor, person_id: object) -> None:
    async with centre.database.begin(SERVICE) as session:
        await unfreeze(session, actor, person_id)  # type: ignore[arg-type]


async def test_p7_of_a_word_nothing_is_kept_but_hashes_of_one_length_under_the_persons_key(
    centre: Centre,
) -> None:
    people = [await with_word(centre, word) for word in ("penguin", WORD, WORD)]

    async with centre.database.begin(SERVICE) as session:
        kept = [(await session.get_one(Safety, person.id)).stop_word or b"" for person in people]
        assert await is_stop_word(session, people[1], WORD)
        assert not await is_stop_word(session, people[0], WORD)
    assert {len(each) for each in kept} == {1536}
    halves = [{each[at : at + 16] for at in range(0, 1536, 16)} for each in kept]
    assert halves[1].isdisjoint(halves[2])


async def test_p2_a_stop_word_alerts_whoever_has_the_case_already(centre: Centre) -> None:
    worker = await centre.colleague(chat=900, on_duty=True)
    person = await with_word(centre)
    case = await centre.signal(person, Severity.URGENT)
    await centre.claims(worker, case)
    await centre.all_arrives()
    before = len(await centre.sent(Notice.STAFF_ALERT))
    async with centre.database.begin(SERVICE) as session:
        await freeze(session, await session.get_one(Returnee, person.id), 1001, 7)

    assert len(await centre.sent(Notice.STAFF_ALERT)) == before + 1


async def test_p11_a_cry_from_a_frozen_chat_is_not_said_to_be_seen_by_somebody_who_is_away(
    centre: Centre, clock: Clock
) -> None:
    set_clock(clock, MORNING)
    vera, chief = await centre.colleague(), await centre.colleague(Role.SUPERVISOR)
    person = await frozen(centre)
    async with centre.database.begin(SERVICE) as session:
        case = (await session.scalars(select(Case))).one()
    await centre.claims(vera, case)
    await is_off(centre, chief, vera)
    cry = Assessment(Severity.EMERGENCY, ask=False, reasons=("threat.threatened",))
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await hear_frozen(session, known, cry, Body(text="He is here"), MessageKind.TEXT)

    assert [sign.params["seen"] for sign in await centre.sent(Notice.SIGN)] == [False]


@pytest.mark.parametrize("is_put_off", [False, True])
async def test_p1_p2_a_press_in_a_frozen_chat_is_owed_an_answer_as_words_are(
    centre: Centre, clock: Clock, is_put_off: bool
) -> None:
    set_clock(clock, MORNING)
    vera = await centre.colleague(chat=900, on_duty=True)
    person = await frozen(centre)
    async with centre.database.begin(SERVICE) as session:
        case = (await session.scalars(select(Case))).one()
    await centre.claims(vera, case)
    await centre.writes(vera, case)
    if is_put_off:
        async with centre.database.begin(centre.organisation.id) as session:
            await snooze(session, vera, case.id, session.now + timedelta(hours=4))
    await centre.all_arrives()
    before = len(await centre.sent(Notice.STAFF_ALERT))
    centre.later(minutes=10)
    async with centre.database.begin(SERVICE) as session:
        await hear_frozen_press(session, await session.get_one(Returnee, person.id))

    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Case, case.id)).state is CaseState.CLAIMED
    assert len(await centre.sent(Notice.STAFF_ALERT)) == before + 1


async def test_p13_nobody_unfreezes_before_they_made_sure_who_is_there(centre: Centre) -> None:
    worker = await centre.colleague()
    person = await frozen(centre)
    with pytest.raises(Refused, match="make sure"):
        await unfreezes(centre, worker, person.id)
    await makes_sure(centre, worker, person)
    await unfreezes(centre, worker, person.id)

    assert (await fresh(centre, person)).frozen_at is None
    async with centre.database.begin(SERVICE) as session:
        entry = (
            await session.scalars(select(AuditEntry).where(AuditEntry.action == "person.unfrozen"))
        ).one()
        case = (await session.scalars(select(Case))).one()
    assert (entry.staff_id, entry.subject) == (worker.staff_id, person.id)
    assert CaseEventKind.UNFROZEN in await centre.history(case.id)
    with pytest.raises(Refused, match="not in force"):
        await unfreezes(centre, worker, person.id)


async def test_p13_who_was_confirmed_before_is_in_doubt_again(centre: Centre) -> None:
    worker = await centre.colleague()
    person = await with_word(centre)
    await makes_sure(centre, worker, person)
    async with centre.database.begin(SERVICE) as session:
        await freeze(session, await session.get_one(Returnee, person.id), 1001, 7)

    with pytest.raises(Refused, match="make sure"):
        await unfreezes(centre, worker, person.id)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
async def test_p10_who_does_not_work_on_cases_unfreezes_nobody(centre: Centre, role: Role) -> None:
    person = await frozen(centre)
    with pytest.raises(NotAllowed):
        await unfreezes(centre, await centre.colleague(role), person.id)

    assert (await fresh(centre, person)).frozen_at is not None


async def test_p10_another_organisations_staff_unfreeze_nobody_and_learn_nothing(
    centre: Centre, database: Database, clock: Clock
) -> None:
    person = await frozen(centre)
    await makes_sure(centre, await centre.colleague(), person)
    rabat = await Centre.open(database, clock, "Rabat")
    stranger = await rabat.colleague()
    for returnee_id in (person.id, uuid4()):
        with pytest.raises(Refused, match="no such person"):
            await unfreezes(rabat, stranger, returnee_id)
    # Nor with the walls of the database out of the way.
    async with database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="no such person"):
            await unfreeze(session, stranger, person.id)

    assert (await fresh(centre, person)).frozen_at is not None


async def test_p4_what_waited_is_judged_anew_when_the_chat_thaws(centre: Centre) -> None:
    worker = await centre.colleague()
    person = await frozen(centre)
    await makes_sure(centre, worker, person)
    async with centre.database.begin(SERVICE) as session:
        case = (await session.scalars(select(Case))).one()
    await centre.claims(worker, case)
    message = await centre.writes(worker, case)
    async with centre.database.begin(SERVICE) as session:
        held = update(OutboxRow).where(OutboxRow.id == message.outbox_id)
        await session.execute(held.values(state=OutboxState.HELD, held="frozen"))
    await unfreezes(centre, worker, person.id)

    async with centre.database.begin(SERVICE) as session:
        row = await session.get_one(OutboxRow, message.outbox_id)
        assert row.state is OutboxState.WAITING
        assert row.content is not None


async def test_p11_that_nobody_has_answered_is_not_kept_for_when_it_is_no_longer_true(
    centre: Centre,
) -> None:
    await frozen(centre)
    centre.later(minutes=61)
    await centre.tick()

    assert await centre.sent(Notice.NOBODY_YET) == []
    assert len(await centre.sent(Notice.FROZEN)) == 1


@pytest.mark.parametrize(
    "of_another_release", [{"notice": "of-a-newer-one", "params": {}}, {"poll": ["yes", "no"]}]
)
async def test_p7_a_stop_word_freezes_though_what_waits_is_of_a_newer_release(
    centre: Centre, of_another_release: dict[str, Any]
) -> None:
    """It may take something off the screen: whichever release can tell judges it as it leaves."""
    person = await with_word(centre)
    reply = Delivery(NoticeClass.REPLY, returnee_id=person.id)
    async with centre.database.begin(SERVICE) as session:
        waits = await put(session, 1001, of_another_release, reply)
        ours = await tell(session, person, Notice.STOPPED)
    async with centre.database.begin(SERVICE) as session:
        await freeze(session, await session.get_one(Returnee, person.id), 1001, 7)

    assert (await fresh(centre, person)).frozen_at is not None
    async with centre.database.begin(SERVICE) as session:
        states = [(await session.get_one(OutboxRow, each.id)).state for each in (waits, ours)]
    assert states == [OutboxState.WAITING, OutboxState.CANCELLED]


async def test_of_two_that_freeze_one_after_the_other_one_case_is_left(centre: Centre) -> None:
    person = await frozen(centre)
    async with centre.database.begin(SERVICE) as session:
        await freeze(session, await session.get_one(Returnee, person.id), 1001, 8)
        assert await session.scalar(select(func.count(Case.id))) == 1


async def test_words_of_the_directory_and_names_of_offices_are_refused(centre: Centre) -> None:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="ordinary day"):
            await propose(session, person, centre.organisation.name)


@pytest.mark.parametrize("word", ["Karitas Durrës", "karitas", "Zyra Bregdeti", "pamadera"])
async def test_names_and_words_of_services_are_refused(centre: Centre, word: str) -> None:
    """Whoever runs it, where it is, and what is said of it: all of it is looked for."""
    person = await centre.person()
    service = {
        **clinic(description="Pamadera"),
        "organization": {"id": "karitas", "name": "Karitas Durrës", "description": "Us"},
    }
    service["service_at_locations"][0]["location"]["name"] = "Zyra Bregdeti"
    async with centre.database.begin(SERVICE) as session:
        files = read_directory([json_file([service])])
        await import_directory(session, files, "test", session.now)
        with pytest.raises(Refused, match="ordinary day"):
            await propose(session, person, word)


async def test_p13_the_words_agreed_on_with_a_worker_are_no_stop_word(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    async with centre.database.begin(SERVICE) as session:
        await agree_on_words(session, vera, person.id, "lavender", "teapot")
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        with pytest.raises(Refused, match="otherwise"):
            await propose(session, returnee, "Teapot  lavender")
        await propose(session, returnee, "old lighthouse")
