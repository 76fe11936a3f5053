"""What somebody said on a new phone, and the watch heard there, before anybody knew whose it is."""

from datetime import date

import pytest
from sqlalchemy import select

from domain.casework.closing import close
from domain.casework.marking import Signal, mark_signal, report_missed, signals_of
from domain.children.known import is_known_child, mark_age
from domain.consent.turning_points import days_of, expect_majority
from domain.identity.strays import take_in
from domain.lexicon.accuracy import hearing
from domain.profiles.wishing import change_partner, change_place, wish_for, write_down
from domain.returnees.wishes import Partner, Place, Wishes, wishes_of
from domain.signals.opening import open_or_append
from storage.kinds import AgeBand, Gender, Outcome, ReferralState, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.marks import SignalMark
from storage.tables.returnees import Returnee
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
