"""Whom an alert calls first, and that nobody waits for somebody who fits better."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.alerts.called import fit_for
from domain.alerts.first_called import ANYBODY, Fit
from domain.casework.work import resolve
from domain.duty.time_off import take_off
from domain.profiles.wishing import wish_for
from domain.queue.lines import Part, queue
from domain.safety.phones import choose_language
from domain.staff import be, speak_with_people
from storage.kinds import Gender, Outcome, Role, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from storage.tables.staff import Staff
from storage.wakes import Topic
from tests.domain.centre import Centre

LANGUAGES = ("sq", "uk", "ar")


def somebody(gender: Gender | None, speaks: list[str], *, reachable: bool = True) -> Staff:
    chat = b"chat" if reachable else None
    return Staff(id=uuid4(), gender=gender, speaks=speaks, telegram_chat=chat)


GENDERS = st.none() | st.sampled_from(Gender)
STAFF = st.builds(
    somebody,
    GENDERS,
    st.lists(st.sampled_from(LANGUAGES), unique=True),
    reachable=st.booleans(),
)


@given(st.lists(STAFF), GENDERS, st.sampled_from(LANGUAGES))
def test_p2_somebody_is_called_whenever_somebody_is_there_and_nobody_who_is_not(
    called: list[Staff], helper: Gender | None, language: str
) -> None:
    first = Fit(helper, language).first_of(called)
    assert bool(first) is bool(called)
    assert [staff for staff in called if staff in first] == first
    assert ANYBODY.first_of(called) == called


def test_a_wish_comes_before_a_language_and_both_before_either() -> None:
    woman, speaker = somebody(Gender.WOMAN, []), somebody(Gender.MAN, ["uk"])
    both, neither = somebody(Gender.WOMAN, ["sq", "uk"]), somebody(None, ["sq"])
    fit = Fit(Gender.WOMAN, "uk")
    assert fit.first_of([neither, woman, speaker, both]) == [both]
    assert fit.first_of([neither, woman, speaker]) == [woman]
    assert fit.first_of([neither, speaker]) == [speaker]
    assert fit.first_of([neither]) == [neither]


def test_whoever_cannot_be_reached_keeps_nobody_else_from_being_called() -> None:
    away, neither = somebody(Gender.WOMAN, ["uk"], reachable=False), somebody(None, [])
    assert Fit(Gender.WOMAN, "uk").first_of([away, neither]) == [away, neither]


def test_p2_whoever_fits_and_has_only_a_channel_is_called_with_those_who_fit_no_better() -> None:
    ana = somebody(Gender.WOMAN, ["uk"], reachable=False)
    woman, speaker, neither = (
        somebody(Gender.WOMAN, []),
        somebody(None, ["uk"]),
        somebody(None, []),
    )
    both = somebody(Gender.WOMAN, ["uk"])
    fit = Fit(Gender.WOMAN, "uk")
    for there in (woman, speaker, both):
        assert fit.first_of([neither, ana, there]) == [ana, there]
    wished = somebody(Gender.WOMAN, [], reachable=False)
    assert fit.first_of([wished, speaker, neither]) == [wished, speaker]
    assert fit.first_of([wished, both, neither]) == [both]


async def two_on_duty(centre: Centre) -> None:
    """By chat 701 somebody who speaks Ukrainian, and by 702 a woman who does not say."""
    speaker = await centre.colleague(chat=701, on_duty=True)
    woman = await centre.colleague(chat=702, on_duty=True)
    async with centre.database.begin(centre.organisation.id) as session:
        await speak_with_people(session, speaker.staff_id, ["uk", "no such language"])
        await be(session, woman.staff_id, Gender.WOMAN)


async def test_p2_with_nobody_on_duty_somebody_on_leave_is_not_called_first_for_their_language(
    centre: Centre,
) -> None:
    chief = await centre.colleague(Role.SUPERVISOR, chat=703)
    await centre.colleague(chat=702)
    speaker = await centre.colleague(chat=701)
    async with centre.database.begin(centre.organisation.id) as session:
        await speak_with_people(session, speaker.staff_id, ["uk"])
        days = session.now.date(), session.now.date() + timedelta(days=9)
        await take_off(session, chief, speaker.staff_id, *days)
    await centre.signal(await centre.person(language="uk"))
    assert set(await centre.alerted()) == {702, 703}


async def test_whoever_speaks_their_language_is_alerted_first_and_then_everybody(
    centre: Centre,
) -> None:
    await two_on_duty(centre)
    await centre.signal(await centre.person(language="uk"))
    assert set(await centre.alerted()) == {701}
    centre.later(minutes=31)
    await centre.tick()
    assert set(await centre.alerted()) == {701, 702}


async def test_whoever_chooses_another_language_after_the_cry_is_known_by_that_one(
    centre: Centre,
) -> None:
    """Many cry before they chose any, in what their phone speaks."""
    person = await centre.person(language="sq")
    case = await centre.signal(person)
    await two_on_duty(centre)
    async with centre.database.begin(SERVICE) as session:
        await choose_language(session, await session.get_one(Returnee, person.id), "uk")
        assert Topic.CASES in session.info["topics"]
    actor = await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        (line,) = (await queue(session, actor, Part.WAITING)).lines
        assert line.language == "uk"
    async with centre.database.begin(SERVICE) as session:
        fit = await fit_for(session, await session.get_one(Case, case.id))
    assert fit == Fit(None, "uk")


async def test_a_case_that_opens_again_is_in_the_language_that_they_chose_since(
    centre: Centre,
) -> None:
    vera, person = await centre.colleague(), await centre.person(language="sq")
    case = await centre.claims(vera, await centre.signal(person))
    await centre.writes(vera, case)
    async with centre.database.begin(centre.organisation.id) as session:
        await resolve(session, vera, case.id, Outcome.HELPED)
    async with centre.database.begin(SERVICE) as session:
        await choose_language(session, await session.get_one(Returnee, person.id), "uk")
    again = await centre.signal(person)
    assert (again.id, again.language) == (case.id, "uk")


@pytest.mark.parametrize(
    ("language", "severity", "first"),
    [
        ("sq", Severity.URGENT, {701, 702}),
        ("uk", Severity.EMERGENCY, {701, 702}),
    ],
    ids=["nobody speaks it", "a life is at stake"],
)
async def test_p2_no_language_leaves_anybody_waiting(
    centre: Centre, language: str, severity: Severity, first: set[int]
) -> None:
    await two_on_duty(centre)
    await centre.signal(await centre.person(language=language), severity)
    assert set(await centre.alerted()) == first


async def test_whom_they_wish_for_is_alerted_before_who_speaks_their_language(
    centre: Centre,
) -> None:
    await two_on_duty(centre)
    person = await centre.person(language="uk")
    async with centre.database.begin(SERVICE) as session:
        await wish_for(session, person.id, Gender.WOMAN)
    await centre.signal(person)
    assert set(await centre.alerted()) == {702}
