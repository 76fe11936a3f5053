"""What a person decides about silence, about being asked, and about when."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from domain.casework.reading import read_case
from domain.casework.work import ask_to_talk
from domain.check_ins.hours_again import ask_about_hours
from domain.errors import Refused
from domain.notices import Notice
from domain.queue.lines import Part, queue
from domain.retention.forgetting import forget_old
from domain.returnees.phone import HOURS_LAST
from domain.safety.silence_plan import choose_plan, name_other, named_by, plan_now
from domain.signals.good_time import GoodTime, say_when
from storage.kinds import AgeBand, CaseEventKind, Discretion, Severity, SilencePlan
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee, Safety
from tests.domain.centre import Centre
from tests.postgres import DatabaseUrls
from tests.racing import gate_before, stands_still


async def answers(centre: Centre, person: Returnee, case_id: object, answer: GoodTime) -> None:
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        await say_when(session, known, case_id, answer)  # type: ignore[arg-type]  # a case's id


async def test_p4_a_worker_asks_whether_it_is_safe_to_talk_and_now_lets_their_words_through(
    centre: Centre,
) -> None:
    person, actor = await centre.person(), await centre.colleague()
    case = await centre.claims(actor, await centre.signal(person))
    async with centre.database.begin(centre.organisation.id) as session:
        await ask_to_talk(session, actor, case.id)
    assert [sent.params for sent in await centre.sent(Notice.SAFE_TO_TALK)] == [
        {"case": str(case.id)}
    ]
    assert (await centre.fresh(case)).first_action_at is not None

    await answers(centre, person, case.id, GoodTime.LATER)
    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, person.id)).last_wrote_at is None
    await answers(centre, person, case.id, GoodTime.NOW)
    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Returnee, person.id)).last_wrote_at is not None
    assert (await centre.history(case.id)).count(CaseEventKind.SIGNAL) == 2


async def test_p13_an_answer_whether_it_is_safe_to_talk_hides_no_reason(centre: Centre) -> None:
    person, actor = await centre.person(), await centre.colleague()
    case = await centre.signal(person, Severity.EMERGENCY, ["danger"])
    for answer in (GoodTime.NO, GoodTime.NO, GoodTime.LATER, GoodTime.NO):
        await answers(centre, person, case.id, answer)
    async with centre.database.begin(centre.organisation.id) as session:
        [line] = (await queue(session, actor, Part.WAITING)).lines
        file = await read_case(session, actor, case.id)

    assert line.reasons == file.why == ("danger",)
    assert line.signals == 1
    # What they answered stands in the case, each time that it was another answer.
    assert (await centre.history(case.id)).count(CaseEventKind.SIGNAL) == 3


async def test_nobody_answers_for_somebody_elses_case(centre: Centre) -> None:
    case = await centre.signal(await centre.person())
    stranger = await centre.person()
    with pytest.raises(Refused):
        await answers(centre, stranger, case.id, GoodTime.NOW)


@pytest.mark.parametrize("reason", ["check-in.silence", "check-in.unreached"])
async def test_whom_they_named_is_shown_in_a_case_of_silence_only_and_only_in_time(
    centre: Centre,
    reason: str,
) -> None:
    person, actor = await centre.person(), await centre.colleague()
    scope = centre.organisation.id
    async with centre.database.begin(scope) as session:
        until = session.now + timedelta(days=30)
        await name_other(session, actor, person.id, "My sister", "+355 69 000 000", until)
    other = await centre.signal(person)
    async with centre.database.begin(scope) as session:
        assert (await read_case(session, actor, other.id)).named is None
    case = await centre.signal(person, reasons=[reason, "silence.other"])
    async with centre.database.begin(scope) as session:
        named = (await read_case(session, actor, case.id)).named
    assert named is not None
    assert (named.who, named.how) == ("My sister", "+355 69 000 000")
    centre.clock.offset += timedelta(days=31)
    async with centre.database.begin(scope) as session:
        file = await read_case(session, actor, case.id)
    assert file.named is None
    assert file.contact.silence is SilencePlan.NOTHING


async def test_p6_whoever_was_named_for_a_time_is_forgotten_after_it(centre: Centre) -> None:
    person, other = await centre.person(), await centre.person()
    actor = await centre.colleague()
    for each, days in ((person, 30), (other, 90)):
        async with centre.database.begin(centre.organisation.id) as session:
            until = session.now + timedelta(days=days)
            await name_other(session, actor, each.id, "My sister", "+355 69 000 000", until)
    centre.clock.offset += timedelta(days=31)
    async with centre.database.begin(SERVICE) as session:
        assert await forget_old(session) == 1

    async with centre.database.begin(SERVICE) as session:
        assert (await session.get_one(Safety, person.id)).other is None
        assert await named_by(session, person.id) is None
        assert await named_by(session, other.id) is not None


async def test_choosing_anything_else_forgets_whom_they_named(centre: Centre) -> None:
    person, actor = await centre.person(), await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        until = session.now + timedelta(days=30)
        await name_other(session, actor, person.id, "My sister", "by telephone", until)
    async with centre.database.begin(SERVICE) as session:
        await choose_plan(session, person, SilencePlan.WRITE_ONCE)
        safety = await session.get_one(Safety, person.id)
        plan = plan_now(person, safety, session.now)
        assert (safety.other, plan) == (None, SilencePlan.WRITE_ONCE)
        with pytest.raises(Refused):
            await choose_plan(session, person, SilencePlan.OTHER)


async def test_for_a_child_nobody_is_named_and_whoever_was_is_not_told(centre: Centre) -> None:
    person, actor = await centre.person(), await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        until = session.now + timedelta(days=30)
        await name_other(session, actor, person.id, "My mother", "by telephone", until)
    async with centre.database.begin(SERVICE) as session:
        young = await session.get_one(Returnee, person.id)
        young.age_band = AgeBand.CHILD
        safety = await session.get_one(Safety, person.id)
        assert plan_now(young, safety, session.now) is SilencePlan.NOTHING
        assert await named_by(session, person.id) is None
    async with centre.database.begin(centre.organisation.id) as session:
        with pytest.raises(Refused):
            await name_other(session, actor, person.id, "My mother", "by telephone", until)


async def test_p10_of_a_child_who_confided_it_whoever_names_somebody_learns_nothing(
    centre: Centre,
) -> None:
    person, actor = await centre.person(), await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).child_in = uuid4()
    async with centre.database.begin(centre.organisation.id) as session:
        until = session.now + timedelta(days=30)
        await name_other(session, actor, person.id, "My mother", "by telephone", until)
    async with centre.database.begin(SERVICE) as session:
        young = await session.get_one(Returnee, person.id)
        safety = await session.get_one(Safety, person.id)
        assert plan_now(young, safety, session.now) is SilencePlan.NOTHING


@pytest.mark.parametrize(("who", "days"), [("", 30), ("x" * 201, 30), ("Ana", 0), ("Ana", 400)])
async def test_a_senseless_naming_is_refused(centre: Centre, who: str, days: int) -> None:
    person, actor = await centre.person(), await centre.colleague()
    with pytest.raises(Refused):
        async with centre.database.begin(centre.organisation.id) as session:
            until = session.now + timedelta(days=days)
            await name_other(session, actor, person.id, who, "by telephone", until)


async def asks(centre: Centre) -> int:
    async with centre.database.begin(SERVICE) as session:
        await ask_about_hours(session)
    return len(await centre.sent(Notice.HOURS_STILL_RIGHT))


async def test_p12_hours_are_asked_about_rarely_and_once(centre: Centre) -> None:
    await centre.person()
    assert await asks(centre) == 0
    centre.clock.offset += HOURS_LAST
    assert await asks(centre) == 1
    assert await asks(centre) == 1
    centre.clock.offset += HOURS_LAST
    assert await asks(centre) == 2


@pytest.mark.parametrize("why", ["watched", "never-first", "no-consent", "frozen", "blocked"])
async def test_p4_nobody_is_asked_about_hours_who_is_sent_nothing_first(
    centre: Centre, why: str
) -> None:
    person = await centre.person(consents=why != "no-consent")
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id)
        if why == "watched":
            known.discretion = Discretion.WATCHED
        elif why == "frozen":
            known.frozen_at = session.now
        elif why == "blocked":
            known.blocked_at = session.now
        elif why == "never-first":
            await session.execute(update(Safety).values(never_first=True))
    centre.clock.offset += HOURS_LAST
    assert await asks(centre) == 0
    async with centre.database.begin(SERVICE) as session:
        # Looked at again another day, not for ever now.
        later = await session.scalar(select(Safety.ask_hours_at))
        assert later is not None
        assert later > session.now


async def test_p12_of_two_replicas_that_ask_about_hours_at_once_one_asks(
    urls: DatabaseUrls, centre: Centre
) -> None:
    """The second began to look before the first had asked."""
    await centre.person()
    centre.clock.offset += HOURS_LAST
    async with gate_before(urls, "safety") as gate, asyncio.TaskGroup() as group:
        async with centre.database.begin(SERVICE) as session:
            await ask_about_hours(session)
            await session.flush()
            await gate.shut()
            second = group.create_task(asks(centre))
            await stands_still(centre.database, second)
        await gate.open()
    assert len(await centre.sent(Notice.HOURS_STILL_RIGHT)) == 1
