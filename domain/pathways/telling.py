"""What a pathway tells people: each thing once, when its time has come, within their safe hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from domain.check_ins.due import PATHWAY_RESTS
from domain.check_ins.eligibility import Exclusion, unfit
from domain.check_ins.outcomes import BROKEN, LATE, WISHED
from domain.check_ins.sending import AVOIDED, Verdict, run_out
from domain.children.deciding import are_protected
from domain.consent import last_word
from domain.errors import Refused
from domain.notices import MANNERS, Notice, tell
from domain.one_by_one import LOOK_AGAIN_AT_A_BROKEN_ONE, each_by_itself
from domain.pathways import shelf
from domain.questionnaires.values import Words
from domain.recovery.quiet import RESTORED
from domain.returnees.wishes import speaks_of_avoided
from domain.safety.contacts import contacts_with
from domain.safety.judging import LOOK_AGAIN, Contact, Outgoing, held
from storage.batches import at_most
from storage.kinds import CheckInState, OutboxState, Purpose
from storage.rows import by_name
from storage.sessions import Session
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.pathways import Information, OnPathway
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee

_BATCH = 100
_ENDED = (OutboxState.SENT, OutboxState.FAILED, OutboxState.CANCELLED)


@dataclass(frozen=True, slots=True)
class _Due:
    information: Information
    returnee: Returnee
    enrolment: Enrolment | None
    on: OnPathway | None
    consents: bool | None
    protected: bool
    #: Since when the pathways of that organisation wait, after a restore.
    waits_since: datetime | None

    @property
    def unfit(self) -> Exclusion | None:
        return unfit(
            self.returnee,
            self.enrolment,
            protected=self.protected,
            consents=self.consents is True,
        )


async def tell_due(session: Session) -> int:
    """The tick: some of what is due is put on its way, and what became of some is written down.

    Returns how many. Any number of replicas may call it at once. Needs the service's scope.
    """
    return await _follow(session) + await _send(session)


async def words_of(session: Session, information_id: UUID, returnee: Returnee) -> Words:
    """What they are told. Raises Refused for what is not theirs."""
    information = await session.get(Information, information_id)
    if information is None or information.returnee_id != returnee.id:
        raise Refused("There is nothing like that for this person.")
    return await _words(session, information)


async def recall_if_over(session: Session, information_id: UUID) -> bool:
    """Whether it must not go any more, though it is on its way; it is booked so.

    Asked just before sending: consent may be gone by then, or the pathway rest.
    """
    found = await session.execute(
        _query(Information.id == information_id).with_for_update(of=Information)
    )
    row = found.one_or_none()
    if row is None:
        return True
    due = _due(row)
    over = await _over(session, due, await _words(session, due.information))
    if over is not None:
        await _carry_out(session, due, over)
    return over is not None


async def _send(session: Session) -> int:
    dues = await _claim(session)
    contacts = await contacts_with(session, [due.returnee for due in dues])

    async def send(session: Session, due: _Due) -> None:
        over = await _over(session, due, await _words(session, due.information))
        contact = contacts.of(due.returnee, due.information.organisation_id)
        verdict = over or _judge(due, contact, session.now)
        await _carry_out(session, due, verdict)

    await each_by_itself(session, dues, send, _try_again, "information.failed")
    return len(dues)


async def _claim(session: Session) -> Sequence[_Due]:
    waits = Information.state.in_((CheckInState.PLANNED, CheckInState.HELD))
    rows = await session.execute(
        _query(waits, Information.due_at <= session.now)
        .order_by(Information.due_at)
        .limit(at_most(_BATCH))
        .with_for_update(of=[Information, Returnee], key_share=True, skip_locked=True)
    )
    return [_due(row) for row in rows]


def _due(row: Row[*tuple[Any, ...]]) -> _Due:
    return _Due(
        **by_name(
            row, information=Information, returnee=Returnee, enrolment=Enrolment, on=OnPathway
        )
    )


def _query(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    enrolled = and_(
        Enrolment.returnee_id == Information.returnee_id,
        Enrolment.organisation_id == Information.organisation_id,
        STILL_ENROLLED,
    )
    on_it = and_(
        OnPathway.returnee_id == Information.returnee_id,
        OnPathway.organisation_id == Information.organisation_id,
    )
    return (
        select(
            Information,
            Returnee,
            Enrolment,
            OnPathway,
            last_word(Purpose.CHECK_INS).label("consents"),
            are_protected(Information.organisation_id).label("protected"),
            Organisation.pathways_wait_since.label("waits_since"),
        )
        .join(Returnee, Returnee.id == Information.returnee_id)
        .join(Organisation, Organisation.id == Information.organisation_id)
        .outerjoin(Enrolment, enrolled)
        .outerjoin(OnPathway, on_it)
        .where(*which)
        .execution_options(populate_existing=True)
    )


async def _over(session: Session, due: _Due, words: Words) -> Verdict | None:
    """What speaks against telling it at all, whenever that is; None where nothing does."""
    reason: str | None = due.unfit
    if reason is None and words.languages and due.returnee.language not in words.languages:
        reason = Exclusion.NO_TEXT
    if reason is None and due.returnee.blocked_at is not None:
        reason = Exclusion.BLOCKED
    if reason is None and (due.on is None or due.on.paused_at is not None):
        reason = PATHWAY_RESTS
    if reason is None and await _sends_to_danger(session, due, words):
        reason = AVOIDED
    return Verdict(CheckInState.SKIPPED, reason) if reason is not None else None


def _judge(due: _Due, contact: Contact, now: datetime) -> Verdict:
    """When it is told: held, never dropped, while its time is not over (P4)."""
    if due.information.expires_at <= now:
        return run_out(due.information, contact, now)
    if due.waits_since is not None:
        return Verdict(CheckInState.HELD, RESTORED, now + LOOK_AGAIN)
    hold = held(Outgoing(MANNERS[Notice.INFORMATION].notice_class), contact, now)
    if hold is not None:
        return Verdict(CheckInState.HELD, hold.reason, hold.until)
    return Verdict(CheckInState.SENDING)


async def _sends_to_danger(session: Session, due: _Due, words: Words) -> bool:
    """Whether an organisation's own text speaks of a place where it is not safe for them."""
    text = " ".join((words.text, *words.languages.values()))
    return await speaks_of_avoided(session, due.returnee.id, text)


async def _carry_out(session: Session, due: _Due, verdict: Verdict) -> None:
    information = due.information
    information.state, information.reason = verdict.state, verdict.reason
    if verdict.look_again is not None:
        information.due_at = min(verdict.look_again, information.expires_at)
    if verdict.state is CheckInState.SENDING:
        row = await tell(
            session,
            due.returnee,
            Notice.INFORMATION,
            {"information": str(information.id)},
            expires_at=information.expires_at,
        )
        row.organisation_id = information.organisation_id
        information.outbox_id = row.id


async def _try_again(session: Session, due: _Due) -> None:
    information = due.information
    await session.refresh(information)
    if information.expires_at <= session.now:
        information.state, information.reason = CheckInState.MISSED_BY_US, BROKEN
    else:
        information.due_at = session.now + LOOK_AGAIN_AT_A_BROKEN_ONE


async def _follow(session: Session) -> int:
    """Only what Telegram confirmed was told. A row that is gone tells nothing."""
    found = await session.execute(
        select(Information, OutboxRow.state, OutboxRow.error)
        .outerjoin(OutboxRow, OutboxRow.id == Information.outbox_id)
        .where(
            Information.state == CheckInState.SENDING,
            or_(OutboxRow.id.is_(None), OutboxRow.state.in_(_ENDED)),
        )
        .order_by(Information.due_at)
        .limit(at_most(_BATCH))
        .with_for_update(of=Information, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = found.all()
    for information, state, why in rows:
        match state:
            case OutboxState.SENT:
                information.state = CheckInState.SENT
            case OutboxState.CANCELLED if why in WISHED:
                information.state, information.reason = CheckInState.SKIPPED, why
            case OutboxState.CANCELLED:
                information.state, information.reason = CheckInState.MISSED_BY_US, LATE
            case _:
                information.state, information.reason = CheckInState.FAILED, "not-sent"
    return len(rows)


async def _words(session: Session, information: Information) -> Words:
    edition = f"{information.pathway}@{information.version}"
    pathway = await shelf.edition(session, information.organisation_id, edition)
    step = pathway.step(information.step)
    if step is None or step.text is None:
        raise Refused("There is nothing like that for this person.")
    return step.text
