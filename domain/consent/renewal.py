"""Asking anew: after the journey, when the notice has changed, and at 18.

Whoever is asked has 30 days; what they leave open then counts as a no. Until they could be asked,
within their safe hours, and Telegram has taken the question, nothing lapses. Where it went off
their phone before they answered, it comes once more, and they have 30 days again.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from domain.consent.effects import take_effect
from domain.consent.facts import Facts
from domain.consent.ledger import LATER, PURPOSES, answers_given, give_consent
from domain.notices import MANNERS, Notice, tell
from domain.one_by_one import LOOK_AGAIN_AT_A_BROKEN_ONE, each_by_itself
from domain.recovery.quiet import quiet_until
from domain.retention_periods import TIME_TO_ANSWER
from domain.returnees.chats import chat_id_if_it_opens
from domain.returnees.enrolments import BEGAN_LAST, current_enrolments
from domain.safety.contacts import contact_with
from domain.safety.judging import LOOK_AGAIN, Outgoing, held
from storage.batches import at_most
from storage.inbox.under_way import is_under_way
from storage.kinds import UNSENT, How, OutboxState, Purpose, Renewing
from storage.sessions import Session
from storage.tables.consent import Consent, Renewal
from storage.tables.organisations import Organisation
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee

_BATCH = 100
_NO_STANDS = (Renewing.CHANGED, Renewing.MOVED)


async def arrive(session: Session, returnee: Returnee, at: datetime | None = None) -> None:
    """They are back, since now or since then: what they agreed to before the journey is asked
    again, between us.
    """
    if returnee.arrived_at is None:
        returnee.arrived_at = at or session.now
        await renew(session, returnee, Renewing.ARRIVED)


async def renew(session: Session, returnee: Returnee, reason: Renewing) -> None:
    """From now on their earlier answers are open again. Somebody who was never asked is not, nor by
    another notice somebody who agreed to nothing, however far they came in the welcome.
    """
    given = (await answers_given(session, returnee.id)).values()
    agreed = any(line.granted for line in given)
    if not given or (reason is Renewing.CHANGED and not agreed):
        return
    due = {
        "reason": await _reason(session, returnee, reason, given),
        # An answer from while the clock was ahead is an earlier one, too.
        "since": max(session.now, *(line.given_at + LATER for line in given)),
        "asked_at": None,
        "outbox_id": None,
        "look_at": session.now,
    }
    await session.execute(
        insert(Renewal)
        .values(returnee_id=returnee.id, **due)
        .on_conflict_do_update(index_elements=["returnee_id"], set_=due)
        .execution_options(populate_existing=True)
    )


async def _reason(
    session: Session, returnee: Returnee, reason: Renewing, given: Collection[Consent]
) -> Renewing:
    """Whoever is asked already, as at 18, still is for that reason when the notice changes, too;
    not where all that they refused was refused since: it would be asked again (P12).
    """
    asked = await session.get(Renewal, returnee.id, populate_existing=True)
    if reason is not Renewing.CHANGED or asked is None:
        return reason
    refused = [line.given_at for line in given if not line.granted]
    return reason if refused and min(refused) >= asked.since else asked.reason


async def open_questions(session: Session, returnee: Returnee) -> list[Purpose]:
    """What this person is to be asked, in order: what they never answered, and what is open again.

    A no stands when only the notice has changed, or where they are.
    """
    given = await answers_given(session, returnee.id)
    renewal = await session.get(Renewal, returnee.id, populate_existing=True)
    return [purpose for purpose in PURPOSES if _is_open(given.get(purpose), renewal)]


async def settle(session: Session, returnee: Returnee, version: str) -> None:
    """After an answer, having read that notice: it is theirs, also half way through the welcome,
    but while a yes of theirs is from under another one, that is, so that they are asked anew. Once
    there is nothing left to ask, they are asked no more.
    """
    given = await answers_given(session, returnee.id)
    renewal = await session.get(Renewal, returnee.id, populate_existing=True)
    settled = [line for line in given.values() if not _is_open(line, renewal)]
    agreed_under = {line.notice_version for line in settled if line.granted}
    returnee.notice_version = min(agreed_under - {version}, default=version)
    if renewal is not None and len(settled) == len(PURPOSES):
        await session.delete(renewal)
        await session.flush()


async def ask_again(session: Session, returnee: Returnee, at: datetime | None = None) -> None:
    """Their chat was emptied: a question that had come there went with it, so it comes once more,
    now or then. One that is still on its way finds them. Needs the service's scope.
    """
    renewal = await session.get(Renewal, returnee.id, populate_existing=True)
    if renewal is None:
        return
    row = await session.get(OutboxRow, renewal.outbox_id) if renewal.outbox_id else None
    if row is None or row.state not in UNSENT:
        renewal.asked_at = renewal.outbox_id = None
        renewal.look_at = at or session.now


async def ask_once_more(session: Session, gone: Collection[tuple[UUID, int]], at: datetime) -> None:
    """These people's messages of these numbers go off their phones now, hidden or never opened. A
    question that goes with them comes once more then, within their time, and not for ever (P12).
    The people are locked. Needs the service's scope.
    """
    is_the_question = or_(
        OutboxRow.id == Renewal.outbox_id, OutboxRow.finished_at == Renewal.asked_at
    )
    found = await session.execute(
        select(Renewal, OutboxRow.message_id)
        .join(OutboxRow, and_(OutboxRow.returnee_id == Renewal.returnee_id, is_the_question))
        .where(
            OutboxRow.returnee_id.in_({person for person, _ in gone}),
            OutboxRow.message_id.in_({number for _, number in gone}),
            OutboxRow.state == OutboxState.SENT,
        )
    )
    for renewal, number in found.all():
        if (renewal.returnee_id, number) not in gone:
            continue
        if renewal.outbox_id is not None:
            await _follow(session, renewal)
        if renewal.asked_at is not None and renewal.look_at == _over_at(renewal.asked_at):
            renewal.look_at = at


async def renew_all(session: Session) -> int:
    """The tick: some who read another notice than the one that is true now, some whose question
    went out, then some who are to be asked, or have had their time. Returns how many. Needs the
    service's scope.
    """
    changed, followed = await _notice_changes(session), await _follow_questions(session)
    return changed + followed + await _ask_those_who_are_due(session)


async def _notice_changes(session: Session) -> int:
    organisations = await session.scalars(select(Organisation).order_by(Organisation.id))
    found: dict[UUID, int] = {}

    async def open_some(session: Session, organisation: Organisation) -> None:
        found[organisation.id] = await _open_again(session, organisation)

    async def leave(session: Session, organisation: Organisation) -> None:
        """It is looked at again with the next tick."""
        found[organisation.id] = 0

    await each_by_itself(session, organisations.all(), open_some, leave, "consent.failed")
    return sum(found.values())


async def _open_again(session: Session, organisation: Organisation) -> int:
    """Some of those for whom this organisation answers, and who were told something else than what
    is true there now. Where two accompany them, one notice is theirs; two would ask in turns.
    """
    version = Facts.of(organisation).version
    people = await session.scalars(
        select(Returnee)
        .join(Enrolment, Enrolment.returnee_id == Returnee.id)
        .where(
            Enrolment.organisation_id == organisation.id,
            BEGAN_LAST,
            # "Is another" in a form that an index answers.
            or_(Returnee.notice_version < version, Returnee.notice_version > version),
        )
        .limit(at_most(_BATCH))
        .with_for_update(of=Returnee, key_share=True, skip_locked=True)
    )
    found = people.all()
    for returnee in found:
        returnee.notice_version = version
        await renew(session, returnee, Renewing.CHANGED)
    return len(found)


async def _follow_questions(session: Session) -> int:
    """Of what is on its way no more."""
    on_its_way = exists().where(OutboxRow.id == Renewal.outbox_id, OutboxRow.state.in_(UNSENT))
    renewals = await _some(session, Renewal.outbox_id.is_not(None), ~on_its_way)
    await each_by_itself(session, renewals, _follow, _look_again, "consent.failed")
    return sum(renewal.outbox_id is None for renewal in renewals)


async def _ask_those_who_are_due(session: Session) -> int:
    """Whom nobody accompanies is not asked: they are looked at once they are back."""
    is_accompanied = exists().where(Enrolment.returnee_id == Renewal.returnee_id, STILL_ENROLLED)
    can_be_due = or_(Renewal.asked_at.is_not(None), is_accompanied)
    renewals = await _some(session, Renewal.look_at <= session.now, can_be_due)
    await each_by_itself(session, renewals, _deal_with, _look_again, "consent.failed")
    return len(renewals)


async def _some(session: Session, *which: ColumnElement[bool]) -> Sequence[Renewal]:
    """Locked, and their persons with them."""
    found = await session.scalars(
        select(Renewal)
        .join(Returnee, Returnee.id == Renewal.returnee_id)
        .where(*which)
        .order_by(Renewal.look_at)
        .limit(at_most(_BATCH))
        .with_for_update(of=[Renewal, Returnee], key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def _deal_with(session: Session, renewal: Renewal) -> None:
    returnee = await session.get_one(Returnee, renewal.returnee_id)
    if not await open_questions(session, returnee):
        await session.delete(renewal)
    elif renewal.asked_at is not None and renewal.outbox_id is not None:
        # It is on its way still, and their time has not begun.
        renewal.look_at = _over_at(session.now)
    elif renewal.asked_at is not None and returnee.frozen_at is None:
        is_over = renewal.look_at >= _over_at(renewal.asked_at)
        await (_lapse_if_silent if is_over else _ask)(session, returnee, renewal)
    else:
        # In a frozen chat the question is gone, and nobody could answer it: they are asked again.
        renewal.asked_at = None
        await _ask(session, returnee, renewal)


async def _ask(session: Session, returnee: Returnee, renewal: Renewal) -> None:
    """When they can be, not when we want to; and not soon after a restore, when their phone may be
    frozen and nobody remembers it (P4).
    """
    quiet = await quiet_until(session)
    if quiet is not None:
        _wait(renewal, quiet)
        return
    contact = await contact_with(session, returnee)
    hold = held(Outgoing(MANNERS[Notice.CONSENT_ANEW].notice_class), contact, session.now)
    cut_off = returnee.blocked_at is not None or chat_id_if_it_opens(session, returnee) is None
    if hold is not None or cut_off or not await current_enrolments(session, returnee.id):
        _wait(renewal, hold.until if hold is not None else session.now + LOOK_AGAIN)
        return
    row = await tell(session, returnee, Notice.CONSENT_ANEW)
    # To an older release beside this one they have been asked with that, and not once more.
    renewal.asked_at, renewal.outbox_id = renewal.asked_at or session.now, row.id
    renewal.look_at = _over_at(session.now)


def _wait(renewal: Renewal, until: datetime) -> None:
    """Whoever can't be asked once more before their time is over is asked as for the first time:
    nothing lapses meanwhile.
    """
    renewal.look_at = until
    if renewal.asked_at is not None and until >= _over_at(renewal.asked_at):
        renewal.asked_at = None


async def _follow(session: Session, renewal: Renewal) -> None:
    """Their time begins once Telegram has taken the question: what never came is no silence of
    theirs (P3). Where it failed, or its row is gone and tells nothing, they are asked again.
    """
    row = await session.get(OutboxRow, renewal.outbox_id, populate_existing=True)
    renewal.outbox_id = None
    if renewal.asked_at is None:
        # An older release, which knows no question's row, opened their answers once more.
        return
    if row is not None and row.state is OutboxState.SENT:
        came_at = max(renewal.asked_at, row.finished_at or session.now)
        if row.created_at <= renewal.asked_at:
            # What comes once more leaves it at the first time, by which it is known.
            renewal.asked_at = came_at
        renewal.look_at = _over_at(came_at)
    else:
        renewal.asked_at, renewal.look_at = None, session.now + LOOK_AGAIN


def _over_at(since: datetime) -> datetime:
    return since + TIME_TO_ANSWER


async def _lapse_if_silent(session: Session, returnee: Returnee, renewal: Renewal) -> None:
    """What they have sent may be their answer (P3); and whoever is to be forgotten answers nothing,
    perhaps since somebody else asked for it on their phone.
    """
    leaving = (await contact_with(session, returnee)).leaving
    if leaving or await is_under_way(session, returnee.chat_key):
        renewal.look_at = session.now + LOOK_AGAIN
    else:
        await _lapse(session, returnee, renewal)


async def _lapse(session: Session, returnee: Returnee, renewal: Renewal) -> None:
    """Silence is a no, which the ledger tells from one that was said."""
    given = await answers_given(session, returnee.id)
    for purpose in PURPOSES:
        line = given.get(purpose)
        if line is not None and line.granted and _is_open(line, renewal):
            version = returnee.notice_version or line.notice_version
            await give_consent(session, returnee, purpose, False, version, how=How.LAPSED)
            await take_effect(session, returnee, purpose, granted=False, before=True)
    await session.delete(renewal)


async def _look_again(session: Session, renewal: Renewal) -> None:
    renewal.look_at = session.now + LOOK_AGAIN_AT_A_BROKEN_ONE


def _is_open(line: Consent | None, renewal: Renewal | None) -> bool:
    if line is None:
        return True
    if renewal is None or line.given_at >= renewal.since:
        return False
    return line.granted or renewal.reason not in _NO_STANDS
