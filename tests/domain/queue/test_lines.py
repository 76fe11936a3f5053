from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from domain.actors import Actor
from domain.casework.raising import make_graver
from domain.casework.reading import read_case
from domain.casework.work import release, resolve
from domain.errors import NotAllowed
from domain.notices import Notice
from domain.privacy.asking import ask_to_be_forgotten
from domain.queue.lines import (
    UNRESOLVED,
    Part,
    count_cases,
    most_dangerous,
    newest_signs,
    newest_waiting,
    queue,
)
from storage.kinds import CaseState, Outcome, Purpose, Role, Severity
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from tests.domain.centre import Centre
from tests.domain.consent.saying import says

GRAVE = (Severity.EMERGENCY, Severity.URGENT, Severity.URGENT, Severity.CONCERN)


async def turned_through(centre: Centre, actor: Actor, part: Part, most: int) -> list[UUID]:
    """Page after page, to the end."""
    seen: list[UUID] = []
    more = True
    while more:
        async with centre.database.begin(centre.organisation.id) as session:
            page = await queue(session, actor, part, seen[-1] if seen else None, most)
        seen += [line.id for line in page.lines]
        more = page.more
    return seen


async def test_the_queue_shows_the_most_dangerous_first_then_who_is_due_first(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    concern = await centre.signal(await centre.person(), Severity.CONCERN)
    first = await centre.signal(await centre.person(), Severity.URGENT)
    second = await centre.signal(await centre.person(), Severity.URGENT)
    emergency = await centre.signal(await centre.person(), Severity.EMERGENCY)
    in_order = [emergency.id, first.id, second.id, concern.id]

    assert await turned_through(centre, vera, Part.WAITING, 50) == in_order
    async with centre.database.begin(centre.organisation.id) as session:
        assert [line.id for line in await most_dangerous(session, vera, 3)] == in_order[:3]


@pytest.mark.parametrize("most", [1, 50])
async def test_of_ones_own_whoever_is_owed_words_stands_before_whoever_is_to_answer(
    centre: Centre, most: int
) -> None:
    vera = await centre.colleague()
    written_to, owed = [
        await centre.signal(await centre.person(), Severity.EMERGENCY) for _ in range(2)
    ]
    await centre.writes(vera, await centre.claims(vera, written_to))
    await centre.claims(vera, owed)
    in_order = [owed.id, written_to.id]

    assert await turned_through(centre, vera, Part.MINE, most) == in_order
    async with centre.database.begin(centre.organisation.id) as session:
        assert [line.id for line in await most_dangerous(session, vera, 2)] == in_order


@pytest.mark.parametrize("most", [1, 2, 3])
async def test_no_case_is_left_out_between_two_pages(centre: Centre, most: int) -> None:
    vera, ana = await centre.colleague(), await centre.colleague()
    cases = [await centre.signal(await centre.person(), severity) for severity in GRAVE]
    ids = [case.id for case in cases]
    assert await turned_through(centre, vera, Part.WAITING, most) == ids
    for case in cases:
        await centre.claims(vera, case)
        await centre.writes(vera, case)
    assert await turned_through(centre, vera, Part.MINE, most) == ids
    assert await turned_through(centre, ana, Part.COLLEAGUES, most) == ids
    for case in cases:
        async with centre.database.begin(centre.organisation.id) as session:
            await resolve(session, vera, case.id, Outcome.HELPED)
    assert await turned_through(centre, ana, Part.CLOSED, most) == ids[::-1]
    async with centre.database.begin(centre.organisation.id) as session:
        assert await count_cases(session, vera, *UNRESOLVED) == 0
        assert await count_cases(session, vera, Part.CLOSED) == len(GRAVE)


async def test_a_page_behind_a_case_that_is_not_there_begins_with_the_first(
    centre: Centre,
) -> None:
    vera = await centre.colleague()
    case = await centre.signal(await centre.person())
    async with centre.database.begin(centre.organisation.id) as session:
        page = await queue(session, vera, Part.WAITING, uuid4())

    assert [line.id for line in page.lines] == [case.id]


async def test_a_line_says_who_has_the_case_and_why_it_is_there(centre: Centre) -> None:
    vera, ana = await centre.colleague(name="Vera Hoxha"), await centre.colleague()
    person = await centre.person(language="ar")
    case = await centre.signal(person)
    await centre.signal(person, Severity.CONCERN, ["money.none"])
    await centre.claims(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        (hers,) = (await queue(session, vera, Part.MINE)).lines
        (seen,) = (await queue(session, ana, Part.COLLEAGUES)).lines

    assert (hers.claimed_by, hers.mine, seen.mine) == ("Vera Hoxha", True, False)
    assert (hers.signals, hers.reasons) == (2, ("threat.threatened", "money.none"))
    assert (hers.language, hers.state) == ("ar", CaseState.CLAIMED)
    assert hers.pseudonym


async def test_nothing_that_comes_later_hides_why_a_case_is_as_grave_as_it_is(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.signal(person, Severity.EMERGENCY, ["violence.emergency.blow"])
    await centre.signal(person, Severity.EMERGENCY, ["weapon.emergency.knife", "scope.past"])
    await centre.signal(person, Severity.EMERGENCY, ["violence.emergency.blow"])
    await centre.signal(person, Severity.EMERGENCY, ["captivity.locked", "scope.past"])
    await centre.signal(person, Severity.CONCERN, ["money.none"])
    await centre.signal(person, Severity.URGENT, ["asked.human"])
    async with centre.database.begin(centre.organisation.id) as session:
        (line,) = (await queue(session, vera, Part.WAITING)).lines
        file = await read_case(session, vera, case.id)

    gravest = (
        "captivity.locked",
        "scope.past",
        "violence.emergency.blow",
        "weapon.emergency.knife",
        "scope.past",
    )
    assert line.reasons == file.why == (*gravest, "asked.human")


async def test_no_wish_to_be_forgotten_hides_what_they_cried_for(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.signal(person, Severity.EMERGENCY, ["violence.emergency.blow"])
    async with centre.database.begin(SERVICE) as session:
        await ask_to_be_forgotten(session, await session.get_one(Returnee, person.id))
    async with centre.database.begin(centre.organisation.id) as session:
        (line,) = (await queue(session, vera, Part.WAITING)).lines
        file = await read_case(session, vera, case.id)

    assert line.reasons == file.why == ("violence.emergency.blow", "erasure.asked")


async def test_p2_a_case_is_seen_though_no_key_opens_the_name_of_whoever_has_it(
    centre: Centre,
) -> None:
    vera, ana = await centre.colleague(), await centre.colleague(name="Ana")
    await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Staff, vera.staff_id)).name = b"damaged"
    async with centre.database.begin(centre.organisation.id) as session:
        (line,) = (await queue(session, ana, Part.COLLEAGUES)).lines

    assert line.claimed_by == "?"


async def test_a_promise_that_was_kept_is_late_no_more_and_a_claim_says_until_when(
    centre: Centre,
) -> None:
    """They wrote again: whoever has them owes them words, or whoever gets the case after them."""
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person, Severity.EMERGENCY))
    await centre.writes(vera, case)
    centre.later(minutes=50)
    await centre.signal(person, Severity.EMERGENCY)
    async with centre.database.begin(centre.organisation.id) as session:
        [line] = (await queue(session, vera, Part.MINE)).lines
        assert line.deadline_at is not None
        assert timedelta() < line.deadline_at - session.now <= timedelta(minutes=5)
        await release(session, vera, case.id)
        [given_back] = (await queue(session, vera, Part.WAITING)).lines
    assert given_back.deadline_at == line.deadline_at


async def test_a_claim_that_ends_before_the_promise_says_when_and_a_later_one_does_not(
    centre: Centre,
) -> None:
    """Of an urgent case an hour is promised, and a claim lasts fifteen minutes."""
    vera = await centre.colleague()
    case = await centre.signal(await centre.person())
    promised = case.deadline_at
    assert promised is not None
    await centre.claims(vera, case)
    assert await due(centre, vera) < promised
    async with centre.database.begin(centre.organisation.id) as session:
        await release(session, vera, case.id)
    centre.later(minutes=50)
    await centre.claims(vera, case)
    assert await due(centre, vera) == promised


async def due(centre: Centre, actor: Actor) -> datetime:
    async with centre.database.begin(centre.organisation.id) as session:
        [line] = (await queue(session, actor, Part.MINE)).lines
    assert line.deadline_at is not None
    return line.deadline_at


async def test_who_still_needs_help_waits_since_they_said_so(centre: Centre) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    centre.later(days=9)
    await centre.signal(person)
    centre.later(minutes=2)
    async with centre.database.begin(centre.organisation.id) as session:
        [line] = (await queue(session, vera, Part.WAITING)).lines

        assert session.now - line.waits_since < timedelta(minutes=3)


async def test_who_was_answered_waits_since_their_case_went_back_and_who_was_not_since_it_began(
    centre: Centre,
) -> None:
    """So says the queue, and the alert that goes out then."""
    vera, ana = await centre.colleague(chat=701), await centre.colleague(chat=702, on_duty=True)
    answered, unanswered = [
        await centre.claims(vera, await centre.signal(await centre.person())) for _ in range(2)
    ]
    await centre.writes(vera, answered)
    centre.later(minutes=10)
    async with centre.database.begin(centre.organisation.id) as session:
        [line, _] = (await queue(session, vera, Part.MINE)).lines
        assert session.now - line.waits_since >= timedelta(minutes=10)
        for case in (answered, unanswered):
            await release(session, vera, case.id)
    centre.later(minutes=1)
    await centre.tick()
    async with centre.database.begin(centre.organisation.id) as session:
        lines = {line.id: line for line in (await queue(session, ana, Part.WAITING)).lines}
        waited = {id_: session.now - line.waits_since for id_, line in lines.items()}
    alerts = await centre.sent(Notice.STAFF_ALERT)
    minutes = {each.params["code"]: each.params["minutes"] for each in alerts}

    assert waited[answered.id] < timedelta(minutes=3)
    assert waited[unanswered.id] > timedelta(minutes=10)
    assert (minutes[answered.code], minutes[unanswered.code]) == (1, 11)


async def test_who_was_answered_and_cries_anew_waits_since_then_and_who_was_not_since_it_began(
    centre: Centre,
) -> None:
    vera = await centre.colleague(chat=701, on_duty=True)
    people = [await centre.person(), await centre.person()]
    answered, unanswered = [
        await centre.claims(vera, await centre.signal(person, Severity.CONCERN))
        for person in people
    ]
    await centre.writes(vera, answered)
    centre.later(minutes=30)
    for person in people:
        await centre.signal(person, Severity.URGENT)
    centre.later(minutes=1)
    async with centre.database.begin(centre.organisation.id) as session:
        lines = (await queue(session, vera, Part.MINE)).lines
        waited = {line.id: (session.now - line.waits_since) for line in lines}
    assert waited[answered.id] < timedelta(minutes=2)
    assert waited[unanswered.id] > timedelta(minutes=30)
    centre.later(minutes=15)
    await centre.tick()
    alerts = await centre.sent(Notice.STAFF_ALERT)
    minutes = {each.params["code"]: each.params["minutes"] for each in alerts}
    assert (minutes[answered.code], minutes[unanswered.code]) == (16, 46)


async def test_who_was_answered_and_is_owed_words_again_is_due_rather_than_waiting(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    await centre.all_arrives()
    centre.later(days=6)
    await centre.hears(person, "He is here again")
    async with centre.database.begin(centre.organisation.id) as session:
        [line] = (await queue(session, vera, Part.MINE)).lines

    assert (line.state, line.waits) == (CaseState.CLAIMED, False)
    assert line.deadline_at is not None
    assert session.now < line.deadline_at


async def newest(centre: Centre, actor: Actor, beside: UUID | None = None) -> datetime:
    async with centre.database.begin(centre.organisation.id) as session:
        found = await newest_waiting(session, actor, beside=beside)
    assert found is not None
    return found


@pytest.mark.parametrize("how", ["given back", "run out"])
async def test_p2_the_newest_that_waits_is_also_one_that_went_back_to_the_queue(
    centre: Centre, how: str
) -> None:
    """By that the queue sounds, whatever its view; not in the page of that very case."""
    vera, ana = await centre.colleague(), await centre.colleague()
    back = await centre.claims(vera, await centre.signal(await centre.person()))
    centre.later(minutes=1)
    await centre.signal(await centre.person())
    before = await newest(centre, ana)
    centre.later(minutes=16)
    if how == "run out":
        await centre.tick()
    else:
        async with centre.database.begin(centre.organisation.id) as session:
            await release(session, vera, back.id)

    assert await newest(centre, ana) > before
    assert await newest(centre, vera, beside=back.id) == before


async def test_p2_the_newest_that_waits_is_also_one_that_becomes_graver_while_it_waits(
    centre: Centre,
) -> None:
    ana, person = await centre.colleague(), await centre.person()
    await centre.signal(person, Severity.CONCERN)
    before = await newest(centre, ana)
    centre.later(minutes=1)
    await centre.signal(person, Severity.CONCERN)
    assert await newest(centre, ana) == before
    await centre.signal(person, Severity.EMERGENCY)
    assert await newest(centre, ana) > before


async def test_resolved_cases_are_shown_only_when_asked_for(centre: Centre) -> None:
    vera = await centre.colleague()
    case = await centre.claims(vera, await centre.signal(await centre.person()))
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
        for part in UNRESOLVED:
            assert not (await queue(session, vera, part)).lines
        (line,) = (await queue(session, vera, Part.CLOSED)).lines

    assert line.state is CaseState.RESOLVED


async def test_p10_the_queue_holds_one_organisations_cases_whatever_the_scope(
    centre: Centre,
) -> None:
    await centre.signal(await centre.person())
    other = await Centre.open(centre.database, centre.clock, "Rabat")
    stranger = await other.colleague()
    for scope in (SERVICE, other.organisation.id):
        async with centre.database.begin(scope) as session:
            assert await most_dangerous(session, stranger, 20) == []
            assert await count_cases(session, stranger, *Part) == 0


async def test_p10_a_coordinator_sees_no_queue(centre: Centre) -> None:
    coordinator = await centre.colleague(Role.COORDINATOR)
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(NotAllowed):
            await queue(session, coordinator, Part.WAITING)
        with pytest.raises(NotAllowed):
            await count_cases(session, coordinator, Part.WAITING)


async def test_p2_the_newest_signs_are_of_ones_own_cases_and_never_a_workers(
    centre: Centre,
) -> None:
    vera, ana, person = await centre.colleague(), await centre.colleague(), await centre.person()
    case = await centre.claims(vera, await centre.signal(person))
    other = await centre.claims(ana, await centre.signal(await centre.person()))

    async def signs(beside: UUID | None = None) -> dict[UUID, datetime]:
        async with centre.database.begin(centre.organisation.id) as session:
            found = await newest_signs(session, vera, beside=beside)
        return {case_id: at for case_id, at in found.items() if at}

    before = await signs(other.id)
    assert set(before) == {case.id, other.id}
    centre.later(minutes=1)
    await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await make_graver(session, vera, case.id, Severity.EMERGENCY)
    assert await signs() == {case.id: before[case.id]}
    await centre.hears(person, "He is here again")
    heard = await signs()
    assert heard[case.id] > before[case.id]
    centre.later(minutes=1)
    await says(centre, person, Purpose.CASEWORKER, False)
    assert (await signs())[case.id] > heard[case.id]
