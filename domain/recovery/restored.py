"""What a restored backup means for people.

Between the backup and the loss, things happened that nobody remembers now: messages left, answers
and cries for help came, consent was taken back, browsers were signed out. So whatever may have
been done is not done again by itself (P12), whatever may have been refused waits for a human (P5),
no silence is anybody's (P3), nobody is taken for themselves (P13), and a human looks at each open
case and complaint anew (P2).
docs/deployment.md tells the operator what only people can make good.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CursorResult,
    Uuid,
    all_,
    and_,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.calendar import FOR_EVER
from domain.cases import states
from domain.notices import Notice
from domain.notices.waiting import waiting
from domain.recovery.lost_messages import note_where_they_begin
from domain.recovery.lost_yeses import put_off_forgetting
from domain.recovery.quiet import RESTORED, begin_quiet
from domain.retention_periods import TAKEN_BACK_WITHIN, TIME_TO_ANSWER
from domain.safety.outgoing import class_by_now
from storage.keys.keyring import Keyring, SealError
from storage.kinds import (
    TO_COME,
    UNSENT,
    CampaignState,
    CaseState,
    CheckInState,
    Identity,
    NoticeClass,
    OutboxState,
    ReferralState,
)
from storage.outbox.contents import OfAnotherRelease
from storage.outbox.letters import content_of
from storage.tables.audit import AuditEntry
from storage.tables.campaigns import Campaign
from storage.tables.cases import Case
from storage.tables.channels import ChannelCall
from storage.tables.check_ins import CheckIn
from storage.tables.consent import Renewal
from storage.tables.duty import Shift, running
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.partners import MailLink
from storage.tables.pathways import Information, OnPathway
from storage.tables.privacy import Erasure
from storage.tables.referrals import Referral
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint, ComplaintMessage
from storage.tables.staff import StaffCode, StaffSession

_LATE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many there were of each."""

    #: Of which people had not been asked yet, or to which they had said yes and nobody else had.
    referrals_given_back: int
    messages_called_back: int
    channel_calls_called_back: int
    #: To partners.
    mails_called_back: int
    #: Told to partners on the telephone, or at work on a page that they had opened.
    partner_codes_ended: int
    check_ins_missed_by_us: int
    campaigns_paused: int
    #: People on one.
    pathways_waiting: int
    #: What people are asked anew about their consent.
    questions_put_off: int
    #: Of those that somebody may have been forced to ask for.
    deletions_put_off: int
    cases_alerted: int
    complaints_alerted: int
    #: Whom staff had made sure of.
    people_doubted: int
    shifts_ended: int
    staff_signed_out: int


async def recover(
    connection: AsyncConnection, keys: Keyring, taken_at: datetime, now: datetime
) -> Recovered:
    """In the transaction that restores, as the tables' owner, before anything runs on them."""
    async with AsyncSession(connection, expire_on_commit=False) as session:
        recovered = Recovered(
            referrals_given_back=await _give_back_referrals(session, keys, now),
            messages_called_back=await _call_back(session, keys, now),
            channel_calls_called_back=await _call_back_channel_calls(session),
            mails_called_back=await _call_back_mails(session),
            partner_codes_ended=await _end_partner_codes(session, now),
            check_ins_missed_by_us=await _own_up(session, now),
            campaigns_paused=await _pause_campaigns(session),
            pathways_waiting=await _let_pathways_wait(session, now),
            questions_put_off=await _put_off_questions(session, now),
            deletions_put_off=await _put_off_deletions(session, now),
            cases_alerted=await _show_cases_anew(session, now),
            complaints_alerted=await _show_complaints_anew(session, now),
            people_doubted=await _doubt_everybody(session),
            shifts_ended=await _end_shifts(session, now),
            staff_signed_out=await _sign_out(session),
        )
        await put_off_forgetting(session, now)
        await note_where_they_begin(session, taken_at, now)
        await begin_quiet(session, now)
        for organisation_id in await session.scalars(select(Organisation.id)):
            session.add(
                AuditEntry(organisation_id=organisation_id, at=now, action=RESTORED, detail={})
            )
        await session.flush()
    return recovered


async def _give_back_referrals(session: AsyncSession, keys: Keyring, now: datetime) -> int:
    """Before what waited is called back. They may have been asked since, and said no, or have taken
    their yes back before anybody took over: whoever gave it hears with the next tick that there is
    no answer, and decides anew. In danger to life no yes was waited for, and none is.
    """
    questions = await waiting(session, keys, Notice.REFERRAL_ASKED, OutboxRow.case_id.is_not(None))
    asked = Referral.id.in_({UUID(question["referral"]) for question in questions})
    unasked = and_(Referral.state == ReferralState.ASKED, asked)
    agreed = and_(Referral.state == ReferralState.OFFERED, ~Referral.vital)
    given_back = update(Referral).where(or_(unasked, agreed)).values(look_at=now)
    return await _changed(session, given_back)


async def _call_back(session: AsyncSession, keys: Keyring, now: datetime) -> int:
    """It may have been said since; said again, or hours late, it may show on a watched phone.

    What takes words off a screen still goes.
    """
    waits = Returnee.words_asked_until == FOR_EVER
    await session.execute(update(Returnee).where(waits).values(words_asked_until=now))
    on_its_way = OutboxRow.state.in_(UNSENT)
    rows = await session.stream_scalars(select(OutboxRow).where(on_its_way))
    kept = [row.id async for row in rows if _takes_away(row, keys)]
    return await _changed(
        session,
        update(OutboxRow)
        .where(on_its_way, OutboxRow.id != all_(literal(kept, ARRAY(Uuid()))))
        .values(
            state=OutboxState.CANCELLED,
            error=RESTORED,
            content=None,
            leased_until=None,
            finished_at=now,
        ),
    )


def _takes_away(row: OutboxRow, keys: Keyring) -> bool:
    """Only such a row still counts as a reply when it is late. What nobody here can read is not
    known to be one.
    """
    try:
        return class_by_now(row.notice_class, content_of(row, keys), _LATE) is NoticeClass.REPLY
    except (SealError, OfAnotherRelease):
        return False


async def _call_back_channel_calls(session: AsyncSession) -> int:
    """What rang then rang for what was so then. The open cases' alerts begin again."""
    return await _changed(session, delete(ChannelCall))


async def _call_back_mails(session: AsyncSession) -> int:
    """The partner may have it, or the person may have taken their yes back since: whoever gave the
    referral sees that none went, and calls.
    """
    waiting = MailLink.mail_at.is_not(None)
    return await _changed(session, update(MailLink).where(waiting).values(mail_at=None, taker=None))


async def _end_partner_codes(session: AsyncSession, now: datetime) -> int:
    """One that was used or ended since would open what travelled once more: whoever gave the
    referral tells another.
    """
    works = or_(MailLink.code_hash.is_not(None), MailLink.key_until >= now)
    ended = update(MailLink).where(works).values(code_hash=None, key_hash=None, key_until=None)
    return await _changed(session, ended)


async def _own_up(session: AsyncSession, now: datetime) -> int:
    """What was due by now may have been asked, and answered, since: it is ours, and asked no more.

    A late answer still counts, and so does a half-given one, but nobody's silence.
    """
    asked = CheckIn.state.in_((CheckInState.SENDING, CheckInState.SENT))
    due = and_(CheckIn.state.in_(TO_COME), CheckIn.due_at <= now)
    await _changed(
        session, update(CheckIn).where(CheckIn.state == CheckInState.STARTED).values(silent_at=None)
    )
    return await _changed(
        session,
        update(CheckIn)
        .where(or_(asked, due))
        .values(state=CheckInState.MISSED_BY_US, reason=RESTORED, silent_at=None),
    )


async def _pause_campaigns(session: AsyncSession) -> int:
    """Somebody may have taken their consent back, or left: a coordinator starts them again."""
    running = Campaign.state == CampaignState.RUNNING
    return await _changed(
        session, update(Campaign).where(running).values(state=CampaignState.PAUSED)
    )


async def _let_pathways_wait(session: AsyncSession, now: datetime) -> int:
    """As campaigns do, and all of an organisation's at once. What was due by now may have been told
    since.
    """
    told = Information.state == CheckInState.SENDING
    due = and_(Information.state.in_(TO_COME), Information.due_at <= now)
    await _changed(
        session,
        update(Information)
        .where(or_(told, due))
        .values(state=CheckInState.MISSED_BY_US, reason=RESTORED),
    )
    on_one = select(OnPathway.organisation_id)
    await _changed(
        session,
        update(Organisation).where(Organisation.id.in_(on_one)).values(pathways_wait_since=now),
    )
    return await session.scalar(select(func.count()).select_from(OnPathway)) or 0


async def _put_off_questions(session: AsyncSession, now: datetime) -> int:
    """Whoever was asked may have said yes since, so nothing lapses before they are asked again; and
    nobody is asked whom it may reach on a phone that they had frozen.
    """
    begun_anew = update(Renewal).values(asked_at=None, outbox_id=None, look_at=now + TIME_TO_ANSWER)
    return await _changed(session, begun_anew)


async def _put_off_deletions(session: AsyncSession, now: datetime) -> int:
    """Perhaps somebody was forced to ask, and it was taken back since: safeguarding hears of it
    again, and has as long as ever. Any other that waits does so for what a human closes first.
    """
    until = func.greatest(Erasure.not_before, now + TAKEN_BACK_WITHIN)
    return await _changed(
        session, update(Erasure).where(Erasure.forced).values(not_before=until, told_at=None)
    )


async def _show_cases_anew(session: AsyncSession, now: datetime) -> int:
    """Alerts begin again with the first tick, the gravest first.

    Who has a case is told, and must act in the time of a claim, or it is everybody's: what the
    person wrote since is lost. The next cry is answered with the numbers, whatever was said.
    """
    found = await session.scalars(select(Case).where(Case.state != CaseState.RESOLVED))
    cases = found.all()
    for case in cases:
        if case.claimed_by is not None:
            states.put_off(case, now)
        case.alerts_sent = 0
        case.crisis_told_at = None
        case.next_alert_at = now - timedelta(seconds=case.severity.rank)
    return len(cases)


async def _show_complaints_anew(session: AsyncSession, now: datetime) -> int:
    """What was confided since is lost, and so is that somebody had it: everybody who hears of them
    is called. An answer that was called back stands there as not delivered (P11).
    """
    called_back = select(OutboxRow.id).where(
        OutboxRow.error == RESTORED, OutboxRow.finished_at == now
    )
    await _changed(
        session,
        update(ComplaintMessage)
        .where(ComplaintMessage.outbox_id.in_(called_back))
        .values(unreached_at=now),
    )
    has_words = exists().where(ComplaintMessage.complaint_id == Complaint.id)
    return await _changed(
        session,
        update(Complaint)
        .where(Complaint.closed_at.is_(None), has_words)
        .values(taken_by=None, next_alert_at=now),
    )


async def _doubt_everybody(session: AsyncSession) -> int:
    """Somebody may have lost their phone since, or used their stop word on it: nobody is taken for
    themselves before a worker makes sure of them again (P13). It alarms no one, as it would at once
    of everybody.
    """
    sure = Returnee.identity == Identity.CONFIRMED
    return await _changed(session, update(Returnee).where(sure).values(identity=Identity.DOUBTED))


async def _end_shifts(session: AsyncSession, now: datetime) -> int:
    """Nobody is said to be on duty who may have left (P11), by the rota neither; with nobody,
    everyone is alerted. Whoever says on has the rest of their shift back.
    """
    return await _changed(
        session,
        update(Shift).where(*running(now)).values(was_to_end_at=Shift.ends_at, ends_at=now),
    )


async def _sign_out(session: AsyncSession) -> int:
    """Whoever was signed out since would be in again, and used codes would work once more."""
    await _changed(session, delete(StaffCode))
    return await _changed(session, delete(StaffSession))


async def _changed(session: AsyncSession, statement: Any) -> int:
    result = await session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount
