"""The promises, looked at from outside: what is on the phones, and what is in the database."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from domain.cases.clock import unheard_by
from domain.cases.deadlines import PACES
from domain.messages.body import Body
from domain.messages.keeping import LISTEN_WITHIN
from domain.messages.sealing import body_of
from storage.kinds import (
    UNREADABLE,
    CaseState,
    CheckInState,
    Direction,
    Identity,
    MessageKind,
    NoticeClass,
    Outcome,
    ReferralState,
    Severity,
)
from storage.sessions import SERVICE, Session
from storage.tables.cases import UNRESOLVED, Case, CaseEvent, Message
from storage.tables.check_ins import CheckIn
from storage.tables.inbox import InboxRow
from storage.tables.outbox import OutboxRow
from storage.tables.privacy import Erasure
from storage.tables.referrals import Referral
from storage.tables.returnees import Enrolment, Returnee, Safety, WrappedKey
from storage.tables.safeguarding import ComplaintMessage
from tests.alerting import raised_alerts
from tests.model.calls import BUTTON
from tests.model.house import House
from tests.model.prompts import not_to_be_asked, prompted
from tests.model.telegram import Accepted

_ASKED = timedelta(minutes=15)
_TIRANA = ZoneInfo("Europe/Tirane")
GRAVE = UNRESOLVED & Case.severity.in_((Severity.URGENT, Severity.EMERGENCY))
_STOPPED = "stop-word.used"
_NOT_SENT = (CheckInState.PLANNED, CheckInState.HELD, CheckInState.SENDING)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a person's cases hold of their words, and what they confided past the team: message
    number → current and earlier words.
    """

    words: dict[int, list[str]]
    kinds: dict[int, MessageKind]
    numbers: Counter[int]
    #: By their numbers, too: what is in their cases, and no machine can read.
    unreadable: dict[int, Message]
    cases: list[Case]


async def heard_of(house: House, chat: int) -> Heard | None:
    async with house.machinery.database.begin(SERVICE) as session:
        keys = session.keys.look_ups(chat, "chat")
        returnee = await session.scalar(select(Returnee).where(Returnee.chat_key.in_(keys)))
        if returnee is None:
            return None
        cases = await session.scalars(select(Case).where(Case.returnee_id == returnee.id))
        words, kinds, numbers, unreadable = {}, {}, Counter[int](), {}
        for message, body in await _said_by(session, returnee):
            said = [cry["text"] for cry in body.get("earlier", ())]
            words[body["number"]] = [*said, body.get("text") or ""]
            kinds[body["number"]] = message.kind
            numbers[body["number"]] += 1
            if isinstance(message, Message) and message.kind in UNREADABLE:
                unreadable[body["number"]] = message
        return Heard(words, kinds, numbers, unreadable, list(cases))


async def _said_by(
    session: Session, returnee: Returnee
) -> list[tuple[Message | ComplaintMessage, Body]]:
    theirs = await session.scalars(
        select(Message).where(
            Message.returnee_id == returnee.id, Message.direction == Direction.FROM_RETURNEE
        )
    )
    told = await session.scalars(
        select(ComplaintMessage).where(
            ComplaintMessage.returnee_id == returnee.id,
            ComplaintMessage.direction == Direction.FROM_RETURNEE,
        )
    )
    in_cases = [(message, await body_of(session, message)) for message in theirs.all()]
    past_the_team = [(message, await body_of(session, message)) for message in told.all()]
    return [*in_cases, *past_the_team]


async def nothing_is_lost(house: House) -> None:
    """P1: every cry lies in the one case of whoever cried, once."""
    async with house.machinery.database.begin(SERVICE) as session:
        rows = (await session.scalars(select(InboxRow))).all()
        assert [row.number for row in rows if row.set_aside_at is not None] == []
        assert [row.number for row in rows if row.handled_at is None] == []
    for chat, by_message in house.cries.items():
        heard = await heard_of(house, chat)
        assert heard is not None, "somebody cried for help, and nobody is known"
        assert max(heard.numbers.values(), default=0) <= 1, "a message was kept twice"
        for number, words in by_message.items():
            missing = words - set(heard.words.get(number, ()))
            assert not missing, f"lost: {missing}"
        unresolved = [case for case in heard.cases if case.state is not CaseState.RESOLVED]
        assert len(unresolved) <= 1
        assert heard.cases


async def who_asks_is_heard(house: House) -> None:
    """P1: each /help, each press for a human and each stop word is in the case of whoever asked."""
    for chat, times in (+house.calls.for_somebody).items():
        noted = await _count_signals(house, chat, "asked.human")
        assert noted >= times, f"asked for somebody {times} times, and heard {noted}"
    for chat in house.enrolled_chats:
        times, noted = house.calls.stopped[chat], await _count_signals(house, chat, _STOPPED)
        assert noted >= times, f"used their stop word {times} times, and heard {noted}"


async def _count_signals(house: House, chat: int, reason: str) -> int:
    async with house.machinery.database.begin(SERVICE) as session:
        signals = select(func.count()).select_from(CaseEvent).join(Case).join(Returnee)
        noted = await session.scalar(
            signals.where(
                Returnee.chat_key.in_(session.keys.look_ups(chat, "chat")),
                CaseEvent.reasons.contains([reason]),
            )
        )
    return noted or 0


async def what_cannot_be_read_waits_for_a_human(house: House) -> None:
    """P1: a recording or picture of somebody known is kept, and urgent until a human has heard or
    seen it; a stranger is told that nobody will, and offered a human.
    """
    now = house.machinery.time.now
    for chat, numbers in house.calls.unreadable.items():
        heard = await heard_of(house, chat)
        told = any(sent.chat == chat and sent.buttons == [BUTTON] for sent in house.accepted)
        if numbers - (heard.words.keys() if heard is not None else set()):
            assert chat not in house.enrolled_chats, "a recording is kept nowhere"
            assert told or chat in house.calls.blocked, "a stranger was told nothing"
        cases = {case.id: case for case in heard.cases} if heard is not None else {}
        for message in heard.unreadable.values() if heard is not None else ():
            assert message.listen_by is not None, "nobody has to hear it by any time"
            assert message.listen_by <= message.at + LISTEN_WITHIN
            if message.heard_at is None:
                case = cases[message.case_id]
                assert case.state is not CaseState.RESOLVED, "closed before anybody heard it"
                assert case.severity.rank >= Severity.URGENT.rank, "what nobody heard is not urgent"
                by = max(message.listen_by, now + PACES[case.severity].repeat)
                assert case.next_alert_at is not None, "nobody is called to hear it"
                assert case.next_alert_at <= by, "nobody is called in time to hear it"


async def somebody_is_told(house: House) -> None:
    """P2: each alert is on a phone of the staff, an open case was called out lately, and so was one
    with something that somebody should have heard by now.
    """
    staff = {user.id for _, user in house.staff}
    shown = {(sent.chat, sent.message_id): sent.text for sent in house.accepted}
    now = house.machinery.time.now
    async with house.machinery.database.begin(SERVICE) as session:
        alerts = await raised_alerts(session, house.really)
        cases = (await session.scalars(select(Case))).all()
        unheard = {case.id: await unheard_by(session, case.id) for case in cases}
    for alert in alerts:
        told = alert.chats(lambda chat, number: shown.get((chat, number), ""))
        assert told & staff, "an alert reached nobody"
    for case in cases:
        if case.state is CaseState.RESOLVED:
            assert await _was_closed(house, case), "a case was closed by nobody"
            continue
        is_overdue = (unheard[case.id] or now) < now
        if case.state is CaseState.OPEN or is_overdue:
            assert case.next_alert_at is not None
            times = [
                sent.at for sent in house.accepted if sent.chat in staff and case.code in sent.text
            ]
            assert times, "nobody was told"
            if case.severity.rank >= Severity.URGENT.rank:
                assert now - max(times) <= PACES[case.severity].repeat + timedelta(minutes=3)
        if case.next_alert_at is not None:
            assert case.next_alert_at > now - timedelta(minutes=2), "an alert is owed"
        if case.state is CaseState.CLAIMED:
            assert case.claim_deadline_at is not None


async def _was_closed(house: House, case: Case) -> bool:
    """By staff; or since others took the person over, or it was nothing grave and they left."""
    if (case.code, case.organisation_id) in house.closed:
        return True
    async with house.machinery.database.begin(SERVICE) as session:
        if case.outcome is Outcome.REFERRED:
            handed_over = select(Referral.id).where(
                Referral.returnee_id == case.returnee_id,
                Referral.organisation_id == case.organisation_id,
                Referral.state == ReferralState.HANDED_OVER,
            )
            return bool(await session.scalar(select(handed_over.exists())))
        left = await session.get(Erasure, case.returnee_id)
        return left is not None and case.severity.rank < Severity.URGENT.rank


async def the_forgotten_are_gone(house: House) -> None:
    """P6: whoever may go has gone, and with each of them the key of all that they ever said."""
    now = house.machinery.time.now
    async with house.machinery.database.begin(SERVICE) as session:
        erasures = (await session.scalars(select(Erasure))).all()
        for erasure in erasures:
            waits = erasure.not_before > now - timedelta(minutes=2)
            cries = select(Case.id).where(Case.returnee_id == erasure.returnee_id, GRAVE)
            assert waits or await session.scalar(cries), "somebody is forgotten too late"
        kept = await session.scalars(
            select(Returnee.id).where(Returnee.id.in_(house.departures.gone))
        )
        assert set(kept) <= {erasure.returnee_id for erasure in erasures}, "nobody forgets them"
        keys = await session.scalar(select(func.count()).select_from(WrappedKey))
        people = await session.scalar(select(func.count()).select_from(Returnee))
        assert keys == people, "the key of somebody who is gone is there still"


async def severity_never_fell(house: House, known: dict[UUID, Severity]) -> None:
    """P13: no answer and no edit lowers what a case is taken for."""
    async with house.machinery.database.begin(SERVICE) as session:
        cases = (await session.scalars(select(Case))).all()
    for case in cases:
        before = known.get(case.id, Severity.NONE)
        assert case.severity.rank >= before.rank, "a severity was lowered"
        known[case.id] = case.severity


async def silence_is_theirs(house: House) -> None:
    """P3: nobody is silent to whom nothing was sent, and nobody before a day has passed."""
    now = house.machinery.time.now
    async with house.machinery.database.begin(SERVICE) as session:
        check_ins = (await session.scalars(select(CheckIn))).all()
        on_their_way = set(
            await session.scalars(
                select(OutboxRow.check_in_id).where(OutboxRow.finished_at.is_(None))
            )
        )
    for check_in in check_ins:
        prompts = [sent for sent in house.accepted if prompted(sent) == check_in.id]
        confirmed = [sent for sent in prompts if sent.confirmed]
        if check_in.state in (CheckInState.SENT, CheckInState.SILENT):
            assert confirmed, "silence, but nothing was sent"
        if check_in.state is CheckInState.SILENT:
            assert now - min(sent.at for sent in confirmed) >= timedelta(hours=24) - house.ahead
        if check_in.state is CheckInState.SENDING:
            assert check_in.id in on_their_way, "a check-in on its way nowhere"
        if check_in.state in _NOT_SENT:
            assert check_in.expires_at > now - timedelta(minutes=15), "without an outcome"


def every_press_is_answered(house: House) -> None:
    """P9: whatever was pressed, however old. A crash may cost the end of that spinner which it was
    about to end, and no other.
    """
    unanswered = house.presses - house.answered
    assert not unanswered, f"{len(unanswered)} presses were left alone"


async def only_when_safe(house: House, sent: Accepted) -> str | None:
    """P4 and P13: what somebody known gets unasked comes within their hours, and while they want
    it; to a frozen phone nothing comes but what answers it, and a question about other
    organisations to nobody before it is sure who they are.

    Why it should not have come; None if it may. It counts as asked for a quarter of an hour after
    they did something, if that was dealt with by then; what is routine never does.
    """
    lanes = house.machinery.database.keys.look_ups(sent.chat, "chat")
    known = (
        select(Returnee, Safety.never_first, Erasure.returnee_id.is_not(None))
        .join(Safety, Safety.returnee_id == Returnee.id)
        .outerjoin(Erasure, Erasure.returnee_id == Returnee.id)
        .where(Returnee.chat_key.in_(lanes))
    )
    travels = select(OutboxRow.notice_class, OutboxRow.returnee_id, OutboxRow.created_at).where(
        OutboxRow.lane.in_(lanes), OutboxRow.message_id == sent.message_id
    )
    async with house.machinery.database.begin(SERVICE) as session:
        found = (await session.execute(known)).one_or_none()
        if found is None:
            return None
        person, never_first, leaves = found
        row = (await session.execute(travels)).one_or_none()
        since = await session.scalar(
            select(func.min(Enrolment.from_at)).where(Enrolment.returnee_id == person.id)
        )
        check_in_id = prompted(sent)
        unwanted = await not_to_be_asked(session, check_in_id) if check_in_id is not None else None
        in_danger = await session.scalar(
            select(Case.id).where(
                Case.returnee_id == person.id, UNRESOLVED, Case.severity == Severity.EMERGENCY
            )
        )
    if row is not None and row.returnee_id is None and row.created_at <= since:
        # It answers a stranger, who had said nothing of any hours.
        return None
    notice_class = row.notice_class if row is not None else None
    if unwanted is not None:
        return unwanted
    is_prompt = check_in_id is not None
    if is_prompt and in_danger is not None:
        return "in an emergency"
    if is_prompt and leaves:
        return "after they asked to be forgotten"
    is_about_partners = any(data.startswith("sr:") for data in sent.buttons)
    if is_about_partners and person.identity is not Identity.CONFIRMED:
        return "before it is sure who they are"
    if person.frozen_at is not None and notice_class not in (None, NoticeClass.REPLY):
        return "to a frozen phone"
    asked = sent.asked_at is not None and sent.decided_after - sent.asked_at <= _ASKED
    if asked and notice_class is not NoticeClass.ROUTINE:
        return None
    hour = sent.at.astimezone(_TIRANA).hour
    if not 9 <= hour < 20:
        return f"at {hour} o'clock"
    if person.paused_until is not None and person.paused_until > sent.at:
        return "during a pause"
    if never_first and not asked:
        return "before they wrote"
    return None
