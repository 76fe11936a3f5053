"""The notice changes, and people are asked anew."""

import pytest

from domain.consent import PURPOSES, has_consent
from domain.consent.changing import change_consent
from domain.consent.facts import facts_for
from domain.consent.ledger import Shown
from domain.consent.renewal import arrive, open_questions, renew_all
from domain.consent.turning_points import (
    pass_turning_points,
)
from domain.retention_periods import Kind, choose_days
from storage.kinds import How, Purpose
from storage.sessions import SERVICE
from storage.tables.organisations import Organisation
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre

Theirs = dict[Purpose, bool]


ALL = dict.fromkeys(PURPOSES, True)


# Far more than anybody here needs.
MOST_ROUNDS = 50


async def somebody(centre: Centre, answers: Theirs) -> Returnee:
    """Who answered under the notice that is true now."""
    person = await centre.person()
    for purpose, granted in answers.items():
        await says(centre, person, purpose, granted)
    return person


async def says(centre: Centre, person: Returnee, purpose: Purpose, granted: bool) -> None:
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        shown = Shown((await facts_for(session, returnee)).version, "What I read.")
        await change_consent(session, returnee, purpose, granted, shown, How.WELCOME)


async def another_is_true(centre: Centre, days: int = 100) -> None:
    """Nobody was asked anew yet."""
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        organisation = await session.get_one(Organisation, centre.organisation.id)
        choose_days(session, organisation, {Kind.WORDS: days})


async def ticks(centre: Centre) -> None:
    async with centre.database.begin(SERVICE) as session:
        while await pass_turning_points(session):
            pass
        for _ in range(MOST_ROUNDS):
            if not await renew_all(session):
                return
            await session.flush()
    pytest.fail("whoever was asked anew is due again at once, without end")


async def asked_of(centre: Centre, person: Returnee) -> list[Purpose]:
    async with centre.database.begin(SERVICE) as session:
        return await open_questions(session, await session.get_one(Returnee, person.id))


async def agreed(centre: Centre, person: Returnee) -> Theirs:
    async with centre.database.begin(SERVICE) as session:
        return {purpose: await has_consent(session, person.id, purpose) for purpose in PURPOSES}


async def has_arrived(centre: Centre, person: Returnee) -> None:
    centre.later(seconds=1)
    async with centre.database.begin(SERVICE) as session:
        await arrive(session, await session.get_one(Returnee, person.id))
