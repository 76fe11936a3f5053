"""Reading a case: its story, with the words opened."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from domain import audit
from domain.actors import Actor
from domain.cases.finding import find_case, pseudonym
from domain.cases.notes import opened_note
from domain.casework.story import Asked, CaseFile, Entry, Happening, Linked, Said
from domain.consent.reading import took_back
from domain.illegible import if_legible
from domain.lexicon.reading import own_now
from domain.messages.body import cries_taken_out
from domain.messages.sealing import as_far_as_it_opens, as_shown
from domain.replies.phrases import Phrase
from domain.returnees.keys import data_key
from domain.safeguarding.readings import ensure_may_read
from domain.safety.safe_contact import safe_contact
from domain.safety.silence_plan import UNANSWERED, named_by
from domain.staff.team import names_of_all
from storage.keys.keyring import DataKey
from storage.kinds import CaseEventKind
from storage.rows import by_name
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent, Message
from storage.tables.check_ins import CheckIn
from storage.tables.outbox import OutboxRow

# Check-ins of so long before a case belong to its story.
_BEFORE = timedelta(days=30)


async def read_case(session: Session, actor: Actor, case_id: UUID) -> CaseFile:
    """The whole case, words opened. Reading is recorded (P10).

    Raises NotAllowed or Refused; NeedsReason for a closed one.
    """
    found = await _to_read(session, actor, case_id)
    names = await names_of_all(session, actor.organisation_id)
    key = await if_legible(data_key(session, found.returnee_id))
    story: list[Entry] = [
        *await _happenings(session, found, names, key),
        *await _conversation(session, found, names, key),
        *await _check_ins(session, found),
    ]
    return CaseFile(
        case=found,
        pseudonym=await session.scalar(select(pseudonym()).where(Case.id == found.id)) or "",
        claimed_by=names.get(found.claimed_by),
        contact=await safe_contact(session, found.returnee_id, found.organisation_id),
        unwanted=await took_back(session, found),
        named=await named_by(session, found.returnee_id) if _of_silence(story) else None,
        timeline=_alerts_together(sorted(story, key=lambda entry: entry.at)),
        follows=next(iter(await _linked(session, found, Case.id == found.follows_id)), None),
        followed_by=await _linked(session, found, Case.follows_id == found.id),
        own=await own_now(session, found.organisation_id),
    )


async def read_message(
    session: Session, actor: Actor, case_id: UUID, message_id: UUID
) -> Said | None:
    """One message of a case, words opened, for whom the others are no matter; None where it is not
    in there. Reading is recorded as that of the case (P10).

    Raises NotAllowed or Refused; NeedsReason for a closed one.
    """
    found = await _to_read(session, actor, case_id)
    names = await names_of_all(session, actor.organisation_id)
    key = await if_legible(data_key(session, found.returnee_id))
    said = await _conversation(session, found, names, key, Message.id == message_id)
    return next(iter(said), None)


async def _to_read(session: Session, actor: Actor, case_id: UUID) -> Case:
    found = await find_case(session, actor, case_id)
    await ensure_may_read(session, actor, found)
    await audit.case_read_by(session, actor, found.id)
    return found


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
    return [Linked(**by_name(each)) for each in cases]


def _of_silence(story: Sequence[Entry]) -> bool:
    return any(
        isinstance(entry, Happening) and not UNANSWERED.isdisjoint(entry.reasons) for entry in story
    )


async def _happenings(
    session: Session, found: Case, names: dict[UUID | None, str], key: DataKey | None
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
            note=opened_note(key, event.body) if event.body else None,
        )
        for event in events
    ]


async def _conversation(
    session: Session,
    found: Case,
    names: dict[UUID | None, str],
    key: DataKey | None,
    *which: ColumnElement[bool],
) -> list[Said]:
    rows = await session.execute(
        select(Message, OutboxRow.state, OutboxRow.held, OutboxRow.not_before, OutboxRow.message_id)
        .outerjoin(OutboxRow, OutboxRow.id == Message.outbox_id)
        .where(Message.case_id == found.id, *which)
        .order_by(Message.number)
    )
    said = []
    by_number: dict[int | None, Said] = {}
    for message, delivery, held, not_before, sent_as in rows:
        body, kind = as_far_as_it_opens(key, message)
        said.append(
            Said(
                id=message.id,
                at=message.at,
                direction=message.direction,
                kind=kind,
                by=names.get(message.staff_id),
                text=as_shown(body["text"]) if body.get("text") else None,
                phrase=Phrase(body["phrase"]) if body.get("phrase") in set(Phrase) else None,
                card="service" in body,
                recorded="audio" in body,
                cry=bool(body.get("cry")),
                earlier=[as_shown(text) for text in cries_taken_out(body)],
                corrections=[as_shown(note["text"]) for note in body.get("corrections", ())],
                answers=by_number.get(body.get("answers")),
                file_id=body.get("file_id"),
                delivery=delivery,
                held=held,
                leaves_at=not_before if message.planned else None,
                listen_by=message.listen_by,
                heard_at=message.heard_at,
                heard_by=names.get(message.heard_by),
            )
        )
        if number := body.get("number", sent_as):
            by_number[number] = said[-1]
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
