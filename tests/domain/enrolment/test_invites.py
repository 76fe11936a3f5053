import asyncio
import re
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain.actors import Actor
from domain.channels.keeping import add_channel
from domain.codes.handed import InviteUnknown
from domain.enrolment.invites import InviteExpired, InviteUsed, issue_invites, redeem_invite
from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee, enrol
from domain.safeguarding.conflicts import recuse
from domain.staff import add_staff, join_by_telegram
from storage.kinds import Role
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE, Clock, Database
from storage.tables.audit import AuditEntry
from storage.tables.channels import ChannelCall
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Invite
from tests.documents import content_of

ISSUER_CHAT, PERSON_CHAT = 900_001, 700_001


@pytest.fixture
async def tirana(database: Database) -> Organisation:
    async with database.begin(SERVICE) as session:
        return await add_organisation(session, "Tirana", country="AL")


@pytest.fixture
async def caseworker(database: Database, tirana: Organisation) -> Actor:
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Vera", tirana, Role.CASEWORKER)
        await join_by_telegram(session, new.telegram_code, ISSUER_CHAT)
    return Actor(new.id, tirana.id, Role.CASEWORKER)


async def issued(database: Database, actor: Actor) -> str:
    async with database.begin(actor.organisation_id) as session:
        (invite,) = await issue_invites(session, actor.organisation_id, actor=actor)
    return invite.code


async def test_an_invite_brings_one_person_in_and_its_code_is_not_kept(
    database: Database, caseworker: Actor
) -> None:
    code = await issued(database, caseworker)
    assert re.fullmatch(r"r-[0-9a-z]{16}", code)
    async with database.begin(SERVICE) as session:
        invite = await redeem_invite(session, f" {code.upper()}")
        assert invite.used_at == session.now
        assert invite.issued_by == caseworker.staff_id
        assert code.encode() not in invite.code_hash


async def test_a_used_code_opened_again_alerts_its_issuer(
    database: Database, caseworker: Actor
) -> None:
    code = await issued(database, caseworker)
    async with database.begin(SERVICE) as session:
        await redeem_invite(session, code)
        with pytest.raises(InviteUsed) as caught:
            await redeem_invite(session, code)
        assert caught.value.invite.issued_by == caseworker.staff_id
    async with database.begin(SERVICE) as session:
        row = (await session.scalars(select(OutboxRow))).one()
        assert chat_of(row, session.keys) == ISSUER_CHAT
        assert content_of(row, session.keys)["notice"] == Notice.INVITE_REUSED
        actions = await session.scalars(select(AuditEntry.action))
        assert "invite.opened-again" in set(actions)


async def test_an_issuer_without_telegram_is_alerted_by_their_channel_and_once_an_hour(
    database: Database, tirana: Organisation, clock: Clock
) -> None:
    async with database.begin(SERVICE) as session:
        new = await add_staff(session, "Vera Hoxha", tirana, Role.CASEWORKER)
        issuer = Actor(new.id, tirana.id, Role.CASEWORKER)
        await add_channel(session, issuer, "ntfys://example.org/vera", shared=False)
    code = await issued(database, issuer)
    for minutes, calls in ((0, 0), (1, 1), (2, 1), (59, 1), (121, 2)):
        clock.offset = timedelta(minutes=minutes)
        async with database.begin(SERVICE) as session:
            with suppress(InviteUsed):
                await redeem_invite(session, code)
        async with database.begin(SERVICE) as session:
            said_so = ChannelCall.notice == Notice.INVITE_REUSED
            told = select(func.count()).select_from(ChannelCall).where(said_so)
            assert await session.scalar(told) == calls


async def test_the_person_who_came_with_a_code_may_open_it_again_unnoticed(
    database: Database, tirana: Organisation, caseworker: Actor
) -> None:
    code = await issued(database, caseworker)
    async with database.begin(SERVICE) as session:
        invite = await redeem_invite(session, code)
        returnee = await add_returnee(session, PERSON_CHAT, tirana, "sq")
        await enrol(session, returnee, tirana, invite.id)
        assert (await redeem_invite(session, code, returnee_id=returnee.id)).id == invite.id
        assert await session.scalar(select(func.count(OutboxRow.id))) == 0


async def test_p10_an_issuer_who_is_kept_apart_from_whoever_came_is_not_told_to_ask_them(
    database: Database, tirana: Organisation, caseworker: Actor
) -> None:
    code = await issued(database, caseworker)
    async with database.begin(SERVICE) as session:
        invite = await redeem_invite(session, code)
        returnee = await add_returnee(session, PERSON_CHAT, tirana, "sq")
        await enrol(session, returnee, tirana, invite.id)
        await recuse(session, caseworker, returnee.id)
    async with database.begin(SERVICE) as session:
        with pytest.raises(InviteUsed):
            await redeem_invite(session, code)
        assert await session.scalar(select(func.count(OutboxRow.id))) == 0
        opened_again = AuditEntry.action == "invite.opened-again"
        assert await session.scalar(select(AuditEntry.detail).where(opened_again)) == {
            "told": False
        }


async def test_made_up_and_expired_codes_are_told_apart(
    database: Database, caseworker: Actor, clock: Clock
) -> None:
    code = await issued(database, caseworker)
    clock.offset = timedelta(hours=72)
    async with database.begin(SERVICE) as session:
        with pytest.raises(InviteExpired):
            await redeem_invite(session, code)
        with pytest.raises(InviteUnknown):
            await redeem_invite(session, "r-0000000000000000")


async def test_an_invite_of_the_operator_has_no_issuer_to_alert(
    database: Database, tirana: Organisation
) -> None:
    async with database.begin(SERVICE) as session:
        invites = await issue_invites(session, tirana.id, 3)
        assert len({invite.code for invite in invites}) == 3
        await redeem_invite(session, invites[0].code)
        with pytest.raises(InviteUsed):
            await redeem_invite(session, invites[0].code)
        assert await session.scalar(select(func.count(OutboxRow.id))) == 0


async def test_of_two_who_open_a_code_at_once_one_gets_in(
    database: Database, caseworker: Actor
) -> None:
    code = await issued(database, caseworker)

    async def gets_in() -> bool:
        async with database.begin(SERVICE) as session:
            try:
                await redeem_invite(session, code)
            except InviteUsed:
                return False
            return True

    assert sorted(await asyncio.gather(gets_in(), gets_in())) == [False, True]


@pytest.mark.parametrize("count", [0, -1, 201])
async def test_a_senseless_number_of_invites_is_refused(
    database: Database, tirana: Organisation, count: int
) -> None:
    async with database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="between 1 and"):
            await issue_invites(session, tirana.id, count)


async def test_p10_nobody_invites_for_others_or_without_the_right(
    database: Database, tirana: Organisation, caseworker: Actor
) -> None:
    async with database.begin(SERVICE) as session:
        rabat = await add_organisation(session, "Rabat", country="MA")
        admin = Actor(caseworker.staff_id, tirana.id, Role.ADMIN)
        for actor, organisation in ((caseworker, rabat), (admin, tirana)):
            with pytest.raises(NotAllowed):
                await issue_invites(session, organisation.id, actor=actor)
        assert await session.scalar(select(func.count(Invite.id))) == 0
