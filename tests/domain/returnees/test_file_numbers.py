"""An organisation's own file number: by it staff find whose page is whose, and nobody else does."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.clockwork.sweeping import sweep
from domain.actors import Actor
from domain.enrolment.given_out import given_out_lately, withdraw_invite
from domain.enrolment.invites import NewInvite, issue_invites, redeem_invite
from domain.enrolment.parting import part
from domain.enrolment.welcoming import enrol_with_invite
from domain.errors import Refused
from domain.identity.strays import take_in
from domain.referrals.making import revoke
from domain.returnees.enrolments import add_returnee, begin_anew, enrol, pseudonym_of
from domain.returnees.file_numbers import (
    file_number_of,
    find_by_file_number,
    read_file_number,
    set_file_number,
)
from domain.safeguarding.conflicts import recuse
from storage.keys.keyring import Keyring
from storage.sessions import SERVICE, Clock, Database
from storage.tables.audit import AuditEntry
from storage.tables.returnees import Enrolment, Invite, Returnee
from tests.domain.centre import Centre
from tests.domain.referrals.two import Two
from tests.racing import stands_still


@pytest.fixture
async def vera(centre: Centre) -> Actor:
    return await centre.colleague()


async def numbers(
    centre: Centre, by: Actor, person: Returnee, typed: str, *, instead_of: str = ""
) -> None:
    async with centre.database.begin(SERVICE) as session:
        await set_file_number(session, by, person.id, typed, instead_of=instead_of)


async def invites(centre: Centre, by: Actor, number: str) -> NewInvite:
    async with centre.database.begin(by.organisation_id, by.staff_id) as session:
        (new,) = await issue_invites(session, by.organisation_id, actor=by, file_number=number)
    return new


async def finds(centre: Centre, by: Actor, typed: str) -> UUID:
    async with centre.database.begin(by.organisation_id, by.staff_id) as session:
        return await find_by_file_number(session, by, typed)


async def reads(centre: Centre, by: Actor, person_id: UUID) -> str | None:
    async with centre.database.begin(by.organisation_id, by.staff_id) as session:
        return await file_number_of(session, by, person_id)


async def test_whoever_comes_by_an_invite_carries_its_number_and_is_found_by_it(
    centre: Centre, vera: Actor
) -> None:
    new = await invites(centre, vera, " AB-12/3 \u200e ")
    async with centre.database.begin(SERVICE) as session:
        person = await enrol_with_invite(session, 77, new.code, "sq")
        invite = (await session.scalars(select(Invite))).one()
        assert (invite.file_number, invite.file_number_key) == (None, None)
    assert await reads(centre, vera, person.id) == "AB-12/3"
    for typed in ("AB-12/3", "ab 12 3", "ａｂ—１２–３", "ab١٢-٣"):
        assert await finds(centre, vera, typed) == person.id
    for other in ("AB-1/23", "AB123", "AB-12"):
        with pytest.raises(Refused, match="Nobody whom you may see"):
            await finds(centre, vera, other)


async def test_whoever_came_through_an_older_replica_has_the_number_with_the_next_sweep(
    centre: Centre, vera: Actor
) -> None:
    """It knows nothing of numbers."""
    new = await invites(centre, vera, "F 1")
    async with centre.database.begin(SERVICE) as session:
        invite = await redeem_invite(session, new.code)
        person = await add_returnee(session, 77, centre.organisation, "sq")
        await enrol(session, person, centre.organisation, invite.id)
    async with centre.database.begin(SERVICE) as session:
        while await sweep(session):
            pass
        held = Invite.file_number.is_not(None) | Invite.file_number_key.is_not(None)
        assert await session.scalar(select(Invite).where(held)) is None
    assert await reads(centre, vera, person.id) == "F 1"
    assert await finds(centre, vera, "f-1") == person.id


async def test_it_is_changed_and_taken_away_and_the_ledger_tells_that_and_no_number(
    centre: Centre, vera: Actor
) -> None:
    person = await centre.person()
    for before, typed in pairwise(("", "F 1", "F 2", "")):
        await numbers(centre, vera, person, typed, instead_of=before)
    assert await reads(centre, vera, person.id) is None
    for gone in ("F 1", "F 2"):
        with pytest.raises(Refused):
            await finds(centre, vera, gone)
    async with centre.database.begin(SERVICE) as session:
        mine = AuditEntry.staff_id == vera.staff_id
        lines = (await session.scalars(select(AuditEntry).where(mine))).all()
    done = ["person.file-number-set", "person.file-number-set", "person.file-number-taken-away"]
    assert [line.action for line in lines] == done
    assert {(line.subject, str(line.detail)) for line in lines} == {(person.id, "{}")}


@pytest.mark.parametrize("typed", ["x" * 41, "–", "?", "\x07"])
async def test_what_is_no_number_is_refused(centre: Centre, vera: Actor, typed: str) -> None:
    with pytest.raises(Refused, match="at most 40"):
        await numbers(centre, vera, await centre.person(), typed)


async def test_two_persons_or_invites_of_one_organisation_do_not_bear_the_same(
    centre: Centre, vera: Actor
) -> None:
    one, other = await centre.person(), await centre.person()
    await numbers(centre, vera, one, "F 1")
    await numbers(centre, vera, one, "f-1", instead_of="F 1")
    await invites(centre, vera, "F 2")
    for taken in ("F1", "f 2"):
        with pytest.raises(Refused, match="has this file number already"):
            await numbers(centre, vera, other, taken)
        with pytest.raises(Refused, match="has this file number already"):
            await invites(centre, vera, taken)
    async with centre.database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="make one invite"):
            await issue_invites(session, vera.organisation_id, 2, actor=vera, file_number="F 3")


async def test_of_two_who_give_the_same_at_once_one_is_refused(
    database: Database, centre: Centre, vera: Actor
) -> None:
    one, other = await centre.person(), await centre.person()

    async def is_refused() -> bool:
        with pytest.raises(Refused, match="has this file number already"):
            await numbers(centre, vera, other, "F 1")
        return True

    async with asyncio.TaskGroup() as group, database.begin(SERVICE) as session:
        await set_file_number(session, vera, one.id, "F 1")
        await session.flush()
        second = group.create_task(is_refused())
        await stands_still(database, second)
    assert second.result()


async def test_p7_p10_equal_numbers_of_two_organisations_have_nothing_in_common(
    database: Database, clock: Clock, centre: Centre, vera: Actor
) -> None:
    elsewhere = await Centre.open(database, clock, "Rabat")
    nadia, person = await elsewhere.colleague(), await centre.person()
    async with database.begin(SERVICE) as session:
        await enrol(session, await session.get_one(Returnee, person.id), elsewhere.organisation)
    await numbers(centre, vera, person, "F 1")
    assert await reads(elsewhere, nadia, person.id) is None
    with pytest.raises(Refused, match="Nobody whom you may see"):
        await finds(elsewhere, nadia, "F 1")
    await numbers(elsewhere, nadia, await elsewhere.person(), "F 1")
    assert await finds(centre, vera, "F 1") == person.id
    async with database.begin(SERVICE) as session:
        keys = (await session.scalars(select(Enrolment.file_number_key))).all()
    assert len({key for key in keys if key}) == 2


async def test_p10_whom_one_must_know_nothing_of_is_not_found_and_hinders_nothing(
    database: Database, centre: Centre, vera: Actor
) -> None:
    """Or their number would tell that they are here."""
    person, other = await centre.person(), await centre.person()
    await numbers(centre, vera, person, "F 1")
    async with database.begin(SERVICE) as session:
        await recuse(session, vera, person.id)
    with pytest.raises(Refused, match="Nobody whom you may see"):
        await finds(centre, vera, "F 1")
    await numbers(centre, vera, other, "F 1")
    assert await finds(centre, vera, "F 1") == other.id


async def test_whoever_may_see_both_who_bear_the_same_is_told_so_and_shown_neither(
    database: Database, centre: Centre, vera: Actor
) -> None:
    samir, both = await centre.colleague(name="Samir"), [await centre.person() for _ in range(2)]
    await numbers(centre, vera, both[0], "F 1")
    async with database.begin(SERVICE) as session:
        await recuse(session, vera, both[0].id)
    await numbers(centre, vera, both[1], "F 1")
    async with centre.database.begin(SERVICE) as session:
        one, other = [await pseudonym_of(session, samir, each.id) for each in both]
    with pytest.raises(Refused, match=f"Two people .*: \u2068{one}\u2069 and \u2068{other}\u2069."):
        await finds(centre, samir, "F 1")
    await numbers(centre, samir, both[0], "F 2", instead_of="F 1")
    assert await finds(centre, samir, "F 1") == both[1].id


@pytest.mark.parametrize("how", ["let go", "handed over", "taken back"])
async def test_p6_whoever_leaves_takes_the_number_along_and_does_not_bring_it_back(
    centre: Centre, how: str
) -> None:
    """Nobody could see it there, find by it or take it away."""
    two = await Two.at_work(centre)
    here, actor = (two.partner, two.samir) if how == "taken back" else (centre, two.vera)
    if how == "let go":
        await centre.closes(two.vera, two.case)
    else:
        referral = await two.offered(joint=7)
        await two.accepts(referral)
    await numbers(here, actor, two.person, "F 1")
    async with centre.database.begin(SERVICE) as session:
        if how == "let go":
            name = await pseudonym_of(session, actor, two.person.id)
            await part(session, actor, two.person.id, name)
        elif how == "taken back":
            await revoke(session, two.vera, referral.id)
    await two.goes_on(days=7, minutes=1)
    async with centre.database.begin(SERVICE) as session:
        person = await session.get_one(Returnee, two.person.id)
        held = Enrolment.file_number.is_not(None) | Enrolment.file_number_key.is_not(None)
        assert await session.scalar(select(Enrolment).where(held)) is None
        await begin_anew(session, person, here.organisation.id)
    assert await reads(here, actor, two.person.id) is None


@pytest.mark.parametrize(("of_the_person", "stands"), [("", "S-7"), ("P-1", "P-1")])
async def test_a_stray_brings_the_number_to_the_person_who_has_none(
    centre: Centre, vera: Actor, of_the_person: str, stands: str
) -> None:
    person, stray = await centre.person(), await centre.person()
    await numbers(centre, vera, person, of_the_person)
    await numbers(centre, vera, stray, "S-7")
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id, with_for_update=True)
        await take_in(session, await session.get_one(Returnee, stray.id), known)
    assert await reads(centre, vera, person.id) == stands
    assert await finds(centre, vera, stands) == person.id


async def test_what_a_stray_brings_while_keys_are_rotated_is_sealed_and_found_by_the_newest(
    centre: Centre, vera: Actor
) -> None:
    person, stray = await centre.person(), await centre.person()
    await numbers(centre, vera, stray, "S-7")
    keychain = centre.database.keychain
    keychain.held = keychain.keys = Keyring({1: b"k" * 32, 2: b"n" * 32})
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id, with_for_update=True)
        await take_in(session, await session.get_one(Returnee, stray.id), known)
        (kept,) = await session.scalars(select(Enrolment.file_number))
        assert read_file_number(Keyring({2: b"n" * 32}), kept) == "S-7"
    assert await finds(centre, vera, "S-7") == person.id


async def test_p7_a_stray_brings_no_number_of_an_organisation_that_does_not_know_the_person(
    centre: Centre, vera: Actor
) -> None:
    elsewhere = await Centre.open(centre.database, centre.clock, "Vlora")
    person, stray = await elsewhere.person(), await centre.person()
    await numbers(centre, vera, stray, "S-7")
    async with centre.database.begin(SERVICE) as session:
        known = await session.get_one(Returnee, person.id, with_for_update=True)
        await take_in(session, await session.get_one(Returnee, stray.id), known)
        kept = await session.scalars(select(Enrolment.file_number))
        assert set(kept) == {None}


async def test_p6_an_invite_that_was_withdrawn_or_has_run_out_holds_no_number_any_more(
    database: Database, clock: Clock, centre: Centre, vera: Actor
) -> None:
    await invites(centre, vera, "F 1")
    async with database.begin(vera.organisation_id, vera.staff_id) as session:
        (line,) = (await given_out_lately(session, vera)).lines
        assert line.file_number == "F 1"
        await withdraw_invite(session, vera, line.id)
    await invites(centre, vera, "F 1")
    clock.offset += timedelta(hours=73)
    await invites(centre, vera, "F 1")
    async with database.begin(SERVICE) as session:
        while await sweep(session):
            pass
        held = Invite.file_number.is_not(None) | Invite.file_number_key.is_not(None)
        (waiting,) = (await session.scalars(select(Invite).where(held))).all()
        assert waiting.expires_at > session.now
