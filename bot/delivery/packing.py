"""Makes leased rows ready to send: judged a last time, and put into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from bot.delivery import outcome
from bot.delivery.outcome import Taken
from bot.delivery.recalling import barred, is_left_behind, recall_if_unwanted
from bot.delivery.wording import Wire, wire
from bot.errors import code_of
from domain.cases.topics import topic_of
from domain.check_ins.due import Due, locked
from domain.check_ins.outcomes import LATE
from domain.check_ins.private import know_who_is_asked_private
from domain.check_ins.sending import recall_if_over, why_late
from domain.identity.pictures import is_locked
from domain.notices import Notice, says
from domain.notices.unasked import close_question
from domain.returnees.chats import chat_id_of
from domain.returnees.phone import discretion_now
from domain.safety.contacts import Contacts, contacts_with
from domain.safety.judging import LOOK_AGAIN, Held, Outgoing, held
from domain.safety.outgoing import REPLY_LIFE, as_it_waits, cover
from domain.safety.screens import STAYS_OPEN, clears_too_soon
from locales.catalogues import Catalogues
from storage.away import is_away
from storage.batches import one_of
from storage.kinds import Discretion, Hold, NoticeClass, OutboxState
from storage.outbox.contents import Clearing, Content, Deletion, TopicDeletion
from storage.outbox.letters import chat_of, content_of, reword
from storage.sessions import Session
from storage.tables.base import table_of
from storage.tables.cases import Case
from storage.tables.outbox import OutboxRow
from storage.tables.returnees import Returnee

log = structlog.get_logger()

_ROW = table_of(OutboxRow)
# What was put for a stranger is theirs once they are known, and judged as theirs. Both hashes of a
# chat are the newest while anything waits there, also as keys are rotated (decision 0016).
_KNOWN_SINCE = (
    select(Returnee.id)
    .where(Returnee.chat_key == _ROW.c.lane, _ROW.c.notice_class != NoticeClass.STAFF)
    .scalar_subquery()
)
_WHOSE = func.coalesce(_ROW.c.returnee_id, _KNOWN_SINCE).label("returnee_id")
_STILL_WAITING = (
    select(OutboxRow, _WHOSE)
    .where(one_of(OutboxRow.id, "rows"), OutboxRow.state == OutboxState.WAITING)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_PEOPLE = select(Returnee).where(one_of(Returnee.id, "people"))

# For so long something that was opened may still come, until it is to be covered again.
_OPEN_FOR = {Discretion.WATCHED: STAYS_OPEN, Discretion.DISCREET: REPLY_LIFE}
# What stands in a chat that it empties.
_OF_AN_EMPTY_CHAT = (Notice.HIDDEN, Notice.FROZEN, Notice.FORGOTTEN)


class Leased(Protocol):
    """What tells a row, and whether it is still the taker's."""

    @property
    def id(self) -> UUID: ...

    @property
    def fence(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Parcel:
    taken: Taken
    wire: Wire
    topic: int | None


@dataclass(frozen=True, slots=True)
class Packing:
    """Some rows, and all that must be known of their people, found in a few questions."""

    session: Session
    catalogues: Catalogues
    rows: Sequence[OutboxRow]
    returnees: Mapping[UUID, Returnee]
    contacts: Contacts
    check_ins: Mapping[UUID, Due]

    @classmethod
    async def of(
        cls, session: Session, catalogues: Catalogues, leased: Sequence[Leased]
    ) -> "Packing":
        """Of those alone that are still the taker's: while it stood still, another may have taken
        them for a dead one's, and sent them.
        """
        rows = await _still_theirs(session, leased)
        dues = await locked(session, [row.check_in_id for row in rows if row.check_in_id])
        # Whoever is asked something is known by now.
        returnees = {due.returnee.id: due.returnee for due in dues.values()}
        others = {row.returnee_id for row in rows if row.returnee_id} - returnees.keys()
        if others:
            people = await session.scalars(_PEOPLE, {"people": list(others)})
            returnees.update((returnee.id, returnee) for returnee in people)
        asked = {row.returnee_id for row in rows if row.check_in_id and row.returnee_id}
        await know_who_is_asked_private(session, asked)
        contacts = await contacts_with(session, returnees.values())
        return cls(session, catalogues, rows, returnees, contacts, dues)

    async def pack(self, row: OutboxRow) -> Parcel | None:
        """Ready to send; None when it is too late, unwanted or held, or not for this release to
        word, and booked so.
        """
        try:
            return await self.prepare(row)
        except DBAPIError:
            raise
        except Exception as error:
            await _put_off(self.session, _taken(row), error)
            return None

    async def prepare(self, row: OutboxRow) -> Parcel | None:
        """The same; raises whatever is wrong with it."""
        if self._is_gone(row) or await self._is_over(row):
            return None
        content = self._without_goodbye(row, content_of(row, self.session.keys))
        content = await self._covered_if_shut(row, content)
        if await self._stays_here(row, content):
            return None
        return await self._worded(row, content)

    def _is_gone(self, row: OutboxRow) -> bool:
        """They were forgotten this moment, and the row with them."""
        return row.returnee_id is not None and row.returnee_id not in self.returnees

    async def _is_over(self, row: OutboxRow) -> bool:
        """It is too late, or what it asks has come to an end, and booked so."""
        if row.expires_at is not None and row.expires_at <= self.session.now:
            await outcome.cancelled(self.session, row, self._why_late(row, row.expires_at))
            return True
        if row.check_in_id is not None and row.check_in_id not in self.check_ins:
            raise LookupError("it asks what this release doesn't know")
        due = self._due(row)
        if due is not None and recall_if_over(self.session, due):
            await outcome.cancelled(self.session, row, "recalled")
            return True
        return False

    async def _stays_here(self, row: OutboxRow, content: Content) -> bool:
        """It may not go, not now, or not there, and booked so."""
        hold = self._outside_the_window(row, content)
        if why := await barred(self.session, row, content, hold):
            await outcome.failed(self.session, _asking(row, content), why)
            return True
        return await self._is_held(row, content, hold) or await self._goes_not_there(row, content)

    async def _worded(self, row: OutboxRow, content: Content) -> Parcel:
        session = self.session
        words = await wire(session, row, content, self.catalogues)
        if (returnee := self._person(row)) is not None:
            await close_question(session, returnee, row)
        if self._goes_unsaid(row, content):
            words = words.unsaid()
        case = await session.get(Case, words.topic_of) if words.topic_of else None
        taken = replace(
            _taken(row) if words.covers else _asking(row, content),
            chat_id=chat_of(row, session.keys),
            topic_of=words.topic_of,
            covers=words.covers,
            opens=words.opens,
            many_calls=words.many_calls,
            deletes=content if isinstance(content, TopicDeletion) else None,
        )
        topic = topic_of(session, case) if case else None
        outcome.worded(row)
        return Parcel(taken, words, topic)

    def _without_goodbye(self, row: OutboxRow, content: Content) -> Content:
        """Whoever was taken off that phone was to hear that they are forgotten. If it is somebody's
        by now, who began anew there or had it taken back, that is not so: what was to go goes, and
        nothing of what was said since (P6, P11).
        """
        if not says(content, Notice.FORGOTTEN) or content.chat is None:
            return content
        if self._person(row) is None:
            return content
        gone = Deletion(tuple(content.params.get("gone", ())))
        reword(row, gone, self.session.keys)
        return gone

    async def _covered_if_shut(self, row: OutboxRow, content: Content) -> Content:
        """What somebody opened on a guarded phone, and could not see before it is to be covered
        again.
        """
        returnee = self._person(row)
        if returnee is None or not says(content, Notice.REVEALED):
            return content
        if not await self._is_shut_since(row, returnee):
            return content
        covered = cover(content, returnee)
        reword(row, covered, self.session.keys)
        return covered

    async def _is_shut_since(self, row: OutboxRow, returnee: Returnee) -> bool:
        discretion = discretion_now(returnee)
        if discretion is Discretion.OPEN:
            return False
        if self.session.now - row.created_at > _OPEN_FOR[discretion]:
            return True
        return discretion is Discretion.WATCHED and await is_locked(self.session, returnee)

    async def _is_held(self, row: OutboxRow, content: Content, hold: Held | None) -> bool:
        """Judged at the last moment, and again at each release (P4)."""
        if hold is None and isinstance(content, Clearing):
            hold = await clears_too_soon(self.session, row)
        # Of a cover it is asked later when it came.
        stays = Hold.COVERS if row.held == Hold.COVERS else None
        reason = hold.reason if hold else stays
        if row.held != reason:
            row.held = reason
        if hold is None:
            return False
        row.state, row.leased_until = OutboxState.HELD, None
        row.not_before = hold.until
        if row.notice_class is NoticeClass.HUMAN:
            # Whoever writes at this very moment has not been seen, and awaits an answer.
            row.not_before = min(hold.until, self.session.now + LOOK_AGAIN)
        return True

    def _outside_the_window(self, row: OutboxRow, content: Content) -> Held | None:
        returnee = self._person(row)
        if returnee is None:
            return None
        going = as_it_waits(row.notice_class, content, self._waited(row, returnee))
        contact = self.contacts.of(returnee, self._organisation_of(row))
        return held(going, contact, self.session.now)

    def _why_late(self, row: OutboxRow, expired_at: datetime) -> str:
        returnee = self._person(row)
        if returnee is None:
            return row.held or LATE
        contact = self.contacts.of(returnee, self._organisation_of(row))
        could_go = row.not_before < expired_at
        return why_late(row.held, contact, self.session.now, could_go=could_go)

    async def _goes_not_there(self, row: OutboxRow, content: Content) -> bool:
        """It is wanted no more, or was put for a phone that is theirs no more, and booked so."""
        if await recall_if_unwanted(self.session, row, content, self._person(row)):
            await outcome.cancelled(self.session, row, "recalled")
            return True
        if (elsewhere := self._is_now_at(row, content)) is not None:
            outcome.goes_elsewhere(self.session, row, elsewhere)
            return True
        return False

    def _is_now_at(self, row: OutboxRow, content: Content) -> int | None:
        """The chat of the phone that they have come in on since, if they have."""
        returnee = self._person(row)
        if returnee is None or not is_left_behind(self.session, row, content, returnee):
            return None
        return chat_id_of(self.session, returnee)

    def _person(self, row: OutboxRow) -> Returnee | None:
        """None where it goes to staff, or to a stranger."""
        return self.returnees.get(row.returnee_id) if row.returnee_id else None

    def _due(self, row: OutboxRow) -> Due | None:
        """The check-in that it asks, if it asks one."""
        return self.check_ins.get(row.check_in_id) if row.check_in_id else None

    def _organisation_of(self, row: OutboxRow) -> UUID | None:
        """Whose words these are, as far as it says so."""
        due = self._due(row)
        return due.check_in.organisation_id if due is not None else row.organisation_id

    def _goes_unsaid(self, row: OutboxRow, content: Content) -> bool:
        """A chat is emptied at any hour. What stands in it then is said while they wait for it, or
        within their hours (P4); of whoever was forgotten, nobody knows those.
        """
        if not says(content, *_OF_AN_EMPTY_CHAT):
            return False
        now = self.session.now
        returnee = self._person(row)
        if returnee is None:
            return now - max(row.created_at, row.not_before) > REPLY_LIFE
        if self._waited(row, returnee) <= REPLY_LIFE:
            return False
        # It is all that a frozen chat, or one that may be forgotten, is told.
        contact = replace(self.contacts.of(returnee), frozen=False, leaving=False, hushed=False)
        return held(Outgoing(NoticeClass.ROUTINE, about_case=True), contact, now) is not None

    def _waited(self, row: OutboxRow, returnee: Returnee) -> timedelta:
        """Since the person last did something of which this may be the answer."""
        return self.session.now - max(row.created_at, returnee.last_wrote_at or row.created_at)


async def _still_theirs(session: Session, leased: Sequence[Leased]) -> Sequence[OutboxRow]:
    """Those that are leased to us still, in the same order. Where its chat is somebody else's by
    now, a row is theirs.
    """
    fences = {each.id: each.fence for each in leased}
    waiting = await session.execute(_STILL_WAITING, {"rows": list(fences)})
    theirs: dict[UUID, OutboxRow] = {}
    for row, returnee_id in waiting:
        if row.fence == fences[row.id]:
            if row.returnee_id != returnee_id:
                row.returnee_id = returnee_id
            theirs[row.id] = row
    return [theirs[each] for each in fences if each in theirs]


async def pack_alone(session: Session, catalogues: Catalogues, leased: Leased) -> Parcel | None:
    """The same for one of those that can't be made ready together, whatever is wrong with it: the
    database refuses it, or something of it is of a kind that this release doesn't know.
    """
    taken = _taken(leased)
    try:
        async with session.begin_nested():
            packing = await Packing.of(session, catalogues, [leased])
            return await packing.prepare(packing.rows[0]) if packing.rows else None
    except Exception as error:
        if isinstance(error, DBAPIError) and is_away(error):
            raise
        await _put_off(session, taken, error)
        return None


async def _put_off(session: Session, taken: Taken, error: Exception) -> None:
    """One row that nobody can make sense of must not stop all the others, and another release may
    make sense of it.
    """
    if await outcome.unworded(session, taken, code_of(error)):
        log.error("a message can't be worded yet", action="delivery.word", error=code_of(error))
    else:
        log.error("a message was never worded", action="delivery.unsaid", error=code_of(error))


def _taken(row: Leased) -> Taken:
    return Taken(row.id, row.fence)


def _asking(row: OutboxRow, content: Content) -> Taken:
    """Notes for whom it is where it asks for their two words, openly or behind a cover."""
    opened = says(content, Notice.REVEALED) and content.params.get("notice")
    asks = says(content, Notice.WORDS_ASKED) or opened == Notice.WORDS_ASKED
    return replace(_taken(row), asks_for_words=row.returnee_id if asks else None)
