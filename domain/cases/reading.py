"""What staff see of one case: its story."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from domain import audit
from domain.actors import Actor
from domain.cases.events import BEGINNINGS, CAME_BACK, SIGNALS, is_signal
from domain.cases.finding import find_case, pseudonym
from domain.cases.phrases import Phrase
from domain.check_ins.silence_plan import SILENCE, UNREACHED, Named, named_by, plan_now
from domain.consent.reading import took_back
from domain.distress import Own, Watch
from domain.distress.assessment import Evidence
from domain.lexicon.reading import own_now
from domain.messages.sealing import body_under
from domain.returnees.person import data_key, who_is_there
from domain.returnees.wishes import Wishes, wishes_of
from domain.safeguarding.readings import ensure_may_read
from domain.safety.window import Window, window_of
from domain.staff.team import names_of_all
from storage.cases import Case, CaseEvent, Message
from storage.check_ins import CheckIn
from storage.keys import DataKey
from storage.kinds import (
    CaseEventKind,
    CaseState,
    CheckInState,
    Direction,
    Discretion,
    Identity,
    MessageKind,
    OutboxState,
    Severity,
    SilencePlan,
)
from storage.outbox import OutboxRow
from storage.returnees import AgreedWords, PictureLock, Returnee, Safety
from storage.sessions import Session

# Check-ins of so long before a case belong to its story.
_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SafeContact:
    """What a worker must know before they write."""

    language: str
    #: Where they said that they are.
    country: str | None
    discretion: Discretion
    identity: Identity
    shared_phone: bool
    window: Window
    time_zone: str
    never_first: bool
    paused_until: datetime | None
    frozen: bool
    has_stop_word: bool
    #: Two words by which they are known are agreed on.
    has_words: bool
    #: What they want done when they fall silent, and until when somebody is named for it.
    silence: SilencePlan
    other_until: datetime | None
    #: The row of pictures of a watched phone: whether there is one, and until when it is shut.
    has_row: bool
    shut_until: datetime | None
    wishes: Wishes

    @property
    def heard_alone(self) -> bool:
        """Whether nobody but the person hears what their phone plays, as far as they said."""
        return self.discretion is Discretion.OPEN and not self.frozen and not self.shared_phone


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    kind: CaseEventKind
    #: The name of whoever did it; None for the service itself.
    by: str | None
    severity: Severity | None
    reasons: Sequence[str]
    note: str | None
    #: How often it happened in a row, and when it began.
    times: int = 1
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    id: UUID
    at: datetime
    direction: Direction
    kind: MessageKind
    by: str | None
    text: str | None
    #: Which of the ready sentences it is, if it is one.
    phrase: Phrase | None
    #: A service's card; the text is its name.
    card: bool
    #: A colleague's voice.
    recorded: bool
    #: Of a cry: the words by which rules hear it, as they stand today.
    evidence: Sequence[Evidence]
    #: Cries for help that the person edited out of it, oldest first.
    earlier: Sequence[str]
    #: What the person says is wrong about it, oldest first.
    corrections: Sequence[str]
    file_id: str | None
    #: Of words to the person: how far they got, and the code of why they wait.
    delivery: OutboxState | None
    held: str | None
    #: When it leaves, if a worker chose that.
    leaves_at: datetime | None
    listen_by: datetime | None
    heard_at: datetime | None
    #: The name of whoever opened it first.
    heard_by: str | None

    @property
    def unheard(self) -> bool:
        return self.listen_by is not None and self.heard_at is None


@dataclass(frozen=True, slots=True)
class Asked:
    """A check-in of theirs around this time; what they answered is not a caseworker's to read."""

    at: datetime
    check_in: CheckInState


@dataclass(frozen=True, slots=True)
class Linked:
    id: UUID
    code: str


Entry = Happening | Said | Asked


@dataclass(frozen=True, slots=True)
class CaseFile:
    case: Case
    pseudonym: str
    #: The name of whoever has it.
    claimed_by: str | None
    contact: SafeContact
    #: The person has taken back that anybody reads along or writes to them.
    unwanted: bool
    #: Whom the person named, where the case is about their silence.
    named: Named | None
    timeline: Sequence[Entry]
    #: The person's case before this one, and any after it.
    follows: Linked | None
    followed_by: Sequence[Linked]

    @property
    def why(self) -> Sequence[str]:
        """Codes of the rules behind the last signal, and of what came back since."""
        story = [each for each in self.timeline if isinstance(each, Happening)]
        signals, newest = [], []
        for each in story:
            if is_signal(each.kind, each.severity):
                signals.append(each.reasons)
                newest.append(each.reasons)
            elif each.kind in CAME_BACK:
                newest.append(each.reasons)
        return tuple(dict.fromkeys(chain(*signals[-1:], *newest[-1:])))

    @property
    def closing_wished_at(self) -> datetime | None:
        """When the phone last said, of this open case, that they need nobody any more."""
        said: datetime | None = None
        for each in self.timeline:
            if not isinstance(each, Happening):
                continue
            if each.kind is CaseEventKind.CLOSING_WISHED:
                said = each.at
            elif each.kind in (*SIGNALS, *BEGINNINGS):
                said = None
        return said if self.case.state is not CaseState.RESOLVED else None


async def read_case(session: Session, actor: Actor, case_id: UUID) -> CaseFile:
    """The whole case, words opened. Reading is recorded (P10).

    Raises NotAllowed or Refused; NeedsReason for a closed one.
    """
    found = await find_case(session, actor, case_id)
    await ensure_may_read(session, actor, found)
    audit.record(
        session, found.organisation_id, "case.read", staff_id=actor.staff_id, subject=found.id
    )
    names = await names_of_all(session, actor.organisation_id)
    key = await data_key(session, found.returnee_id)
    story: list[Entry] = [
        *await _happenings(session, found, names, key),
        *await _conversation(session, found, names, key),
        *await _check_ins(session, found),
    ]
    return CaseFile(
        case=found,
        pseudonym=await session.scalar(select(pseudonym()).where(Case.id == found.id)) or "",
        claimed_by=names.get(found.claimed_by),
        contact=await safe_contact(session, found.returnee_id),
        unwanted=await took_back(session, found),
        named=await named_by(session, found.returnee_id) if _of_silence(story) else None,
        timeline=_alerts_together(sorted(story, key=lambda entry: entry.at)),
        follows=next(iter(await _linked(session, found, Case.id == found.follows_id)), None),
        followed_by=await _linked(session, found, Case.follows_id == found.id),
    )


def _alerts_together(story: Iterable[Entry]) -> list[Entry]:
    """Alerts with nothing in between are a line: a night of them would hide what was said."""
    told: list[Entry] = []
    for entry in story:
        match (*told[-1:], entry):
            case (
                Happening(kind=CaseEventKind.ALERTED) as before,
                Happening(kind=CaseEventKind.ALERTED) as again,
            ):
                since = before.since or before.at
                told[-1] = replace(again, times=before.times + 1, since=since)
            case _:
                told.append(entry)
    return told


async def _linked(session: Session, found: Case, how: ColumnElement[bool]) -> list[Linked]:
    cases = await session.execute(
        select(Case.id, Case.code)
        .where(Case.organisation_id == found.organisation_id, how)
        .order_by(Case.opened_at)
    )
    return [Linked(*each) for each in cases]


def _of_silence(story: Sequence[Entry]) -> bool:
    return any(
        isinstance(entry, Happening) and not {SILENCE, UNREACHED}.isdisjoint(entry.reasons)
        for entry in story
    )


async def safe_contact(session: Session, returnee_id: UUID) -> SafeContact:
    returnee = await session.get_one(Returnee, returnee_id)
    safety = await session.get_one(Safety, returnee_id)
    lock = await session.get(PictureLock, returnee_id)
    return SafeContact(
        language=returnee.language,
        country=returnee.country,
        discretion=returnee.discretion,
        identity=who_is_there(returnee, session.now),
        shared_phone=returnee.shared_phone,
        window=await window_of(session, returnee_id, safety),
        time_zone=returnee.time_zone,
        never_first=safety.never_first,
        paused_until=returnee.paused_until,
        frozen=returnee.frozen_at is not None,
        has_stop_word=safety.stop_word is not None,
        has_words=await session.get(AgreedWords, returnee_id) is not None,
        silence=plan_now(returnee, safety, session.now),
        other_until=safety.other_until,
        has_row=lock is not None,
        shut_until=lock.shut_until if lock else None,
        wishes=await wishes_of(session, returnee_id),
    )


async def _happenings(
    session: Session, found: Case, names: dict[UUID | None, str], key: DataKey
) -> list[Happening]:
    events = await session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == found.id).order_by(CaseEvent.number)
    )
    return [
        Happening(
            at=event.at,
            kind=event.kind,
            by=names.get(event.staff_id),
            severity=event.severity,
            reasons=tuple(event.reasons),
            note=key.open(event.body, "case note") if event.body else None,
        )
        for event in events
    ]


async def _conversation(
    session: Session, found: Case, names: dict[UUID | None, str], key: DataKey
) -> list[Said]:
    rows = await session.execute(
        select(Message, OutboxRow.state, OutboxRow.held, OutboxRow.not_before)
        .outerjoin(OutboxRow, OutboxRow.id == Message.outbox_id)
        .where(Message.case_id == found.id)
        .order_by(Message.number)
    )
    own = await own_now(session, found.organisation_id)
    said = []
    for message, delivery, held, not_before in rows:
        body = body_under(key, message)
        said.append(
            Said(
                id=message.id,
                at=message.at,
                direction=message.direction,
                kind=message.kind,
                by=names.get(message.staff_id),
                text=readable(body["text"]) if body.get("text") else None,
                phrase=Phrase(body["phrase"]) if body.get("phrase") in set(Phrase) else None,
                card="service" in body,
                recorded="audio" in body,
                evidence=await _evidence(body, own),
                earlier=_taken_back(body),
                corrections=[readable(note["text"]) for note in body.get("corrections", ())],
                file_id=body.get("file_id"),
                delivery=delivery,
                held=held,
                leaves_at=not_before if message.planned else None,
                listen_by=message.listen_by,
                heard_at=message.heard_at,
                heard_by=names.get(message.heard_by),
            )
        )
    return said


async def _check_ins(session: Session, found: Case) -> list[Asked]:
    """From a while before the case until it ended."""
    until = found.resolved_at or session.now
    rows = await session.execute(
        select(func.coalesce(CheckIn.answered_at, CheckIn.sent_at), CheckIn.state).where(
            CheckIn.returnee_id == found.returnee_id,
            CheckIn.organisation_id == found.organisation_id,
            CheckIn.sent_at.between(found.opened_at - _BEFORE, until),
        )
    )
    return [Asked(at, state) for at, state in rows]


async def _evidence(body: dict[str, Any], own: Own) -> list[Evidence]:
    if not (body.get("cry") and body.get("text")):
        return []
    # A long cry takes a second, in which no alert must wait.
    return await asyncio.to_thread(Watch.load().evidence, readable(body["text"]), own)


def _taken_back(body: dict[str, Any]) -> list[str]:
    """Each once, and none that still stands there."""
    cries = [cry["text"] for cry in body.get("earlier", ())]
    return [readable(text) for text in dict.fromkeys(cries) if text != body.get("text")]


def readable(text: str) -> str:
    """Half of a surrogate pair is no Unicode; no page could show the case that holds one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
