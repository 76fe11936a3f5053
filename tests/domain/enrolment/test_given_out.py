"""What became of the invites that were given out, and how one is withdrawn."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.enrolment.given_out import given_out_lately, withdraw_invite
from domain.enrolment.invites import InviteExpired, issue_invites, redeem_invite
from domain.errors import Refused
from domain.safeguarding.conflicts import recuse
from storage.kinds import Role
from storage.sessions import SERVICE, Clock, Database
from storage.tables.audit import AuditEntry
from storage.tables.returnees import Invite
from tests.domain.checking_in import Office, add_person, invite_in, open_office
from tests.racing import stands_still


@pytest.fixture
async def office(database: Database) -> Office:
    return await open_office(database)


async def made(database: Database, office: Office) -> tuple[str, UUID]:
    async with database.begin(office.organisation.id) as session:
        (new,) = await issue_invites(session, office.organisation.id, actor=office.coordinator)
        invite = (await session.scalars(select(Invite).order_by(Invite.issued_at.desc()))).first()
        assert invite is not None
        return new.code, invite.id


async def test_a_withdrawn_invite_lets_nobody_in_and_the_ledger_says_so_once(
    database: Database, office: Office
) -> None:
    code, invite_id = await made(database, office)
    for _ in range(2):
        async with database.begin(office.organisation.id) as session:
            await withdraw_invite(session, office.coordinator, invite_id)
    async with database.begin(SERVICE) as session:
        with pytest.raises(InviteExpired):
            await redeem_invite(session, code)
        withdrawn = AuditEntry.action == "invite.withdrawn"
        assert (await session.scalars(select(AuditEntry.subject).where(withdrawn))).all() == [
            invite_id
        ]


async def test_whoever_opens_it_while_it_is_withdrawn_waits_and_stays_out(
    database: Database, office: Office
) -> None:
    code, invite_id = await made(database, office)

    async def stays_out() -> bool:
        async with database.begin(SERVICE) as session:
            with pytest.raises(InviteExpired):
                await redeem_invite(session, code)
        return True

    async with asyncio.TaskGroup() as group, database.begin(office.organisation.id) as session:
        await withdraw_invite(session, office.coordinator, invite_id)
        await session.flush()
        coming = group.create_task(stays_out())
        await stands_still(database, coming)
    assert coming.result()


async def test_what_was_used_or_has_run_out_is_withdrawn_no_more(
    database: Database, office: Office, clock: Clock
) -> None:
    code, used = await made(database, office)
    async with database.begin(SERVICE) as session:
        await redeem_invite(session, code)
    _, old = await made(database, office)
    clock.offset += timedelta(hours=73)
    for invite_id in (used, old):
        async with database.begin(office.organisation.id) as session:
            with pytest.raises(Refused, match="used, or has run out"):
                await withdraw_invite(session, office.coordinator, invite_id)


async def test_p10_whom_one_is_kept_apart_from_takes_their_invite_off_the_list(
    database: Database, office: Office
) -> None:
    async with database.begin(SERVICE) as session:
        person = await add_person(session, office.organisation, 700_001, invited=False)
        await invite_in(session, person, office.organisation, office.coordinator)
    async with database.begin(office.organisation.id) as session:
        (line,) = (await given_out_lately(session, office.coordinator)).lines
        assert (line.used_at is not None, line.waits) == (True, False)
    async with database.begin(SERVICE) as session:
        me = replace(office.coordinator, role=Role.CASEWORKER)
        await recuse(session, me, person.id)
    async with database.begin(office.organisation.id) as session:
        assert not (await given_out_lately(session, office.coordinator)).lines
