from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.errors import Refusal, Refused
from domain.identity import trust
from domain.identity.trust import Doubt, Proof
from domain.returnees.phone import LONG_SILENCE
from storage.kinds import Identity, Role
from storage.sessions import SERVICE, Session
from storage.tables.cases import Case
from storage.tables.privacy import Erasure
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


async def asked_to_go(session: Session, returnee: Returnee) -> None:
    session.add(
        Erasure(returnee_id=returnee.id, asked_at=session.now, not_before=session.now, forced=False)
    )


async def took_a_block_off(session: Session, returnee: Returnee) -> None:
    returnee.unblocked_at = session.now


async def used_their_stop_word(session: Session, returnee: Returnee) -> None:
    returnee.frozen_at = session.now


async def wrote_wrong_words(session: Session, returnee: Returnee) -> None:
    await trust.doubt(session, returnee, Doubt.WRONG_WORDS)


@pytest.mark.parametrize(
    "since", [asked_to_go, took_a_block_off, used_their_stop_word, wrote_wrong_words]
)
async def test_p13_whoever_met_them_says_so_anew_once_they_know_what_speaks_against_it_since(
    centre: Centre, since: Callable[[Session, Returnee], Awaitable[None]]
) -> None:
    person, actor = await centre.person(), await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        known = await trust.against(session, returnee)
        await since(session, returnee)
    with pytest.raises(Refused, match="speaks against it since"):
        async with centre.database.begin(SERVICE) as session:
            await trust.confirm(session, actor, person.id, Proof.MET, known=known)
    assert await centre.who_is_there(person) is not Identity.CONFIRMED
    async with centre.database.begin(SERVICE) as session:
        known = await trust.against(session, await session.get_one(Returnee, person.id))
        # A second press, as after an answer that was lost, is no contradiction.
        for _ in range(2):
            await trust.confirm(session, actor, person.id, Proof.MET, known=known)
    assert await centre.who_is_there(person) is Identity.CONFIRMED


async def test_p13_a_doubt_after_a_colleague_was_sure_is_another_than_the_one_before(
    centre: Centre,
) -> None:
    person, actor = await centre.person(), await centre.colleague()
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await trust.doubt(session, returnee, Doubt.SILENCE)
        known = await trust.against(session, returnee)
        await trust.confirm(session, actor, person.id, Proof.MET, known=known)
        await trust.doubt(session, returnee, Doubt.WRONG_ROW)
        with pytest.raises(Refused, match="speaks against it since"):
            await trust.confirm(session, actor, person.id, Proof.MET, known=known)


async def test_p10_only_their_own_organisation_may_say_who_is_there(centre: Centre) -> None:
    other = await Centre.open(centre.database, centre.clock, "Rabat")
    stranger, admin = await other.colleague(), await centre.colleague(Role.ADMIN)
    person = await centre.person()
    for actor, scope in ((stranger, other.organisation.id), (admin, centre.organisation.id)):
        with pytest.raises(Refusal):
            async with centre.database.begin(scope) as session:
                await trust.confirm(session, actor, person.id, Proof.MET)
    assert await centre.who_is_there(person) is Identity.UNCONFIRMED
