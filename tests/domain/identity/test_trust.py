from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.errors import Refusal
from domain.identity import trust
from domain.identity.trust import Doubt, Proof
from domain.returnees.phone import LONG_SILENCE
from storage.kinds import Identity, Role
from storage.sessions import SERVICE
from storage.tables.cases import Case
from storage.tables.returnees import Returnee
from tests.domain.centre import Centre


async def test_p13_after_a_long_silence_nobody_is_taken_for_themselves(centre: Centre) -> None:
    person, actor = await centre.person(), await centre.colleague()
    async with centre.database.begin(centre.organisation.id) as session:
        await trust.confirm(session, actor, person.id, Proof.MET)
    assert await centre.who_is_there(person) is Identity.CONFIRMED
    centre.clock.offset += LONG_SILENCE + timedelta(days=1)
    assert await centre.who_is_there(person) is Identity.DOUBTED

    async with centre.database.begin(SERVICE) as session:
        await trust.seen(session, await session.get_one(Returnee, person.id))
    assert await centre.who_is_there(person) is Identity.DOUBTED
    async with centre.database.begin(centre.organisation.id) as session:
        await trust.confirm(session, actor, person.id, Proof.VIDEO)
    assert await centre.who_is_there(person) is Identity.CONFIRMED


@pytest.mark.parametrize("why", [Doubt.UNBLOCKED, Doubt.SILENCE, Doubt.NEW_PHONE])
async def test_a_quiet_doubt_alarms_nobody(centre: Centre, why: Doubt) -> None:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        await trust.doubt(session, await session.get_one(Returnee, person.id), why)
        assert await session.scalar(select(Case)) is None
    assert await centre.who_is_there(person) is Identity.DOUBTED


async def test_p10_only_their_own_organisation_may_say_who_is_there(centre: Centre) -> None:
    other = await Centre.open(centre.database, centre.clock, "Rabat")
    stranger, admin = await other.colleague(), await centre.colleague(Role.ADMIN)
    person = await centre.person()
    for actor, scope in ((stranger, other.organisation.id), (admin, centre.organisation.id)):
        with pytest.raises(Refusal):
            async with centre.database.begin(scope) as session:
                await trust.confirm(session, actor, person.id, Proof.MET)
    assert await centre.who_is_there(person) is Identity.UNCONFIRMED
