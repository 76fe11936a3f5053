"""Staff who must see nothing of a person: by the rules in any scope, and by the database."""

import asyncio

import pytest
from sqlalchemy import select, text

from domain.actors import Actor
from domain.cases.finding import find_case
from domain.cases.topics import case_of_topic, set_topic
from domain.casework.reading import read_case
from domain.casework.work import claim, note
from domain.crisis.answering import ask_for_human
from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from domain.organisations import set_staff_chat
from domain.profiles.reading import list_people, read_person
from domain.queue.lines import UNRESOLVED, Part, count_cases, most_dangerous, queue
from domain.referrals.handing_over import hand_over
from domain.returnees.enrolments import pseudonym_of
from domain.returnees.person import find_returnee, lock_person
from domain.safeguarding.conflicts import (
    end_conflict,
    keep_apart,
    recuse,
    standing_conflicts,
    who_can_be_kept_apart,
)
from domain.staff.colleagues import is_kept_from_somebody
from storage.kinds import CaseState, ConflictKind, Role, Severity
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE
from storage.tables.audit import AuditEntry
from storage.tables.cases import Case
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Conflict
from storage.wakes import Topic
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.domain.privacy.elsewhere import also_with
from tests.domain.referrals.two import Two
from tests.racing import stands_still

VERA, ANA, CHIEF, KEEPER, HEAD, GROUP = 11, 12, 13, 14, 15, -100


async def apart(
    centre: Centre, person: Returnee, who: Actor, kind: ConflictKind = ConflictKind.EXCLUDED
) -> None:
    keeper = await centre.colleague(Role.SAFEGUARDING)
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, keeper, person.id, who.staff_id, kind)


async def test_p10_the_rules_themselves_show_nothing_of_a_person_to_whom_they_exclude(
    centre: Centre,
) -> None:
    """In any scope: what staff do in Telegram runs in the service's."""
    vera = await centre.colleague()
    person = await centre.person()
    case = await centre.signal(person)
    async with centre.database.begin(SERVICE) as session:
        set_topic(session, await session.get_one(Case, case.id), 7)
    await apart(centre, person, vera)
    for scope in (SERVICE, centre.organisation.id):
        async with centre.database.begin(scope) as session:
            assert await most_dangerous(session, vera, 20) == []
            assert await count_cases(session, vera, *Part) == 0
            assert await case_of_topic(session, vera, 7) is None
            assert (await list_people(session, vera)).lines == []
            assert await pseudonym_of(session, vera, person.id) == ""
            for act in (read_case, claim):
                with pytest.raises(Refused, match="no such case"):
                    await act(session, vera, case.id)
            with pytest.raises(Refused, match="no such case"):
                await note(session, vera, case.id, "I know them.")
            for look in (read_person, find_returnee):
                with pytest.raises(Refused, match="no such person"):
                    await look(session, vera, person.id)


async def test_p10_pages_that_are_open_look_again_at_once(centre: Centre) -> None:
    """Without that, what stands in the queue of whoever is kept apart stays there for a while."""
    vera, keeper = await centre.colleague(), await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    async with centre.database.wakes.waiting(Topic.CASES) as woken:
        await apart(centre, person, vera)
        assert woken.is_set()
        woken.clear()
        async with centre.database.begin(SERVICE) as session:
            conflict_id = await session.scalar(select(Conflict.id))
            assert conflict_id is not None
            await end_conflict(session, keeper, conflict_id)
        assert woken.is_set()


async def test_p10_beneath_the_rules_the_database_hides_everything_of_that_person(
    centre: Centre,
) -> None:
    vera, ana = await centre.colleague(), await centre.colleague()
    person = await centre.person()
    await centre.signal(person)
    await centre.hears(person, "He is at the door")
    await apart(centre, person, vera)
    tables = ("case", "case_event", "message", "returnee", "enrolment", "data_key", "consent")
    for who, rows in ((vera, 0), (ana, 1)):
        async with centre.database.begin(centre.organisation.id, who.staff_id) as session:
            for table in (*tables, "safety"):
                found = await session.scalar(text(f'SELECT count(*) FROM "{table}"'))
                assert (found or 0) >= rows, table
                assert rows or found == 0, table


async def test_p10_nobody_learns_of_a_conflict_of_their_own(centre: Centre) -> None:
    keeper, chief = await centre.colleague(Role.SAFEGUARDING), await centre.colleague(Role.ADMIN)
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        await keep_apart(session, chief, person.id, keeper.staff_id, ConflictKind.COMPLAINT)
        conflict_id = await session.scalar(select(Conflict.id))
    assert conflict_id is not None
    for scope, staff in ((SERVICE, None), (centre.organisation.id, keeper.staff_id)):
        async with centre.database.begin(scope, staff) as session:
            assert await standing_conflicts(session, keeper) == []
            with pytest.raises(Refused, match="no such exclusion"):
                await end_conflict(session, keeper, conflict_id)
            with pytest.raises(Refused, match="no such person"):
                await keep_apart(session, keeper, person.id, chief.staff_id, ConflictKind.EXCLUDED)
    async with centre.database.begin(centre.organisation.id, keeper.staff_id) as session:
        assert (await session.scalars(select(Conflict))).all() == []
    async with centre.database.begin(SERVICE) as session:
        assert [each.id for each in await standing_conflicts(session, chief)] == [conflict_id]


async def test_p10_only_safeguarding_keeps_staff_apart_and_only_its_own_organisations(
    centre: Centre,
) -> None:
    vera, keeper = await centre.colleague(), await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    other = await Centre.open(centre.database, centre.clock, "Rabat")
    stranger, theirs = await other.colleague(), await other.person()
    async with centre.database.begin(SERVICE) as session:
        for role in (Role.CASEWORKER, Role.COORDINATOR, Role.SUPERVISOR):
            somebody = await centre.colleague(role)
            with pytest.raises(NotAllowed):
                await keep_apart(session, somebody, person.id, vera.staff_id, ConflictKind.EXCLUDED)
            with pytest.raises(NotAllowed):
                await standing_conflicts(session, somebody)
            with pytest.raises(NotAllowed):
                await who_can_be_kept_apart(session, somebody)
        with pytest.raises(Refused, match="no such person"):
            await keep_apart(session, keeper, theirs.id, vera.staff_id, ConflictKind.EXCLUDED)
        with pytest.raises(Refused, match="no such colleague"):
            await keep_apart(session, keeper, person.id, stranger.staff_id, ConflictKind.EXCLUDED)
        with pytest.raises(Refused, match="step back yourself"):
            await keep_apart(session, keeper, person.id, keeper.staff_id, ConflictKind.EXCLUDED)


async def test_p2_a_case_that_they_had_goes_to_the_others_at_once(centre: Centre) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    await centre.colleague(chat=ANA, on_duty=True)
    person = await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    async with centre.database.begin(SERVICE) as session:
        await recuse(session, vera, person.id)
    await centre.tick()

    back = await centre.fresh(case)
    assert (back.state, back.claimed_by) == (CaseState.OPEN, None)
    assert sorted(await centre.alerted()) == [VERA, ANA, ANA]


async def test_p10_an_alert_passes_by_whoever_must_not_know_of_the_person(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=VERA, on_duty=True)
    await centre.colleague(chat=ANA, on_duty=True)
    person = await centre.person()
    await apart(centre, person, vera)
    await centre.signal(person, Severity.EMERGENCY)
    for _ in range(4):
        centre.later(minutes=11)
        await centre.tick()

    assert set(await centre.alerted()) == {ANA}


async def test_p2_with_everybody_kept_apart_those_outside_the_team_are_alerted(
    centre: Centre,
) -> None:
    chats = {VERA: Role.CASEWORKER, CHIEF: Role.SUPERVISOR}
    team = [await centre.colleague(role, chat=chat, on_duty=True) for chat, role in chats.items()]
    await centre.colleague(Role.SAFEGUARDING, chat=KEEPER)
    await centre.colleague(Role.ADMIN, chat=HEAD)
    person = await centre.person()
    await apart(centre, person, team[0])
    await centre.signal(person, Severity.EMERGENCY)
    assert await centre.alerted() == [CHIEF]
    await apart(centre, person, team[1])
    centre.later(minutes=11)
    await centre.tick()

    assert sorted(await centre.alerted()) == [CHIEF, KEEPER, HEAD]


async def test_p11_somebody_who_may_not_help_is_not_promised(centre: Centre) -> None:
    vera = await centre.colleague(on_duty=True)
    person = await centre.person()
    await apart(centre, person, vera)
    async with centre.database.begin(SERVICE) as session:
        await ask_for_human(session, await session.get_one(Returnee, person.id))

    [asked] = await centre.sent(Notice.HELP_ASKED)
    assert asked.params["staffed"] is False


async def test_p10_the_staff_group_hears_nothing_of_somebody_kept_from_one_of_them(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        set_staff_chat(session, await session.get_one(Organisation, centre.organisation.id), GROUP)
    person = await centre.person()
    await apart(centre, person, vera)
    await centre.signal(person)
    await centre.signal(await centre.person())

    assert await centre.alerted() == [GROUP]


async def test_p10_what_stands_in_the_group_of_somebody_kept_from_one_who_reads_there_goes_once(
    centre: Centre,
) -> None:
    vera, ana = await centre.colleague(), await centre.colleague()
    person = await centre.person()
    case, of_another = await centre.signal(person), await centre.signal(await centre.person())
    async with centre.database.begin(SERVICE) as session:
        set_staff_chat(session, await session.get_one(Organisation, centre.organisation.id), GROUP)
        set_topic(session, await session.get_one(Case, case.id), 7)
        set_topic(session, await session.get_one(Case, of_another.id), 8)
    for colleague in (vera, ana):
        await apart(centre, person, colleague)

    assert await taken_from_the_group(centre) == [(GROUP, 7)]


async def test_p2_whom_another_organisation_keeps_apart_silences_no_group_but_their_own(
    centre: Centre,
) -> None:
    person = await centre.person()
    case = await centre.signal(person)
    async with centre.database.begin(SERVICE) as session:
        set_staff_chat(session, await session.get_one(Organisation, centre.organisation.id), GROUP)
        set_topic(session, await session.get_one(Case, case.id), 7)
    other = await also_with(centre, person, "Rabat")
    await apart(other, person, await other.colleague())
    centre.later(hours=1)
    await centre.tick()

    assert await taken_from_the_group(centre) == []
    assert set(await centre.alerted()) == {GROUP}


async def test_keeping_apart_does_not_fail_over_a_group_that_no_key_opens(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.signal(person)
    async with centre.database.begin(SERVICE) as session:
        set_topic(session, await session.get_one(Case, case.id), 7)
        ours = await session.get_one(Organisation, centre.organisation.id)
        ours.staff_chat = b"sealed with a key that is gone"
    await apart(centre, person, vera)

    async with centre.database.begin(SERVICE) as session:
        assert await is_kept_from_somebody(session, centre.organisation.id, person.id)


async def taken_from_the_group(centre: Centre) -> list[tuple[int, int]]:
    async with centre.database.begin(SERVICE) as session:
        rows = await session.scalars(select(OutboxRow).order_by(OutboxRow.number))
        sent = [(chat_of(row, session.keys), content_of(row, session.keys)) for row in rows]
    return [(chat, content["delete_topic"]) for chat, content in sent if "delete_topic" in content]


async def test_recorded_twice_it_stands_once_and_ended_it_is_over(centre: Centre) -> None:
    vera, keeper = await centre.colleague(), await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    await centre.signal(person)
    await apart(centre, person, vera)
    await apart(centre, person, vera, ConflictKind.COMPLAINT)
    async with centre.database.begin(SERVICE) as session:
        [standing] = await standing_conflicts(session, keeper, person.id)
        assert (standing.staff, standing.kind) == ("Vera Hoxha", ConflictKind.EXCLUDED)
        await end_conflict(session, keeper, standing.id)
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        assert len((await queue(session, vera, Part.WAITING)).lines) == 1
        assert await count_cases(session, vera, *UNRESOLVED) == 1
    async with centre.database.begin(SERVICE) as session:
        lines = await session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject == person.id)
        )
        assert sorted(lines) == ["conflict.ended", "conflict.recorded"]


async def test_p10_race_of_handing_over_and_being_kept_apart_stands_in_nobodys_way(
    centre: Centre,
) -> None:
    two = await Two.at_work(centre)
    keeper = await centre.colleague(Role.SAFEGUARDING)
    referral = await two.offered(joint=7)
    await two.accepts(referral)

    async def keeps_apart() -> None:
        async with centre.database.begin(SERVICE) as session:
            vera, kind = two.vera.staff_id, ConflictKind.EXCLUDED
            await keep_apart(session, keeper, two.person.id, vera, kind)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        # As whoever hands over begins.
        await lock_person(session, two.person.id)
        await session.get_one(Case, two.case.id, with_for_update=True)
        keeping = group.create_task(keeps_apart())
        await stands_still(centre.database, keeping)
        await hand_over(session, await session.get_one(Referral, referral.id))
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="no such case"):
            await find_case(session, two.vera, two.case.id)


@pytest.mark.parametrize("scope", ["service", "organisation"])
async def test_p10_race_of_claiming_a_case_and_being_kept_apart_from_its_person(
    centre: Centre, scope: str
) -> None:
    """Whoever waits for the case sees nothing of it any more once it is free."""
    vera, keeper = await centre.colleague(), await centre.colleague(Role.SAFEGUARDING)
    person = await centre.person()
    case = await centre.signal(person)

    async def claims() -> None:
        async with (
            centre.database.begin(SERVICE)
            if scope == "service"
            else centre.database.begin(centre.organisation.id, vera.staff_id)
        ) as session:
            with pytest.raises(Refused, match="no such case"):
                await claim(session, vera, case.id)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await keep_apart(session, keeper, person.id, vera.staff_id, ConflictKind.EXCLUDED)
        claiming = group.create_task(claims())
        await stands_still(centre.database, claiming)
    assert (await centre.fresh(case)).claimed_by is None
