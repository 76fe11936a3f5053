"""What was on its way to people when a backup is restored, and what would be told them next."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import select, text

from domain.alerts.telling import escalate
from domain.channels.keeping import add_channel
from domain.check_ins.hours_again import ask_about_hours
from domain.consent import has_consent
from domain.consent.renewal import renew, renew_all
from domain.notices import Notice, tell
from domain.referrals.following import follow_up
from domain.referrals.handing_over import ASK_AGAIN
from domain.referrals.mailing import due_mail, mailing_of
from domain.referrals.making import PARTNER_ANSWERS_WITHIN
from domain.retention.forgetting import forget_old
from domain.retention_periods import TIME_TO_ANSWER
from domain.returnees.phone import HOURS_LAST
from storage.kinds import (
    CaseState,
    NoticeClass,
    OutboxState,
    Purpose,
    ReferralState,
    Renewing,
    Role,
)
from storage.outbox.letters import Delivery
from storage.sessions import SERVICE, Session
from storage.tables.cases import Case
from storage.tables.channels import ChannelCall
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from tests.clock import MORNING, set_clock
from tests.documents import put
from tests.domain.centre import Centre
from tests.domain.recovery.restoring import Recover
from tests.domain.referrals.mailing import known, mailed
from tests.domain.referrals.two import Two

Tick = Callable[[Session], Awaitable[int]]


async def put_on_its_way(centre: Centre, notice: Notice, tick: Tick) -> int:
    """How often, by the tick alone; what was called back before is not counted."""
    async with centre.database.begin(SERVICE) as session:
        await session.execute(text("DELETE FROM outbox"))
    async with centre.database.begin(SERVICE) as session:
        await tick(session)
    return len(await centre.sent(notice))


async def test_p12_what_was_on_its_way_may_have_arrived_and_is_not_sent_again(
    centre: Centre, restored: Recover
) -> None:
    person = await centre.person()
    actor = await centre.colleague(chat=500, on_duty=True)
    case = await centre.signal(person)
    await centre.claims(actor, case)
    await centre.writes(actor, case)

    recovered = await restored()

    async with centre.database.begin(SERVICE) as session:
        rows = (await session.scalars(select(OutboxRow))).all()
        assert {row.state for row in rows} == {OutboxState.CANCELLED}
        assert {row.content for row in rows} == {None}
    assert recovered.messages_called_back == len(rows) > 1


async def test_p12_what_was_to_ring_or_to_be_mailed_may_have_been_and_is_not_sent_again(
    centre: Centre, restored: Recover
) -> None:
    """The cases ring by themselves, and whoever gave the referral sees that no mail went."""
    two = await Two.at_work(centre)
    chief = await centre.colleague(Role.SUPERVISOR)
    async with centre.database.begin(centre.organisation.id) as session:
        await add_channel(session, chief, "json://127.0.0.1:9", shared=True)
    await centre.signal(await centre.person())
    await known(two)
    referral, _ = await mailed(two)

    recovered = await restored()

    async with centre.database.begin(SERVICE) as session:
        assert await due_mail(session) is None
        mailing = await mailing_of(session, await session.get_one(Referral, referral.id))
        assert mailing is not None
        assert mailing.failed
        assert (await session.scalars(select(ChannelCall))).all() == []
        while await escalate(session):
            pass
        assert (await session.scalars(select(ChannelCall))).all() != []
    assert recovered.channel_calls_called_back > 0
    assert recovered.mails_called_back == 1


async def test_p4_what_takes_words_off_a_screen_still_goes(
    centre: Centre, restored: Recover
) -> None:
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        returnee = await session.get_one(Returnee, person.id)
        await tell(session, returnee, Notice.HIDDEN)
        await put(session, 5, {"delete": [1, 2]}, Delivery(NoticeClass.REPLY))
        await tell(session, returnee, Notice.SERVICE)

    assert (await restored()).messages_called_back == 1


async def test_p4_hours_are_not_asked_about_while_a_frozen_chat_may_be_forgotten(
    centre: Centre, restored: Recover
) -> None:
    await centre.person()
    centre.clock.offset += HOURS_LAST
    await restored()

    assert await put_on_its_way(centre, Notice.HOURS_STILL_RIGHT, ask_about_hours) == 0
    centre.clock.offset += TIME_TO_ANSWER
    assert await put_on_its_way(centre, Notice.HOURS_STILL_RIGHT, ask_about_hours) == 1


async def test_p4_nobody_is_told_that_something_goes_while_a_frozen_chat_may_be_forgotten(
    centre: Centre, restored: Recover
) -> None:
    """And nothing goes until they were."""
    person = await centre.person()
    case = await centre.signal(person)
    await centre.hears(person)
    async with centre.database.begin(SERVICE) as session:
        closed = await session.get_one(Case, case.id)
        closed.state, closed.resolved_at = CaseState.RESOLVED, session.now - timedelta(days=179)
    await restored()

    assert await put_on_its_way(centre, Notice.RETENTION, forget_old) == 0
    centre.clock.offset += TIME_TO_ANSWER
    assert await put_on_its_way(centre, Notice.RETENTION, forget_old) == 1
    assert (await centre.fresh(case)).words_forgotten_at is None


async def test_p4_whether_a_referral_helped_is_asked_of_the_partner_and_not_of_the_phone(
    centre: Centre, restored: Recover
) -> None:
    two = await Two.at_work(centre)
    await two.accepts(await two.offered())
    centre.clock.offset += ASK_AGAIN
    await restored()

    assert await put_on_its_way(centre, Notice.REFERRAL_RECEIVED, follow_up) == 0
    [asked] = await centre.sent(Notice.STAFF_REFERRAL)
    assert asked.params["what"] == "outcome"


async def test_p5_both_accompany_somebody_until_they_could_take_a_referral_back_anew(
    centre: Centre, restored: Recover
) -> None:
    two = await Two.at_work(centre)
    referral = await two.offered(joint=7)
    await two.accepts(referral)
    centre.later(days=8)
    await restored()

    assert await put_on_its_way(centre, Notice.REFERRAL_DONE, follow_up) == 0
    assert (await two.fresh(referral)).state is ReferralState.ACCEPTED
    centre.clock.offset += TIME_TO_ANSWER
    assert await put_on_its_way(centre, Notice.REFERRAL_DONE, follow_up) == 1
    assert (await two.fresh(referral)).state is ReferralState.HANDED_OVER


async def test_p4_nobody_is_asked_anew_about_their_consent_while_a_frozen_chat_may_be_forgotten(
    centre: Centre, restored: Recover
) -> None:
    """The notice that is true now says something else than the one of the backup, say."""
    set_clock(centre.clock, MORNING)
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        (await session.get_one(Returnee, person.id)).notice_version = "of-before"
    await restored()

    assert await put_on_its_way(centre, Notice.CONSENT_ANEW, renew_all) == 0
    centre.clock.offset += TIME_TO_ANSWER
    assert await put_on_its_way(centre, Notice.CONSENT_ANEW, renew_all) == 1


async def test_p4_that_nobody_answered_a_referral_is_told_to_whoever_gave_it_and_not_to_the_phone(
    centre: Centre, restored: Recover
) -> None:
    two = await Two.at_work(centre, vera_reads=800)
    referral = await two.offered()
    centre.clock.offset += PARTNER_ANSWERS_WITHIN
    await restored()

    assert await put_on_its_way(centre, Notice.REFERRAL_ENDED, follow_up) == 0
    assert (await two.fresh(referral)).state is ReferralState.LAPSED
    told = await centre.sent(Notice.STAFF_REFERRAL)
    assert "lapsed" in [each.params["what"] for each in told if each.chat == 800]


async def test_p5_whoever_was_asked_before_is_asked_again_before_anything_lapses(
    centre: Centre, restored: Recover
) -> None:
    """They may have said yes since, and nobody remembers it."""
    set_clock(centre.clock, MORNING)
    person = await centre.person()
    async with centre.database.begin(SERVICE) as session:
        await renew(session, await session.get_one(Returnee, person.id), Renewing.ARRIVED)
        await renew_all(session)
    await restored()

    centre.clock.offset += TIME_TO_ANSWER
    assert await put_on_its_way(centre, Notice.CONSENT_ANEW, renew_all) == 1
    async with centre.database.begin(SERVICE) as session:
        assert await has_consent(session, person.id, Purpose.CASEWORKER)
