"""Those who took over while a third organisation had an open case of the person."""

import pytest

from domain.actors import Actor
from domain.casework.work import claim, resolve
from domain.notices import Notice
from domain.referrals.handing_over import hand_over_now
from domain.returnees.enrolments import current_enrolment
from domain.signals.opening import open_handed_over
from storage.kinds import CaseState, Outcome, Severity
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.referrals.ending import SAMIR, told_in
from tests.domain.referrals.three import with_a_third
from tests.domain.referrals.two import Two, cases_of


async def left_with_a_third(two: Two) -> tuple[Centre, Actor, Case]:
    """They took over, and it has the open case."""
    together = await two.offered(joint=30)
    await two.accepts(together)
    hope, lule, theirs = await with_a_third(two)
    async with two.giver.database.begin(SERVICE) as session:
        await hand_over_now(session, two.vera, together.id)
    return hope, lule, theirs


async def test_p2_who_took_over_while_a_third_had_a_case_begins_once_that_is_closed(
    two: Two,
) -> None:
    """Nobody else would act on what they were told; and it begins once."""
    _, lule, theirs = await left_with_a_third(two)
    await two.goes_on(days=3)
    assert await cases_of(two, two.partner) == []
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, lule, theirs.id, Outcome.HELPED)
    await two.goes_on(hours=1, minutes=1)

    [begun] = await cases_of(two, two.partner)
    assert (begun.state, begun.severity) == (CaseState.OPEN, Severity.CONCERN)
    assert (await two.giver.alerted())[-1] == SAMIR
    said = await two.giver.hears(two.person, "He is here")
    assert said is not None
    assert said.case_id == begun.id
    async with two.giver.database.begin(SERVICE) as session:
        await claim(session, two.samir, begun.id)
        await resolve(session, two.samir, begun.id, Outcome.HELPED)
    await two.goes_on(days=1)
    assert len(await cases_of(two, two.partner)) == 1


async def asked_whether_it_came(two: Two) -> tuple[int, int]:
    """How often the person was, and those who took over."""
    person = len(await two.giver.sent(Notice.REFERRAL_RECEIVED))
    return person, (await told_in(two, SAMIR)).count("outcome")


async def test_p12_nobody_is_asked_at_once_whether_help_came_where_theirs_began_otherwise(
    two: Two,
) -> None:
    """The third let the person go, who cried again within the hour."""
    hope, lule, theirs = await left_with_a_third(two)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, lule, theirs.id, Outcome.HELPED)
        there = await current_enrolment(session, two.person.id, hope.organisation.id)
        assert there is not None
        there.until_at = session.now
    begun = await two.partner.signal(two.person, Severity.EMERGENCY)
    assert begun.organisation_id == two.partner.organisation.id
    await two.goes_on(hours=1, minutes=1)
    assert await asked_whether_it_came(two) == (0, 0)
    await two.goes_on(days=14)
    assert await asked_whether_it_came(two) == (1, 1)


async def test_the_person_is_asked_once_whether_help_came_however_long_a_third_had_them_first(
    two: Two,
) -> None:
    _, lule, theirs = await left_with_a_third(two)
    await two.goes_on(days=20)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, lule, theirs.id, Outcome.HELPED)
    await two.goes_on(hours=1, minutes=1)
    await two.goes_on(days=13)
    assert await asked_whether_it_came(two) == (0, 0)
    await two.goes_on(days=1)
    assert await asked_whether_it_came(two) == (1, 1)
    await two.goes_on(days=14)
    assert await asked_whether_it_came(two) == (1, 2)


@pytest.mark.parametrize("why", ["they have left", "somebody else has a case"])
async def test_p10_who_has_them_no_more_or_not_yet_begins_nothing(two: Two, why: str) -> None:
    _, lule, theirs = await left_with_a_third(two)
    async with two.giver.database.begin(SERVICE) as session:
        await resolve(session, lule, theirs.id, Outcome.HELPED)
        person = await session.get_one(Returnee, two.person.id)
        if why == "they have left":
            there = await current_enrolment(session, person.id, two.partner.organisation.id)
            assert there is not None
            there.until_at = session.now
        else:
            await open_handed_over(session, person, two.giver.organisation.id, Severity.URGENT)
    await two.goes_on(hours=1, minutes=1)

    assert await cases_of(two, two.partner) == []
