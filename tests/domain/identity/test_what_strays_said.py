"""What somebody said on a new phone, and the watch heard there, before anybody knew whose it is."""

from datetime import date

import pytest
from sqlalchemy import select

from domain.casework.closing import close
from domain.casework.marking import Signal, mark_signal, report_missed, signals_of
from domain.children.known import is_known_child, mark_age
from domain.consent.changing import change_consent
from domain.consent.ledger import Shown, has_consent
from domain.consent.reading import may_read, took_back, wants_no_reader
from domain.consent.turning_points import days_of, expect_majority
from domain.crisis.answering import ask_for_human
from domain.identity.strays import take_in
from domain.lexicon.accuracy import hearing
from domain.profiles.wishing import change_partner, change_place, wish_for, write_down
from domain.referrals.sharing import change_about_partner
from domain.returnees.wishes import Partner, Place, Wishes, wishes_of
from domain.signals.opening import open_or_append
from storage.kinds import (
    AgeBand,
    CaseEventKind,
    Gender,
    How,
    Outcome,
    Purpose,
    ReferralState,
    Severity,
)
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.marks import SignalMark
from storage.tables.returnees import Returnee
from storage.tables.waits import PastWait
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two

HEARD = "threat.threatened"
RULES = "20990101"
DURRES, VLORA = Place("AL", "durres", "Durrës"), Place("AL", "vlora", "Vlorë")


@pytest.fixture
async def elsewhere(centre: Centre) -> Centre:
    return await Centre.open(centre.database, centre.clock, "Vlora")


async def cries(centre: Centre, stray: Returnee) -> None:
    """The watch hears a concern, and they press /help."""
    async with centre.database.begin(SERVICE) as session:
        asked = centre.organisation.id, Severity.URGENT, ["asked.human"]
        heard = centre.organisation.id, Severity.CONCERN, [HEARD]
        await open_or_append(session, stray, *heard, decided_by=RULES)
        await open_or_append(session, stray, *asked)


async def is_taken_in(centre: Centre, stray: Returnee, person: Returnee) -> Case:
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id, with_for_update=True)
        await take_in(session, await session.get_one(Returnee, stray.id), known)
    return await centre.signal(person, reasons=["asked.human"])


async def heard(centre: Centre, case: Case) -> list[Signal]:
    vera = await centre.colleague()
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        return await signals_of(session, vera, case.id)


@pytest.mark.parametrize(
    ("is_closed", "hours", "kept"), [(True, 2, 2), (False, 0, 0), (False, 2, 1)]
)
async def test_a_call_for_a_human_counts_once_however_late_somebody_is_known(
    centre: Centre, is_closed: bool, hours: int, kept: int
) -> None:
    """It went on in the person's own case, or was over; an hour that we missed stays missed."""
    person, stray = await centre.person(), await centre.person()
    await cries(centre, stray)
    centre.later(hours=hours)
    if is_closed:
        vera = await centre.colleague()
        case = await centre.claims(vera, await centre.signal(stray, reasons=["asked.human"]))
        await centre.closes(vera, case)
    await is_taken_in(centre, stray, person)

    assert await how_many(centre.database, PastWait) == kept


async def test_the_watch_is_marked_by_what_it_said_and_not_by_how_grave_the_case_became(
    centre: Centre,
) -> None:
    person, stray = await centre.person(), await centre.person()
    await cries(centre, stray)
    case = await is_taken_in(centre, stray, person)
    [signal] = await heard(centre, case)
    assert (signal.said, signal.reasons) == (Severity.CONCERN, (HEARD,))
    assert signal.decided is not None
    assert signal.decided.rules == RULES

    vera = await centre.colleague()
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        await mark_signal(session, vera, case.id, signal.event_id, Severity.CONCERN)
        [line] = await hearing(session, vera)
    assert (line.right, line.too_high) == (1, 0)


async def test_p10_by_which_words_of_others_the_watch_decided_does_not_come_along(
    centre: Centre, elsewhere: Centre
) -> None:
    person, stray = await centre.person(), await elsewhere.person()
    await cries(elsewhere, stray)
    [signal] = await heard(centre, await is_taken_in(centre, stray, person))
    assert (signal.said, signal.reasons) == (Severity.CONCERN, (HEARD,))
    assert signal.decided is None


async def marks(centre: Centre, stray: Returnee) -> None:
    """A colleague finds that it was graver, and that something else was not heard at all."""
    vera = await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        case = (await session.scalars(select(Case).where(Case.returnee_id == stray.id))).one()
    [signal] = await heard(centre, case)
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        await mark_signal(session, vera, case.id, signal.event_id, Severity.URGENT)
        await report_missed(session, vera, case.id, Severity.EMERGENCY)


async def test_how_grave_it_was_after_all_comes_along_with_what_was_heard_and_what_was_not(
    centre: Centre,
) -> None:
    person, stray = await centre.person(), await centre.person()
    await cries(centre, stray)
    await marks(centre, stray)
    [signal] = await heard(centre, await is_taken_in(centre, stray, person))

    assert (signal.said, signal.meant) == (Severity.CONCERN, Severity.URGENT)
    vera = await centre.colleague()
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        [line] = await hearing(session, vera)
    assert (line.too_low, line.missed) == (1, 1)


async def test_of_a_case_that_was_closed_neither_what_was_heard_counts_nor_what_was_not(
    centre: Centre,
) -> None:
    person, stray = await centre.person(), await centre.person()
    await cries(centre, stray)
    await marks(centre, stray)
    async with centre.database.begin(SERVICE) as session:
        case = (await session.scalars(select(Case).where(Case.returnee_id == stray.id))).one()
        await close(session, case, Outcome.HELPED)
    await is_taken_in(centre, stray, person)

    assert await how_many(centre.database, SignalMark) == 0


async def test_p10_how_grave_others_found_it_does_not_come_along(
    centre: Centre, elsewhere: Centre
) -> None:
    person, stray = await centre.person(), await elsewhere.person()
    await cries(elsewhere, stray)
    await marks(elsewhere, stray)
    [signal] = await heard(centre, await is_taken_in(centre, stray, person))

    assert (signal.said, signal.meant) == (Severity.CONCERN, None)
    assert await how_many(centre.database, SignalMark) == 0


async def is_found_to_be(
    centre: Centre, person: Returnee, band: AgeBand, turns_18: date | None = None
) -> None:
    vera = await centre.colleague()
    async with centre.database.begin(centre.organisation.id, vera.staff_id) as session:
        await mark_age(session, vera, person.id, band)
        await expect_majority(session, vera, person.id, turns_18)


@pytest.mark.parametrize("known_as", [AgeBand.UNKNOWN, AgeBand.ADULT])
async def test_whom_staff_found_to_be_a_child_is_one_once_it_is_known_who_they_are(
    centre: Centre, known_as: AgeBand
) -> None:
    person, stray = await centre.person(), await centre.person()
    await is_found_to_be(centre, person, known_as)
    await is_found_to_be(centre, stray, AgeBand.YOUTH, date(2099, 5, 1))
    await is_taken_in(centre, stray, person)

    async with centre.database.begin(SERVICE) as session:
        child = await session.get_one(Returnee, person.id)
        assert is_known_child(child)
        assert child.age_band is AgeBand.YOUTH
        assert (await days_of(session, child.id)).turns_18 == date(2099, 5, 1)


async def test_a_child_whose_age_was_known_keeps_it_with_the_month_of_its_18th_birthday(
    centre: Centre,
) -> None:
    person, stray = await centre.person(), await centre.person()
    await is_found_to_be(centre, person, AgeBand.CHILD, date(2101, 1, 1))
    await is_found_to_be(centre, stray, AgeBand.YOUTH, date(2099, 5, 1))
    await is_taken_in(centre, stray, person)

    async with centre.database.begin(SERVICE) as session:
        child = await session.get_one(Returnee, person.id)
        assert child.age_band is AgeBand.CHILD
        assert (await days_of(session, child.id)).turns_18 == date(2101, 1, 1)


async def wishes(centre: Centre, person: Returnee) -> Wishes:
    async with centre.database.begin(SERVICE) as session:
        return await wishes_of(session, person.id)


async def test_p10_whom_they_avoid_there_is_told_nothing_once_it_is_known_who_they_are(
    centre: Centre,
) -> None:
    two, stray = await Two.at_work(centre), await centre.person()
    offered, harbour = await two.offered(), two.partner.organisation
    async with centre.database.begin(SERVICE) as session:
        await change_place(session, await session.get_one(Returnee, two.person.id), DURRES)
        await change_place(session, await session.get_one(Returnee, stray.id), VLORA)
        await change_partner(session, await session.get_one(Returnee, stray.id), harbour.id)
        await wish_for(session, stray.id, Gender.WOMAN)
    await is_taken_in(centre, stray, two.person)

    partners = frozenset({Partner(harbour.name, harbour.id)})
    assert await wishes(centre, two.person) == Wishes(
        Gender.WOMAN, frozenset({DURRES, VLORA}), partners
    )
    assert (await two.fresh(offered)).state is ReferralState.REVOKED


async def test_p10_however_much_they_avoid_nobody_is_kept_from_their_new_phone_by_it(
    centre: Centre,
) -> None:
    person, stray, vera = await centre.person(), await centre.person(), await centre.colleague()
    many = [Place("AL", f"place {number}") for number in range(100)]
    async with centre.database.begin(SERVICE) as session:
        await wish_for(session, person.id, Gender.WOMAN)
        await change_place(session, await session.get_one(Returnee, person.id), DURRES)
        await write_down(session, vera, stray.id, Gender.MAN, many, [])
    await is_taken_in(centre, stray, person)

    assert await wishes(centre, person) == Wishes(Gender.WOMAN, frozenset([DURRES, *many]))


async def says(
    centre: Centre,
    person: Returnee,
    granted: bool,
    purpose: Purpose = Purpose.CASEWORKER,
    how: How = How.PRIVACY,
) -> None:
    centre.later(minutes=1)
    async with centre.database.begin(SERVICE) as session:
        there = await session.get_one(Returnee, person.id)
        await change_consent(session, there, purpose, granted, Shown("1", "May we?"), how)
    centre.later(minutes=1)


async def is_read(centre: Centre, person: Returnee) -> bool:
    async with centre.database.begin(SERVICE) as session:
        return await may_read(session, await session.get_one(Returnee, person.id))


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize("is_talking", [True, False])
async def test_who_said_on_a_new_phone_that_nobody_shall_read_along_is_read_by_nobody_there(
    centre: Centre, is_talking: bool, agreed: bool
) -> None:
    person, stray = await centre.person(consents=agreed), await centre.person()
    if is_talking:
        await centre.signal(person)
    await centre.signal(stray)
    await says(centre, stray, False)
    case = await is_taken_in(centre, stray, person)

    assert not await is_read(centre, person)
    assert CaseEventKind.CONSENT_TAKEN_BACK in await centre.history(case.id)


async def test_who_asked_for_somebody_on_a_new_phone_after_their_no_is_read(centre: Centre) -> None:
    person, stray = await centre.person(), await centre.person()
    await says(centre, stray, False)
    async with centre.database.begin(SERVICE) as session:
        await ask_for_human(session, await session.get_one(Returnee, stray.id))
    await is_taken_in(centre, stray, person)

    assert await is_read(centre, person)


@pytest.mark.parametrize("how", [How.LAPSED, How.PRIVACY])
async def test_what_they_agreed_to_stands_where_a_new_phone_kept_silent_or_said_no_before(
    centre: Centre, how: How
) -> None:
    person, stray = await centre.person(), await centre.person()
    await says(centre, stray, False, how=how)
    if how is not How.LAPSED:
        await says(centre, person, True)
    await is_taken_in(centre, stray, person)

    async with centre.database.begin(SERVICE) as session:
        assert await has_consent(session, person.id, Purpose.CASEWORKER)


async def test_p10_whom_they_said_no_to_on_a_new_phone_is_asked_to_help_no_more(
    centre: Centre,
) -> None:
    two, stray = await Two.at_work(centre), await centre.person()
    offered, harbour = await two.offered(), two.partner.organisation.id
    centre.later(minutes=1)
    async with centre.database.begin(SERVICE) as session:
        there = await session.get_one(Returnee, stray.id)
        no = False, Shown("1", "May we?"), How.ASKED
        await change_about_partner(session, there, harbour, *no)
    await is_taken_in(centre, stray, two.person)

    assert (await two.fresh(offered)).state is ReferralState.REVOKED
    async with centre.database.begin(SERVICE) as session:
        assert not await has_consent(session, two.person.id, Purpose.PARTNER, harbour)


async def asks(centre: Centre, who: Returnee) -> None:
    centre.later(hours=1)
    async with centre.database.begin(SERVICE) as session:
        await ask_for_human(session, await session.get_one(Returnee, who.id))


@pytest.mark.parametrize("heard_by", ["asking", "a cry of another kind"])
async def test_p1_who_asked_for_somebody_since_is_not_silenced_by_what_an_older_phone_brings(
    centre: Centre, heard_by: str
) -> None:
    """They asked there first, then said no here, and were heard here after that."""
    person, stray = await centre.person(), await centre.person()
    await asks(centre, stray)
    await says(centre, person, False)
    if heard_by == "asking":
        await asks(centre, person)
    else:
        centre.later(hours=1)
        await centre.signal(person)
    centre.later(hours=1)
    await is_taken_in(centre, stray, person)
    assert await centre.hears(person, "He comes tomorrow") is not None


async def test_p5_a_no_that_came_after_they_asked_on_another_phone_still_counts(
    centre: Centre,
) -> None:
    """Where their case begins only with what that phone brings."""
    person, stray = await centre.person(), await centre.person()
    await asks(centre, stray)
    await says(centre, person, False)
    centre.later(hours=1)
    await is_taken_in(centre, stray, person)
    async with centre.database.begin(SERVICE) as session:
        assert await wants_no_reader(session, await session.get_one(Returnee, person.id))


async def test_p1_who_cried_on_their_own_phone_after_a_no_on_a_new_one_is_answered(
    centre: Centre,
) -> None:
    """As they had agreed to there, before either."""
    person, stray = await centre.person(), await centre.person()
    await centre.signal(stray)
    await says(centre, stray, False)
    await centre.signal(person)
    centre.later(hours=1)
    case = await is_taken_in(centre, stray, person)

    assert await is_read(centre, person)
    async with centre.database.begin(SERVICE) as session:
        assert not await took_back(session, await session.get_one(Case, case.id))
    assert CaseEventKind.CONSENT_TAKEN_BACK not in await centre.history(case.id)


@pytest.mark.parametrize("cried_before", [True, False])
async def test_p5_in_an_emergency_it_is_written_down_that_nobody_shall_read_along_any_more(
    centre: Centre, cried_before: bool
) -> None:
    """It goes on all the same. What they said before they cried is not the newest of it."""
    person, stray = await centre.person(), await centre.person()
    await centre.signal(stray, Severity.EMERGENCY)
    if cried_before:
        await centre.signal(person, Severity.EMERGENCY)
    await says(centre, stray, False)
    if not cried_before:
        await centre.signal(person, Severity.EMERGENCY)
    centre.later(hours=1)
    case = await is_taken_in(centre, stray, person)

    assert await is_read(centre, person)
    history = await centre.history(case.id)
    assert (CaseEventKind.CONSENT_TAKEN_BACK in history) is cried_before
