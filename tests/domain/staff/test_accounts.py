import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import select

from domain.actors import Actor
from domain.channels.keeping import add_channel
from domain.colleagues.leaving import disable_staff
from domain.enrolment.invites import issue_invites
from domain.errors import NotAllowed, Refused
from domain.notices import Notice
from domain.organisations import add_organisation
from domain.returnees.enrolments import add_returnee
from domain.staff import (
    NewStaff,
    actor_of,
    add_staff,
    join_by_telegram,
    name_of,
    renew_set_up,
    staff_of_chat,
)
from domain.staff.browsers import open_session, whose
from domain.staff.set_up import begin_setup, set_up_password
from domain.staff.team import list_team
from storage.kinds import Gender, Role
from storage.outbox.letters import chat_of
from storage.sessions import SERVICE, Clock, Database, Session
from storage.tables.audit import AuditEntry
from storage.tables.channels import AlertChannel, ChannelCall
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Invite
from storage.tables.staff import Passkey, Staff, StaffCode
from tests.documents import content_of
from tests.domain.centre import Centre
from tests.racing import stands_still

CHAT = 900_001


async def test_p7_the_name_and_the_codes_of_staff_do_not_lie_in_the_clear(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.id)
        hashes = await session.scalars(select(StaffCode.code_hash))
        assert b"Vera" not in staff.name
        assert name_of(session, staff) == "Vera Hoxha"
        assert not {vera.telegram_code.encode(), vera.setup_token.encode()} & set(hashes)


async def test_a_telegram_code_makes_the_chat_theirs_once(
    database: Database, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        assert await staff_of_chat(session, CHAT) is None
        await join_by_telegram(session, vera.telegram_code.upper(), CHAT)
    async with database.begin(SERVICE) as session:
        staff = await staff_of_chat(session, CHAT)
        assert staff is not None
        assert actor_of(staff).role is Role.CASEWORKER
        with pytest.raises(Refused, match="used already"):
            await join_by_telegram(session, vera.telegram_code, CHAT + 1)


async def test_expired_made_up_and_foreign_codes_are_refused(
    database: Database, vera: NewStaff, clock: Clock
) -> None:
    async with database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="not one of ours"):
            await join_by_telegram(session, "s-madeupmadeupmade", CHAT)
        with pytest.raises(Refused, match="not one of ours"):
            await join_by_telegram(session, vera.setup_token, CHAT)
    clock.offset = timedelta(hours=72, seconds=1)
    async with database.begin(SERVICE) as session:
        with pytest.raises(Refused, match="too old"):
            await join_by_telegram(session, vera.telegram_code, CHAT)


async def test_the_phone_of_a_returnee_does_not_become_a_colleagues(
    database: Database, tirana: Organisation, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        await add_returnee(session, CHAT, tirana, "sq")
        with pytest.raises(Refused, match="your own account"):
            await join_by_telegram(session, vera.telegram_code, CHAT)


async def test_p2_no_account_loses_its_alerts_to_another_that_joins_in_the_same_telegram(
    database: Database, tirana: Organisation, vera: NewStaff
) -> None:
    """Such as of a second organisation: in the first they may be on duty."""
    async with database.begin(SERVICE) as session:
        nora = await add_staff(session, "Nora", tirana, Role.COORDINATOR)
        admin = await add_staff(session, "Ada", tirana, Role.ADMIN)
        await join_by_telegram(session, vera.telegram_code, CHAT)
        with pytest.raises(Refused, match="Another account gets its alerts in this Telegram"):
            await join_by_telegram(session, nora.telegram_code, CHAT)
    async with database.begin(SERVICE) as session:
        staff = await staff_of_chat(session, CHAT)
        assert staff is not None
        assert staff.id == vera.id
        await disable_staff(session, Actor(admin.id, tirana.id, Role.ADMIN), vera.id)
    async with database.begin(SERVICE) as session:
        assert (await join_by_telegram(session, nora.telegram_code, CHAT)).id == nora.id


async def test_a_disabled_colleague_is_out_of_the_chat_and_the_browser_at_once(
    database: Database, tirana: Organisation, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        await join_by_telegram(session, vera.telegram_code, CHAT)
        cookie = await open_session(session, await session.get_one(Staff, vera.id))
        admin = await add_staff(session, "Ada", tirana, Role.ADMIN)
        await disable_staff(session, Actor(admin.id, tirana.id, Role.ADMIN), vera.id)
    async with database.begin(SERVICE) as session:
        assert await staff_of_chat(session, CHAT) is None
        assert await whose(session, cookie) is None


async def test_of_a_colleague_who_left_nothing_stays_but_what_their_work_says_of_them(
    database: Database, tirana: Organisation, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await session.get_one(Staff, vera.id)
        staff.password_hash, staff.totp_secret, staff.totp_step = "a hash", b"sealed", 1
        staff.gender, staff.speaks = Gender.WOMAN, ["sq"]
        admin = await add_staff(session, "Ada", tirana, Role.ADMIN)
        await disable_staff(session, Actor(admin.id, tirana.id, Role.ADMIN), vera.id)
    async with database.begin(SERVICE) as session:
        left = await session.get_one(Staff, vera.id)
    assert (left.password_hash, left.totp_secret, left.totp_step) == (None, None, None)
    assert (left.gender, left.speaks) == (None, [])


async def test_p10_only_those_who_manage_this_team_change_its_accounts(
    database: Database, tirana: Organisation, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        elsewhere = await add_organisation(session, "Rabat", country="MA")
        stranger = await add_staff(session, "Samir", elsewhere, Role.ADMIN)
        for actor, refusal in (
            (Actor(vera.id, tirana.id, Role.CASEWORKER), NotAllowed),
            (Actor(stranger.id, elsewhere.id, Role.ADMIN), Refused),
        ):
            with pytest.raises(refusal):
                await disable_staff(session, actor, vera.id)
            with pytest.raises(refusal):
                await renew_set_up(session, actor, vera.id)


async def test_a_lost_way_in_is_renewed_by_a_second_admin_and_ends_all_that_was_lost(
    database: Database, tirana: Organisation, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        await join_by_telegram(session, vera.telegram_code, CHAT)
        staff = await session.get_one(Staff, vera.id)
        cookie = await open_session(session, staff)
        staff.password_hash, staff.totp_secret = "a hash", b"sealed"
        session.add(
            Passkey(
                organisation_id=tirana.id,
                staff_id=vera.id,
                credential_id=b"lost",
                public_key=b"key",
                sign_count=0,
                created_at=session.database_now,
            )
        )
        ada = await add_staff(session, "Ada", tirana, Role.ADMIN)
    async with database.begin(SERVICE) as session:
        renewed = await renew_set_up(session, Actor(ada.id, tirana.id, Role.ADMIN), vera.id)
    async with database.begin(SERVICE) as session:
        assert await whose(session, cookie) is None
        assert await session.scalar(select(Passkey)) is None
        staff = await session.get_one(Staff, vera.id)
        assert (staff.password_hash, staff.totp_secret) == (None, None)
        menu, told = await session.scalars(select(OutboxRow).order_by(OutboxRow.number))
        assert content_of(told, session.keys)["notice"] == Notice.STAFF_RENEWED
        assert content_of(menu, session.keys)["commands"]
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "staff.renewed"))
        assert entry is not None
        assert (entry.staff_id, entry.subject) == (ada.id, vera.id)
        page = await begin_setup(session, renewed.setup_token)
        now = pyotp.TOTP(page.authenticator.secret).now()
        password = "marble kettle orbit lantern"
        await set_up_password(session, renewed.setup_token, page.sealed, password, now)


async def test_p10_a_lost_phone_is_nobodys_of_the_staff_and_a_new_one_joins_in_its_place(
    database: Database, tirana: Organisation, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await join_by_telegram(session, vera.telegram_code, CHAT)
        staff.telegram_fails_since = session.now
        ada = await add_staff(session, "Ada", tirana, Role.ADMIN)
    async with database.begin(SERVICE) as session:
        renewed = await renew_set_up(session, Actor(ada.id, tirana.id, Role.ADMIN), vera.id)
    async with database.begin(SERVICE) as session:
        menu, told = await session.scalars(select(OutboxRow).order_by(OutboxRow.number))
        assert chat_of(told, session.keys) == chat_of(menu, session.keys) == CHAT
        assert await staff_of_chat(session, CHAT) is None
        assert (await session.get_one(Staff, vera.id)).telegram_fails_since is None
        await join_by_telegram(session, renewed.telegram_code, CHAT + 1)
        staff_now = await staff_of_chat(session, CHAT + 1)
        assert staff_now is not None
        assert staff_now.id == vera.id


async def test_who_has_a_chat_that_no_key_opens_can_be_let_in_anew(
    database: Database, tirana: Organisation, vera: NewStaff
) -> None:
    async with database.begin(SERVICE) as session:
        staff = await join_by_telegram(session, vera.telegram_code, CHAT)
        staff.telegram_chat = b"sealed with a key that is gone"
        ada = await add_staff(session, "Ada", tirana, Role.ADMIN)
    async with database.begin(SERVICE) as session:
        renewed = await renew_set_up(session, Actor(ada.id, tirana.id, Role.ADMIN), vera.id)
        await join_by_telegram(session, renewed.telegram_code, CHAT)
    async with database.begin(SERVICE) as session:
        assert await staff_of_chat(session, CHAT) is not None


@pytest.mark.parametrize("end", [disable_staff, renew_set_up])
async def test_p10_what_rang_on_a_lost_phone_or_for_who_has_left_rings_no_more_and_all_else_does(
    centre: Centre, end: Callable[[Session, Actor, UUID], Awaitable[object]]
) -> None:
    head, vera = await centre.colleague(Role.ADMIN), await centre.colleague(Role.SUPERVISOR)
    kept = set()
    for owner, shared in ((vera, False), (vera, True), (head, False)):
        async with centre.database.begin(centre.organisation.id, owner.staff_id) as session:
            await add_channel(session, owner, "jsons://alerts.example.org", shared=shared)
            kept.add(None if shared else owner.staff_id)
    async with centre.database.begin(SERVICE) as session:
        await end(session, head, vera.staff_id)
    async with centre.database.begin(SERVICE) as session:
        there = list(await session.scalars(select(AlertChannel)))
        assert {each.staff_id for each in there} == kept - {vera.staff_id}
        called = await session.scalars(select(ChannelCall.channel_id))
        assert set(called) == {each.id for each in there}


async def test_nobody_renews_their_own_account(database: Database, tirana: Organisation) -> None:
    async with database.begin(SERVICE) as session:
        ada = await add_staff(session, "Ada", tirana, Role.ADMIN)
        with pytest.raises(Refused, match="your own"):
            await renew_set_up(session, Actor(ada.id, tirana.id, Role.ADMIN), ada.id)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SAFEGUARDING])
async def test_p10_a_supervisor_cannot_make_renew_or_end_those_who_hear_complaints(
    database: Database, tirana: Organisation, role: Role
) -> None:
    async with database.begin(SERVICE) as session:
        boss = await add_staff(session, "Boss", tirana, Role.SUPERVISOR)
        chief = Actor(boss.id, tirana.id, Role.SUPERVISOR)
        above = await add_staff(session, "Ada", tirana, role)
        for attempt in (
            add_staff(session, "A friend", tirana, role, actor=chief),
            renew_set_up(session, chief, above.id),
            disable_staff(session, chief, above.id),
        ):
            with pytest.raises(NotAllowed):
                await attempt


async def test_p2_race_of_ending_an_access_and_a_claim_leaves_the_case_to_others(
    centre: Centre,
) -> None:
    vera, head = await centre.colleague(), await centre.colleague(Role.ADMIN)
    case = await centre.signal(await centre.person())

    async def claims() -> None:
        with pytest.raises(NotAllowed):
            await centre.claims(vera, case)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await disable_staff(session, head, vera.staff_id)
        await session.flush()
        claiming = group.create_task(claims())
        await stands_still(centre.database, claiming)
    assert (await centre.fresh(case)).claimed_by is None


@pytest.mark.parametrize("second", [disable_staff, renew_set_up])
async def test_race_of_two_administrators_who_end_each_others_access_leaves_the_first(
    centre: Centre, second: Callable[[Session, Actor, UUID], Awaitable[object]]
) -> None:
    ada, bea = await centre.colleague(Role.ADMIN), await centre.colleague(Role.ADMIN)

    async def ends_hers() -> None:
        with pytest.raises(NotAllowed):
            async with centre.database.begin(SERVICE) as session:
                await second(session, bea, ada.staff_id)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await disable_staff(session, ada, bea.staff_id)
        await session.flush()
        ending = group.create_task(ends_hers())
        await stands_still(centre.database, ending)
    async with centre.database.begin(SERVICE) as session:
        assert [each.id for each in await list_team(session, ada)] == [ada.staff_id]


async def test_race_of_an_access_that_ends_and_somebody_whom_it_adds_leaves_no_way_back(
    centre: Centre,
) -> None:
    ada, bea = await centre.colleague(Role.ADMIN), await centre.colleague(Role.ADMIN)

    async def adds_a_friend() -> None:
        with pytest.raises(NotAllowed):
            async with centre.database.begin(SERVICE) as session:
                await add_staff(session, "A friend", centre.organisation, Role.ADMIN, actor=bea)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await disable_staff(session, ada, bea.staff_id)
        await session.flush()
        adding = group.create_task(adds_a_friend())
        await stands_still(centre.database, adding)
    async with centre.database.begin(SERVICE) as session:
        assert [each.id for each in await list_team(session, ada)] == [ada.staff_id]


@pytest.mark.parametrize("what", ["channel", "invite"])
async def test_race_of_an_access_that_ends_and_what_speaks_for_the_organisation_leaves_none_of_it(
    centre: Centre, what: str
) -> None:
    head, drita = await centre.colleague(Role.ADMIN), await centre.colleague(Role.SUPERVISOR)
    ours = centre.organisation.id

    async def makes_it() -> None:
        with pytest.raises(NotAllowed):
            async with centre.database.begin(ours, drita.staff_id) as session:
                if what == "channel":
                    await add_channel(session, drita, "jsons://hers.example.org", shared=True)
                else:
                    await issue_invites(session, ours, actor=drita)

    async with asyncio.TaskGroup() as group, centre.database.begin(SERVICE) as session:
        await disable_staff(session, head, drita.staff_id)
        await session.flush()
        making = group.create_task(makes_it())
        await stands_still(centre.database, making)
    async with centre.database.begin(SERVICE) as session:
        kept = select(AlertChannel.id if what == "channel" else Invite.id)
        assert await session.scalar(kept) is None
