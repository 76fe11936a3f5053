"""A copy of all that is kept of somebody, with the words opened."""

from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import TypeVar

from sqlalchemy import select

from domain.check_ins.answers import opened
from domain.consent.ledger import texts_read
from domain.consent.turning_points import Days, days_of
from domain.errors import Refused
from domain.illegible import if_legible
from domain.messages.arrival import has_come
from domain.messages.body import Body, cries_taken_out
from domain.messages.sealing import body_under
from domain.pathways.copying import Journey, Told, journeys_of, told_by_pathways
from domain.privacy.kept import Kept, count_of, kept_of
from domain.questionnaires.shelf import editions
from domain.questionnaires.values import Question, Questionnaire, Words
from domain.referrals.copying import Referred, referrals_of
from domain.returnees.keys import data_key
from domain.returnees.wishes import Wishes, wishes_of
from domain.safety.silence_plan import Named, named_by, plan_now
from domain.safety.window import UNKNOWN, Window, window_of
from storage.batches import at_most
from storage.keys.keyring import DataKey, SealError
from storage.kinds import (
    AgeBand,
    CheckInState,
    Direction,
    Discretion,
    MessageKind,
    Purpose,
    SilencePlan,
)
from storage.rows import by_name
from storage.sessions import Session
from storage.tables.cases import Message
from storage.tables.check_ins import Answer, CheckIn
from storage.tables.consent import Consent
from storage.tables.returnees import Returnee, Safety

Held = TypeVar("Held")

#: So many of a kind are in one part of a copy, the oldest first.
MOST = 5000
#: What is about a person and in no copy: a phone is no place for it.
LEFT_OUT = (
    "notes-of-the-team",
    "words-that-did-not-reach-them",
    "how-talks-were-judged-and-what-is-planned",
    "told-in-confidence",
    "number-of-the-teams-own-file",
)


@dataclass(frozen=True, slots=True)
class Said:
    at: datetime
    by_them: bool
    kind: MessageKind
    text: str | None
    #: Cries that they took out by an edit, the oldest first.
    earlier: Sequence[str] = ()
    #: What they say was written wrongly.
    corrections: Sequence[str] = ()
    #: Whether a key still does.
    opens: bool = True


@dataclass(frozen=True, slots=True)
class Answered:
    at: datetime
    questionnaire: str
    question: str
    #: None for a question that they skipped.
    choice: str | None
    #: What they read; nothing of a questionnaire that is no longer known.
    asked: Words | None = None
    chose: Sequence[Words] = ()
    #: Whether a key still does.
    opens: bool = True


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """A check-in, planned or past, and what became of it."""

    at: datetime
    questionnaire: str
    state: CheckInState
    #: Why it is held, failed or skipped: a code.
    reason: str | None


@dataclass(frozen=True, slots=True)
class Agreed:
    at: datetime
    purpose: Purpose
    granted: bool
    notice: str
    #: Which of the texts that they read.
    text: str | None


@dataclass(frozen=True, slots=True)
class Read:
    """A notice, word for word as it stood before them."""

    text: str
    version: str
    language: str
    words: str


@dataclass(frozen=True, slots=True)
class Copy:
    """All that is kept of one person, but for what `left_out` says."""

    made_at: datetime
    language: str
    country: str | None
    region: str | None
    time_zone: str
    discretion: Discretion
    since: datetime
    window: Window
    never_first: bool
    wishes: Wishes
    #: Whom they named for when they fall silent.
    named: Named | None
    if_silent: SilencePlan
    second_prompt: bool
    shared_phone: bool
    age: AgeBand
    arrived_at: datetime | None
    #: Of their arrival and their 18th birthday, what is expected.
    expected: Days
    kept: Kept
    agreed: Sequence[Agreed]
    read: Sequence[Read]
    journeys: Sequence[Journey]
    told: Sequence[Told]
    check_ins: Sequence[CheckedIn]
    answered: Sequence[Answered]
    referrals: Sequence[Referred]
    said: Sequence[Said]
    #: What of all this no key opens any more, by its name here, beside what says so of itself.
    unopened: Sequence[str] = ()
    #: Of everybody alike, so that nobody who looks on learns whether there is any.
    left_out: Sequence[str] = LEFT_OUT


async def parts_of(session: Session, returnee: Returnee) -> range:
    """The numbers of the parts that hold all of a copy. Needs the service's scope."""
    longest = max([await count_of(session, table, returnee) for table in (Message, Answer)])
    return range(max(1, ceil(longest / MOST)))


async def copy_of(session: Session, returnee: Returnee, part: int = 0) -> Copy:
    """One part, words opened. Whoever calls has made sure whom it is for. Needs the service's
    scope.
    """
    key = await if_legible(data_key(session, returnee.id))
    safety = await session.get_one(Safety, returnee.id)
    ledger = await _ledger(session, returnee)
    window, gaps = await window_of(session, returnee.id, safety), _Gaps([])
    if window == UNKNOWN:
        gaps.names.append("window")
    named = await named_by(session, returnee.id)
    if named is not None and not named.opens:
        gaps.names.append("named")
        named = None
    return Copy(
        made_at=session.now,
        language=returnee.language,
        country=returnee.country,
        region=returnee.region,
        time_zone=returnee.time_zone,
        discretion=returnee.discretion,
        since=returnee.created_at,
        window=window,
        never_first=safety.never_first,
        wishes=await gaps.over("wishes", wishes_of(session, returnee.id), Wishes()),
        named=named,
        if_silent=plan_now(returnee, safety, session.now),
        second_prompt=safety.second_prompt,
        shared_phone=returnee.shared_phone,
        age=returnee.age_band,
        arrived_at=returnee.arrived_at,
        expected=await gaps.over("expected", days_of(session, returnee.id), Days()),
        kept=await kept_of(session, returnee),
        agreed=[
            Agreed(line.given_at, line.purpose, line.granted, line.notice_version, line.text_id)
            for line in ledger
        ],
        read=[
            Read(text.id, text.version, text.language, text.words)
            for text in await texts_read(session, ledger)
        ],
        journeys=await gaps.over("journeys", journeys_of(session, returnee), []),
        told=await told_by_pathways(session, returnee),
        check_ins=await _check_ins(session, returnee),
        answered=await _answered(session, returnee, key, part),
        referrals=await referrals_of(session, returnee),
        said=await _said(session, returnee, key, part),
        unopened=gaps.names,
    )


@dataclass(frozen=True, slots=True)
class _Gaps:
    """One thing that no key opens keeps nothing else from being given, and that it is missing is
    said.
    """

    names: list[str]

    async def over(self, name: str, opening: Awaitable[Held], instead: Held) -> Held:
        try:
            return await opening
        except SealError:
            self.names.append(name)
            return instead


async def _ledger(session: Session, returnee: Returnee) -> Sequence[Consent]:
    lines = await session.scalars(
        select(Consent).where(Consent.returnee_id == returnee.id).order_by(Consent.given_at)
    )
    return lines.all()


async def _check_ins(session: Session, returnee: Returnee) -> list[CheckedIn]:
    """An older version that gave way to a newer one was only a plan."""
    found = await session.execute(
        select(CheckIn.due_at.label("at"), CheckIn.questionnaire, CheckIn.state, CheckIn.reason)
        .where(CheckIn.returnee_id == returnee.id, CheckIn.state != CheckInState.SUPERSEDED)
        .order_by(CheckIn.due_at)
    )
    return [CheckedIn(**by_name(row)) for row in found]


async def _answered(
    session: Session, returnee: Returnee, key: DataKey | None, part: int
) -> list[Answered]:
    rows = await session.execute(
        select(Answer, CheckIn.organisation_id, CheckIn.questionnaire)
        .join(CheckIn, CheckIn.id == Answer.check_in_id)
        .where(Answer.returnee_id == returnee.id)
        .order_by(Answer.at, Answer.id)
        .offset(part * MOST)
        .limit(at_most(MOST))
    )
    answers = rows.all()
    found = await editions(session, [(organisation, name) for _, organisation, name in answers])
    return [
        _answer(answer, name, key, found.get((organisation, name)))
        for answer, organisation, name in answers
    ]


def _answer(
    answer: Answer, name: str, key: DataKey | None, questionnaire: Questionnaire | None
) -> Answered:
    if key is not None:
        with suppress(SealError):
            return _with_words(answer, name, opened(key, answer.body), questionnaire)
    return replace(_with_words(answer, name, None, questionnaire), opens=False)


def _with_words(
    answer: Answer, name: str, choice: str | None, questionnaire: Questionnaire | None
) -> Answered:
    for question in questionnaire.questions if questionnaire else ():
        if question.name == answer.question:
            chose = _labels(question, choice)
            return Answered(answer.at, name, question.name, choice, question.label, chose)
    return Answered(answer.at, name, answer.question, choice)


def _labels(question: Question, choice: str | None) -> list[Words]:
    """Of all that they chose; none where some of it is no longer known."""
    try:
        return [each.label for each in question.chosen(choice)]
    except Refused:
        return []


async def _said(session: Session, returnee: Returnee, key: DataKey | None, part: int) -> list[Said]:
    messages = await session.scalars(
        select(Message)
        .where(Message.returnee_id == returnee.id, has_come())
        .order_by(Message.number)
        .offset(part * MOST)
        .limit(at_most(MOST))
    )
    return [_in_words(key, message) for message in messages]


def _in_words(key: DataKey | None, message: Message) -> Said:
    by_them = message.direction is Direction.FROM_RETURNEE
    body = _body(key, message)
    if body is None:
        return Said(message.at, by_them, message.kind, None, opens=False)
    corrections = [note["text"] for note in body.get("corrections", ())]
    return Said(
        message.at, by_them, message.kind, body.get("text"), cries_taken_out(body), corrections
    )


def _body(key: DataKey | None, message: Message) -> Body | None:
    """None where no key opens it."""
    try:
        return body_under(key, message) if key else None
    except SealError:
        return None
