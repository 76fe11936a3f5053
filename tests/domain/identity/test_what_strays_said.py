"""What the watch heard from a new phone, before anybody knew whose it is."""

import pytest
from sqlalchemy import select

from domain.casework.closing import close
from domain.casework.marking import Signal, mark_signal, report_missed, signals_of
from domain.consent.reading import wants_no_reader
from domain.crisis.answering import ask_for_human
from domain.identity.strays import take_in
from domain.lexicon.accuracy import hearing
from domain.signals.opening import open_or_append
from storage.kinds import Outcome, Purpose, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.marks import SignalMark
from storage.tables.returnees import Returnee
from tests.counting import how_many
from tests.domain.centre import Centre
from tests.domain.consent.test_effects import says

HEARD = "threat.threatened"
RULES = "20990101"


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
    await says(centre, person, Purpose.CASEWORKER, False)
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
    await says(centre, person, Purpose.CASEWORKER, False)
    centre.later(hours=1)
    await is_taken_in(centre, stray, person)
    async with centre.database.begin(SERVICE) as session:
        assert await wants_no_reader(session, await session.get_one(Returnee, person.id))
