"""A stray: somebody who wrote from a phone before anybody knew whose it is. What they said is the
person's whom they turn out to be, and no second person is left: a cry is alerted of until somebody
has heard it (P1), and all of it goes when they ask for it (P6).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from domain.cases.clock import unheard_by, wind_to
from domain.cases.events import are_signals
from domain.children.known import stay_a_child
from domain.consent.effects import take_effect
from domain.consent.ledger import bring_noes
from domain.consent.reading import asked_last, wants_no_reader
from domain.consent.turning_points import bring_majority
from domain.messages.edits import message_id
from domain.pathways.moving import be_where_they_said
from domain.privacy.asking import ask_as_a_stray_did
from domain.privacy.erasing import remove_case, remove_person
from domain.profiles.wishing import bring_wishes
from domain.referrals.telling import tell_asked
from domain.referrals.withdrawing import Ending, end, withdraw
from domain.returnees.chats import chat_id_of
from domain.returnees.enrolments import (
    current_enrolment,
    newest_of,
    organisation_of,
    organisations_keeping,
)
from domain.returnees.file_numbers import bring_file_numbers
from domain.returnees.keys import data_key
from domain.safeguarding.conflicts import inherit_conflicts, lay_down_what_came
from domain.safeguarding.recordings import hear_anew
from domain.safety.phones import stay_as_careful
from domain.signals.opening import open_or_append
from storage.keys.keyring import DataKey
from storage.kinds import CaseEventKind, CaseState, ReferralState, Severity
from storage.seals.columns import BY_PERSON, Column
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent, CaseTask, Message
from storage.tables.marks import SignalMark
from storage.tables.outbox import OutboxRow
from storage.tables.referrals import UNDER_WAY, Referral
from storage.tables.returnees import Returnee
from storage.tables.safeguarding import Complaint, ComplaintMessage, Reading


@dataclass(frozen=True, slots=True)
class _Sealing:
    """From the key of the stray to that of the person."""

    old: DataKey
    new: DataKey

    def again(self, column: Column, sealed: bytes) -> bytes:
        return self.new.seal(self.opened(column, sealed), BY_PERSON[column])

    def opened(self, column: Column, sealed: bytes) -> str:
        return self.old.open(sealed, BY_PERSON[column])


async def take_in(session: Session, stray: Returnee, returnee: Returnee) -> None:
    """The person, who is locked, was the stray. What they chose or agreed to there does not come
    along, since the person did so themselves, but for what keeps them safe on that phone; a no
    always does (P5). Needs the service's scope.
    """
    sealing = _Sealing(await data_key(session, stray.id), await data_key(session, returnee.id))
    # Before anybody is alerted.
    await inherit_conflicts(session, stray.id, returnee.id)
    await bring_wishes(session, stray.id, returnee.id)
    await bring_file_numbers(session, stray.id, returnee.id)
    is_read_by_nobody = await wants_no_reader(session, stray)
    said_no = await bring_noes(session, stray.id, returnee.id)
    await withdraw(session, returnee.id, [partner for _, partner in said_no if partner is not None])
    await _end_referrals(session, stray, returnee)
    await _go_on(session, stray, returnee, sealing, is_read_by_nobody=is_read_by_nobody)
    for purpose, _ in said_no:
        await take_effect(session, returnee, purpose, granted=False, before=True)
    await _bring_complaints(session, stray, returnee, sealing)
    await _bring_readings(session, stray, returnee, sealing)
    await stay_as_careful(session, stray, returnee)
    await be_where_they_said(session, returnee, stray)
    stay_a_child(returnee, stray)
    await bring_majority(session, stray.id, returnee.id)
    if stray.confides_until is not None:
        returnee.confides_until, returnee.confides_in = stray.confides_until, stray.confides_in
    await session.execute(
        update(OutboxRow).where(OutboxRow.returnee_id == stray.id).values(returnee_id=returnee.id)
    )
    await lay_down_what_came(session, returnee.id)
    await ask_as_a_stray_did(session, stray, returnee)
    await remove_person(session, stray)


async def _end_referrals(session: Session, stray: Returnee, returnee: Returnee) -> None:
    """What they said yes to there does not come along. Those who were asked, or help them by now,
    hear so, since they would find nothing of it any more.
    """
    found = await session.scalars(
        select(Referral).where(Referral.returnee_id == stray.id).with_for_update()
    )
    goes_to = await organisation_of(session, returnee)
    for referral in found.all():
        took_over = referral.state is ReferralState.HANDED_OVER and referral.asks != goes_to
        if referral.state in UNDER_WAY:
            await end(session, referral, Ending(ReferralState.LAPSED))
        elif took_over and await current_enrolment(session, stray.id, referral.asks) is not None:
            case = await session.get_one(Case, referral.case_id)
            await tell_asked(session, referral, case)


async def _go_on(
    session: Session,
    stray: Returnee,
    returnee: Returnee,
    sealing: _Sealing,
    *,
    is_read_by_nobody: bool,
) -> None:
    """In the person's own case, which the cry opens or raises. Where they said there that nobody
    shall read along, a talk that only begins with it began before that; one of their own began when
    it did.
    """
    found = await session.scalars(
        select(Case).where(Case.returnee_id == stray.id).order_by(Case.opened_at).with_for_update()
    )
    cases = found.all()
    if not cases:
        return
    newest = cases[-1]
    is_open = newest.state is not CaseState.RESOLVED
    own = await open_or_append(
        session,
        returnee,
        await organisation_of(session, returnee),
        newest.severity if is_open else Severity.CONCERN,
        ["identity.new-phone"],
    )
    if newest.agreed_at is not None:
        # Not an older yes than what they said in theirs: a no between the two would count again.
        began = asked_last(own) if own.opened_at < session.now else newest.agreed_at
        own.agreed_at = max(newest.agreed_at, began)
    elif is_read_by_nobody and own.opened_at >= session.now:
        own.agreed_at = newest.opened_at
    if is_open:
        await _bring_signals(session, newest, own)
    await _bring_words(session, stray, returnee, own, sealing)
    for case in cases:
        await _bring_work(session, case, own, sealing)
        await session.flush()
        await remove_case(session, case, goes_on=case.state is not CaseState.RESOLVED)


async def _bring_signals(session: Session, case: Case, own: Case) -> None:
    """Each as grave as it was, and for what, so that one can say whether the watch was right. Who
    of colleagues elsewhere judged, and by which words of theirs, never travels.
    """
    is_at_home = case.organisation_id == own.organisation_id
    signals = await session.scalars(
        select(CaseEvent)
        .where(CaseEvent.case_id == case.id, are_signals())
        .order_by(CaseEvent.number)
    )
    brought = {
        signal.id: CaseEvent(
            case_id=own.id,
            organisation_id=own.organisation_id,
            kind=CaseEventKind.SIGNAL,
            at=signal.at,
            staff_id=signal.staff_id if is_at_home else None,
            severity=signal.severity,
            reasons=signal.reasons,
            decided_by=signal.decided_by if is_at_home else None,
        )
        for signal in signals
    }
    session.add_all(brought.values())
    await session.flush()
    if is_at_home:
        await _bring_marks(session, case, own, brought)


async def _bring_marks(
    session: Session, case: Case, own: Case, brought: Mapping[UUID, CaseEvent]
) -> None:
    """How grave each of the signals really was, as colleagues said, and what the watch did not
    hear: only both together say how well it hears.
    """
    marks = await session.execute(
        select(SignalMark, CaseEvent.id)
        .join(CaseEvent, CaseEvent.id == SignalMark.event_id)
        .where(CaseEvent.id.in_(brought))
    )
    for mark, signal_id in marks:
        signal = brought[signal_id]
        mark.case_id, mark.event_id = signal.case_id, signal.id
    await session.execute(
        update(SignalMark)
        .where(SignalMark.case_id == case.id, SignalMark.event_id.is_(None))
        .values(case_id=own.id)
    )


async def _bring_words(
    session: Session, stray: Returnee, returnee: Returnee, own: Case, sealing: _Sealing
) -> None:
    """What both sides said, with what nobody has heard yet, and what is still on its way."""
    found = await session.scalars(
        select(Message).where(Message.returnee_id == stray.id).order_by(Message.number.desc())
    )
    said = found.all()
    for message in said:
        message.case_id, message.organisation_id = own.id, own.organisation_id
    _make_theirs(said, chat_id_of(session, stray), returnee, sealing)
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.returnee_id == stray.id, OutboxRow.case_id.is_not(None))
        .values(case_id=own.id)
    )
    unheard = await unheard_by(session, own.id)
    if unheard is not None:
        wind_to(own, unheard)


async def _bring_work(session: Session, case: Case, own: Case, sealing: _Sealing) -> None:
    """Notes, what is still owed, and that it was read. What colleagues elsewhere wrote down never
    travels.
    """
    if case.organisation_id != own.organisation_id:
        return
    notes = await session.scalars(
        select(CaseEvent)
        .where(CaseEvent.case_id == case.id, CaseEvent.body.is_not(None))
        .order_by(CaseEvent.number)
    )
    for note in notes:
        assert note.body is not None
        session.add(
            CaseEvent(
                case_id=own.id,
                organisation_id=own.organisation_id,
                kind=CaseEventKind.NOTE,
                at=note.at,
                staff_id=note.staff_id,
                reasons=[],
                body=sealing.again(CaseEvent.body, note.body),
            )
        )
    owed = await session.scalars(
        select(CaseTask).where(CaseTask.case_id == case.id, CaseTask.done_at.is_(None))
    )
    for task in owed:
        task.case_id, task.returnee_id = own.id, own.returnee_id
        if task.body is not None:
            task.body = sealing.again(CaseTask.body, task.body)
    await session.execute(update(Reading).where(Reading.case_id == case.id).values(case_id=own.id))


async def _bring_readings(
    session: Session, stray: Returnee, returnee: Returnee, sealing: _Sealing
) -> None:
    """Why colleagues looked at the stray when nobody had to, for somebody else to look at still.
    What was read where nobody knows the person goes with the stray.
    """
    for reading in await session.scalars(
        select(Reading).where(
            Reading.returnee_id == stray.id,
            Reading.organisation_id.in_(organisations_keeping(returnee.id)),
        )
    ):
        reading.returnee_id = returnee.id
        if reading.reason is not None:
            reading.reason = sealing.again(Reading.reason, reading.reason)


async def _bring_complaints(
    session: Session, stray: Returnee, returnee: Returnee, sealing: _Sealing
) -> None:
    """To whoever does the safeguarding where the person is: nobody else would find them."""
    organisation_id = await newest_of(session, returnee)
    moved = []
    for complaint in await session.scalars(
        select(Complaint).where(Complaint.returnee_id == stray.id)
    ):
        complaint.returnee_id = returnee.id
        if complaint.organisation_id != organisation_id:
            moved.append(complaint.id)
            complaint.organisation_id, complaint.taken_by = organisation_id, None
            if complaint.next_alert_at is not None:
                complaint.next_alert_at = session.now
    told = await session.scalars(
        select(ComplaintMessage)
        .where(ComplaintMessage.returnee_id == stray.id)
        .order_by(ComplaintMessage.number.desc())
    )
    _make_theirs(told, chat_id_of(session, stray), returnee, sealing)
    await session.flush()
    await hear_anew(session, Complaint.id.in_(moved))


def _make_theirs(
    said: Iterable[Message | ComplaintMessage], chat_id: int, returnee: Returnee, sealing: _Sealing
) -> None:
    """Under their own key, and by the id by which an edit finds it, wherever it is kept. Where one
    message was kept twice, since an edit of it came when the first was closed, it finds the newest,
    which comes first.
    """
    found_by = set[UUID]()
    for message in said:
        words = sealing.opened(type(message).body, message.body)
        by_edits = message_id(sealing.new, chat_id, json.loads(words))
        if by_edits is not None and by_edits not in found_by:
            found_by.add(by_edits)
            message.id = by_edits
        message.body = sealing.again(type(message).body, message.body)
        message.returnee_id = returnee.id
