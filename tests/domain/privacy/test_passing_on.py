"""P6, P13: somebody else passes on, or decides with the person, that they are forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from domain.pathways.placing import Place, put
from domain.pathways.values import Anchor
from domain.privacy.passing_on import (
    Reason,
    erase_by_operator,
    erase_now,
    leaving,
    list_leaving,
    pass_on,
    take_back,
)
from domain.profiles.reading import Reachability, list_people, read_person
from domain.queue.lines import Part, count_cases
from domain.returnees.chats import returnee_of_chat
from domain.returnees.enrolments import add_returnee, enrol
from domain.safeguarding.conflicts import keep_apart
from domain.safeguarding.readings import say_why
from domain.safeguarding.unheard import unheard_lately
from storage.kinds import ConflictKind, Discretion, Role, Severity
from storage.sessions import SERVICE, Clock, Database
from storage.tables.audit import COMPLAINT_GONE, AuditEntry
from storage.tables.every import Base
from storage.tables.returnees import Enrolment, Returnee
from storage.tables.safeguarding import Complaint
from tests.clock import MORNING, set_clock
from tests.domain.centre import Centre
from tests.domain.privacy.erasing import ask, erase
from tests.domain.privacy.passing_on import complained, is_there, met, watched


async def test_p6_what_staff_pass_on_is_done_and_recorded(centre: Centre) -> None:
    nina = await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    async with centre.database.begin(centre.organisation.id) as session:
        await pass_on(session, nina, person.id, Reason.ASKED_IN_PERSON)
    await erase(centre.database)

    assert await is_there(centre.database) == 0


@pytest.mark.parametrize("by_operator", [True, False])
async def test_p4_nobody_hears_in_their_chat_of_what_others_wanted(
    centre: Centre, by_operator: bool
) -> None:
    """Perhaps the phone is not theirs any more, and nobody promised them to say so."""
    set_clock(centre.clock, MORNING)
    nina = await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        if by_operator:
            named = select(Enrolment.pseudonym).where(Enrolment.returnee_id == person.id)
            pseudonym = (await session.scalars(named)).one()
            await erase_by_operator(session, pseudonym, None)
        else:
            await pass_on(session, nina, person.id, Reason.NOT_THEIRS)
    await erase(centre.database)

    assert await is_there(centre.database) == 0
    assert await centre.sent(Notice.FORGOTTEN) == []


async def test_p6_whoever_asked_to_be_forgotten_is_nobody_to_be_reached(centre: Centre) -> None:
    """In the list, where a colleague looks before they write."""
    vera = await centre.colleague()
    (asked, _), other = await watched(centre), await centre.person()
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        lines = (await list_people(session, vera)).lines

    seen = {line.id: line.reach for line in lines}
    assert seen == {asked.id: Reachability.LEAVING, other.id: Reachability.OPEN}


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.COORDINATOR, Role.ADMIN])
async def test_p10_not_everybody_may_have_somebody_forgotten(centre: Centre, role: Role) -> None:
    actor, person = await centre.colleague(role), await centre.person()
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(NotAllowed):
            await pass_on(session, actor, person.id, Reason.ASKED_IN_PERSON)
        with pytest.raises(NotAllowed):
            await list_leaving(session, actor)


async def test_p10_nobody_has_another_organisations_people_forgotten(
    centre: Centre, database: Database, clock: Clock
) -> None:
    other = await Centre.open(database, clock, "Rabat")
    nina = await other.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    async with database.begin(other.organisation.id) as session:
        with pytest.raises(Refused, match="no such person"):
            await pass_on(session, nina, person.id, Reason.ASKED_IN_PERSON)


async def test_p6_an_organisation_takes_away_its_part_and_the_person_goes_with_the_last(
    centre: Centre, database: Database, clock: Clock
) -> None:
    other = await Centre.open(database, clock, "Rabat")
    async with database.begin(SERVICE) as session:
        person = await add_returnee(session, 4242, centre.organisation, "en")
        await enrol(session, person, other.organisation)
    await centre.signal(person, Severity.CONCERN)
    for left, place in ((1, centre), (0, other)):
        nina = await place.colleague(Role.SAFEGUARDING)
        async with database.begin(place.organisation.id) as session:
            await pass_on(session, nina, person.id, Reason.NEVER_AGREED)
        await erase(database)
        assert await is_there(database) == left
        async with database.begin(SERVICE) as session:
            with_us = await session.scalars(select(Enrolment.organisation_id))
            assert place.organisation.id not in with_us.all()


async def test_p13_a_deletion_is_taken_back_only_once_somebody_made_sure_who_it_is(
    centre: Centre,
) -> None:
    nina = await centre.colleague(Role.SAFEGUARDING)
    person, chat = await watched(centre)
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="Make sure first"):
            await take_back(session, nina, person.id)
        found = await leaving(session, nina, person.id)
        assert found is not None
        assert found.forced
    await met(centre, nina, person)
    async with centre.database.begin(SERVICE) as session:
        assert await take_back(session, nina, person.id)

    centre.later(hours=100)
    assert await erase(centre.database) == 0
    async with centre.database.begin(SERVICE) as session:
        back = await returnee_of_chat(session, chat)
        assert back is not None
        assert back.id == person.id


async def test_p6_whoever_meant_it_need_not_wait(centre: Centre) -> None:
    nina = await centre.colleague(Role.SAFEGUARDING)
    person, _ = await watched(centre)
    await met(centre, nina, person)
    async with centre.database.begin(centre.organisation.id) as session:
        await erase_now(session, nina, person.id)
    await erase(centre.database)

    assert await is_there(centre.database) == 0


async def test_p13_somebody_who_was_sure_before_they_asked_is_not_sure_now(centre: Centre) -> None:
    nina = await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    await met(centre, nina, person)
    centre.clock.offset += timedelta(hours=1)
    async with centre.database.begin(SERVICE) as session:
        kept = await session.get_one(Returnee, person.id)
        kept.discretion = Discretion.WATCHED
    await ask(centre.database, person)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused, match="Make sure first"):
            await erase_now(session, nina, person.id)


async def test_p1_where_the_phone_has_begun_anew_what_is_kept_stays_without_it(
    centre: Centre,
) -> None:
    nina = await centre.colleague(Role.SAFEGUARDING)
    person, chat = await watched(centre)
    async with centre.database.begin(SERVICE) as session:
        anew = await add_returnee(session, chat, centre.organisation, "en")
    await met(centre, nina, person)
    async with centre.database.begin(SERVICE) as session:
        assert not await take_back(session, nina, person.id)

    async with centre.database.begin(SERVICE) as session:
        there = await returnee_of_chat(session, chat)
        assert there is not None
        assert there.id == anew.id
    assert await is_there(centre.database) == 2


async def test_p10_whoever_is_complained_of_has_no_complaint_erased_and_learns_of_none(
    centre: Centre,
) -> None:
    chief, nina = await centre.colleague(Role.SUPERVISOR), await centre.colleague(Role.SAFEGUARDING)
    with_complaint, without = await centre.person(), await centre.person()
    complaint = await complained(centre, with_complaint)
    seen = []
    for person in (with_complaint, without):
        await centre.signal(person, Severity.CONCERN)
        async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
            await pass_on(session, chief, person.id, Reason.ASKED_IN_PERSON)
            found = [line.id for line in (await list_people(session, chief)).lines]
            waits = await list_leaving(session, chief)
            cases = [await count_cases(session, chief, part) for part in Part]
            with pytest.raises(Refused, match="no such person"):
                await read_person(session, chief, person.id)
            seen.append((person.id in found, waits, cases))
    assert seen[0] == seen[1] == (False, [], [0, 0, 0, 0])

    await erase(centre.database)
    assert await is_there(centre.database) == 1
    async with centre.database.begin(centre.organisation.id, nina.staff_id) as session:
        [line] = await list_leaving(session, nina)
        assert line.returnee_id == with_complaint.id
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Complaint, complaint.id)).closed_at = session.now
    await erase(centre.database)
    assert await is_there(centre.database) == 0


async def test_p10_a_lead_whom_a_complaint_goes_past_learns_nothing_of_it_either(
    centre: Centre,
) -> None:
    chief, nina = await centre.colleague(Role.SUPERVISOR), await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    await complained(centre, person, past_lead=True)
    async with centre.database.begin(centre.organisation.id) as session:
        await pass_on(session, chief, person.id, Reason.ASKED_IN_PERSON)
    async with centre.database.begin(centre.organisation.id, nina.staff_id) as session:
        assert await list_leaving(session, nina) == []


async def test_p6_safeguarding_takes_back_what_a_colleague_passed_on(centre: Centre) -> None:
    chief, nina = await centre.colleague(Role.SUPERVISOR), await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    await complained(centre, person)
    async with centre.database.begin(centre.organisation.id) as session:
        await pass_on(session, chief, person.id, Reason.ASKED_IN_PERSON)
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(Refused):
            await take_back(session, chief, person.id)
        assert await take_back(session, nina, person.id)
    await erase(centre.database)
    assert await is_there(centre.database) == 1


async def test_p6_the_persons_own_word_waits_for_no_complaint(centre: Centre) -> None:
    chief = await centre.colleague(Role.SUPERVISOR)
    person = await centre.person()
    await complained(centre, person)
    async with centre.database.begin(centre.organisation.id) as session:
        await pass_on(session, chief, person.id, Reason.ASKED_IN_PERSON)
    await ask(centre.database, person)
    await erase(centre.database)
    assert await is_there(centre.database) == 0


async def test_p6_what_nobody_can_hear_holds_up_no_deletion(centre: Centre) -> None:
    chief, person = await centre.colleague(Role.SUPERVISOR), await centre.person()
    await complained(centre, person, words=False)
    async with centre.database.begin(centre.organisation.id) as session:
        await pass_on(session, chief, person.id, Reason.ASKED_IN_PERSON)
    await erase(centre.database)
    assert await is_there(centre.database) == 0


async def test_p10_whoever_is_complained_of_brings_no_deletion_forward_and_cannot_tell(
    centre: Centre,
) -> None:
    chief, nina = await centre.colleague(Role.SUPERVISOR), await centre.colleague(Role.SAFEGUARDING)
    (person, _), (without, _) = await watched(centre), await watched(centre)
    await complained(centre, person)
    seen = []
    for each in (person, without):
        await met(centre, chief, each)
        async with centre.database.begin(centre.organisation.id, chief.staff_id) as session:
            await erase_now(session, chief, each.id)
            seen.append([line.id for line in (await list_people(session, chief)).lines])
            assert each.id not in [line.returnee_id for line in await list_leaving(session, chief)]
    assert seen == [[without.id], []]
    await erase(centre.database)
    assert await is_there(centre.database) == 1
    async with centre.database.begin(centre.organisation.id, nina.staff_id) as session:
        assert [line.returnee_id for line in await list_leaving(session, nina)] == [person.id]

    # The person's own word waits no longer than it would have.
    centre.later(hours=73)
    await erase(centre.database)
    assert await is_there(centre.database) == 0


async def test_p10_that_something_was_told_stays_and_nobody_learns_of_whom(
    centre: Centre,
) -> None:
    nina, root = await centre.colleague(Role.SAFEGUARDING), await centre.colleague(Role.ADMIN)
    chief = await centre.colleague(Role.SUPERVISOR)
    heard, past_lead, apart = [await centre.person() for _ in range(3)]
    told = [
        await complained(centre, heard),
        await complained(centre, past_lead, past_lead=True),
        await complained(centre, apart),
    ]
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, root, apart.id, nina.staff_id, ConflictKind.COMPLAINT)
    for person in (heard, past_lead, apart):
        await ask(centre.database, person)
    await erase(centre.database)
    assert await is_there(centre.database) == 0

    async with centre.database.begin(centre.organisation.id, nina.staff_id) as session:
        assert [gone.code for gone in await unheard_lately(session, nina)] == [told[0].code]
    async with centre.database.begin(centre.organisation.id, root.staff_id) as session:
        gone = {each.code for each in await unheard_lately(session, root)}
        assert gone == {told[1].code, told[2].code}
        with pytest.raises(NotAllowed):
            await unheard_lately(session, chief)
    async with centre.database.begin(SERVICE) as session:
        lines = await session.scalars(select(AuditEntry).where(AuditEntry.action == COMPLAINT_GONE))
        ledger = " ".join(f"{line.subject} {line.detail}" for line in lines)
    assert not [each for each in (heard, past_lead, apart) if str(each.id) in ledger]


@pytest.mark.parametrize("hears", ["a second lead", "an administrator"])
async def test_p10_what_is_gone_is_shown_to_whoever_could_have_heard_it(
    centre: Centre, hears: str
) -> None:
    root, person = await centre.colleague(Role.ADMIN), await centre.person()
    second = await centre.colleague(Role.SAFEGUARDING) if hears == "a second lead" else None
    told = await complained(centre, person)
    if second is not None:
        nina = await centre.colleague(Role.SAFEGUARDING)
        async with centre.database.begin(SERVICE) as session:
            await keep_apart(session, root, person.id, nina.staff_id, ConflictKind.COMPLAINT)
    await ask(centre.database, person)
    await erase(centre.database)

    async with centre.database.begin(SERVICE) as session:
        for actor in filter(None, (root, second)):
            gone = [each.code for each in await unheard_lately(session, actor)]
            assert gone == ([told.code] if actor is (second or root) else [])


async def test_p6_nothing_of_what_an_organisation_had_stays_with_it(
    centre: Centre, database: Database, clock: Clock
) -> None:
    other = await Centre.open(database, clock, "Rabat")
    nina, vera = await centre.colleague(Role.SAFEGUARDING), await centre.colleague()
    async with database.begin(SERVICE) as session:
        person = await add_returnee(session, 4242, centre.organisation, "en")
        await enrol(session, person, other.organisation)
    complaint = await complained(centre, person)
    coordinator = await centre.colleague(Role.COORDINATOR)
    async with database.begin(SERVICE) as session:
        there = Place("three-months", {Anchor.ARRIVAL: session.now.date()})
        await put(session, coordinator, person.id, there, {})
        await keep_apart(session, nina, person.id, vera.staff_id, ConflictKind.EXCLUDED)
        await say_why(session, nina, person.id, "An audit")
        (await session.get_one(Complaint, complaint.id)).closed_at = session.now
        await pass_on(session, nina, person.id, Reason.NEVER_AGREED)
    before = await rows_of(centre, person)
    assert {"complaint", "conflict", "on_pathway", "information", "task", "reading"} <= before
    await erase(database)

    assert await rows_of(centre, person) == set()
    assert "enrolment" in await rows_of(other, person)


async def rows_of(centre: Centre, person: Returnee) -> set[str]:
    """The tables in which an organisation has something of them."""
    async with centre.database.begin(SERVICE) as session:
        return {
            table.name
            for table in Base.metadata.sorted_tables
            if {"returnee_id", "organisation_id"} <= set(table.columns.keys())
            and await session.scalar(
                select(func.count())
                .select_from(table)
                .where(
                    table.c.returnee_id == person.id,
                    table.c.organisation_id == centre.organisation.id,
                )
            )
        }
