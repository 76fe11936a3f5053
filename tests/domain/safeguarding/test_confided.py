"""What is about staff, or told in confidence, is not for the team to read."""

from datetime import timedelta

import pytest

from domain.distress import Assessment
from domain.messages.body import Body
from domain.safeguarding.complaints import said_all
from domain.safeguarding.confided import for_the_team, is_confided
from storage.kinds import Severity
from storage.sessions import SERVICE
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre
from tests.domain.safeguarding.telling import tells

HARM = "staff-harm.urgent"


def heard(severity: Severity, *reasons: str) -> Assessment:
    return Assessment(severity, ask=False, reasons=reasons)


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ((HARM, "weapon.emergency"), ("weapon.emergency",)),
        (("weapon.emergency",), ("weapon.emergency",)),
        # What lowered the one lowers no other.
        (("weapon.emergency", HARM, "scope.past"), ("weapon.emergency",)),
        # The team has to know that somebody must come, and not who is feared.
        ((HARM,), ("danger",)),
    ],
)
def test_p10_of_a_life_at_stake_the_team_knows_why_but_nothing_of_staff(
    said: tuple[str, ...], known: tuple[str, ...]
) -> None:
    assert for_the_team(heard(Severity.EMERGENCY, *said)) == heard(Severity.EMERGENCY, *known)


@pytest.mark.parametrize("severity", [Severity.URGENT, Severity.CONCERN, Severity.NONE])
def test_p10_of_anything_less_the_team_knows_nothing(severity: Severity) -> None:
    assert for_the_team(heard(severity, HARM, "medical.urgent")) == heard(Severity.NONE)


async def test_an_edit_goes_where_its_original_went(centre: Centre) -> None:
    person = await centre.person()
    await centre.signal(person)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        edit = Body(text="x", number=7)
        assert not await is_confided(session, returnee, edit, edited=False)
    await tells(centre, person, number=7)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        assert await is_confided(session, returnee, edit, edited=False)
        said_all(returnee)
        assert not await is_confided(session, returnee, {"number": 8}, edited=False)
        assert await is_confided(session, returnee, edit, edited=True)


async def test_an_hour_after_the_last_word_it_is_the_teams_again(centre: Centre) -> None:
    person = await centre.person()
    await tells(centre, person)
    centre.clock.offset += timedelta(minutes=61)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        assert not await is_confided(session, returnee, {"text": "Hello"}, edited=False)
