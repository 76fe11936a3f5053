"""What is true of people right now, as the rule must know it to judge what goes to them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, and_, exists, false, func, or_, select

from domain.calendar import zone
from domain.returnees.keys import open_data_key
from domain.returnees.phone import who_is_there
from domain.safety.judging import Contact
from domain.safety.window import UNKNOWN, USUAL, Window, opened
from storage.batches import one_of
from storage.keys.keyring import Keyring, SealError
from storage.kinds import Identity, Severity
from storage.rows import by_name
from storage.sessions import Session
from storage.tables.cases import UNRESOLVED, Case
from storage.tables.privacy import Erasure, NextErasure
from storage.tables.returnees import STILL_ENROLLED, Enrolment, Returnee, Safety, WrappedKey


async def contact_with(
    session: Session, returnee: Returnee, organisation_id: UUID | None = None
) -> Contact:
    """What is true of this person right now, as Contacts.of."""
    return (await contacts_with(session, [returnee])).of(returnee, organisation_id)


@dataclass(frozen=True, slots=True)
class Contacts:
    """What is true of some people right now."""

    keys: Keyring
    now: datetime
    facts: Mapping[UUID, "ContactFacts"]

    def of(self, returnee: Returnee, organisation_id: UUID | None = None) -> Contact:
        """For what that organisation has to say to them; None for what nobody in particular has."""
        facts = self.facts[returnee.id]
        return Contact(
            place=zone(returnee.time_zone),
            window=self._window(facts),
            never_first=facts.never_first,
            last_wrote_at=returnee.last_wrote_at,
            paused_until=returnee.paused_until,
            frozen=returnee.frozen_at is not None,
            emergency_open=facts.in_danger,
            confirmed=who_is_there(returnee, self.now) is Identity.CONFIRMED,
            leaving=facts.leaving
            and not (facts.others_go_on and organisation_id not in facts.forgotten_by),
            hushed=facts.hushed,
        )

    def _window(self, facts: "ContactFacts") -> Window:
        if facts.window is None:
            return USUAL
        try:
            return opened(open_data_key(self.keys, facts.wrapped), facts.window)
        except SealError:
            # Whatever asks for no hour goes all the same, such as the answer to a cry.
            return UNKNOWN


class ContactFacts(NamedTuple):
    """Of one person, as the database has them."""

    returnee_id: UUID
    #: Sealed with the data key that comes with it.
    window: bytes | None
    never_first: bool
    wrapped: bytes | None
    in_danger: bool
    leaving: bool
    #: By which organisations alone; and whether another one accompanies them, too.
    forgotten_by: Collection[UUID]
    others_go_on: bool
    hushed: bool


_IN_DANGER = (
    select(Case.id)
    .where(
        Case.returnee_id == Safety.returnee_id,
        UNRESOLVED,
        Case.severity == Severity.EMERGENCY,
    )
    .exists()
)
# After one organisation's turn, and before the next one's, there is no erasure for a moment.
_IN_ITS_TURN = exists().where(
    NextErasure.returnee_id == Enrolment.returnee_id,
    NextErasure.organisation_id == Enrolment.organisation_id,
)
_FORGOTTEN_BY = select(Enrolment.organisation_id).where(
    Enrolment.returnee_id == Safety.returnee_id,
    or_(Enrolment.organisation_id == Erasure.organisation_id, _IN_ITS_TURN),
)
_OTHERS_GO_ON = and_(
    or_(Erasure.returnee_id.is_(None), Erasure.organisation_id.is_not(None)),
    exists().where(
        Enrolment.returnee_id == Safety.returnee_id,
        Enrolment.organisation_id.is_distinct_from(Erasure.organisation_id),
        ~_IN_ITS_TURN,
        STILL_ENROLLED,
    ),
)
_CONTACTS = (
    select(
        Safety.returnee_id,
        Safety.window,
        Safety.never_first,
        WrappedKey.wrapped,
        _IN_DANGER.label("in_danger"),
        or_(Erasure.returnee_id.is_not(None), _FORGOTTEN_BY.exists()).label("leaving"),
        func.array(_FORGOTTEN_BY.scalar_subquery(), type_=ARRAY(Uuid())).label("forgotten_by"),
        _OTHERS_GO_ON.label("others_go_on"),
        func.coalesce(or_(Erasure.forced, Erasure.chat.is_not(None)), false()).label("hushed"),
    )
    .join(Returnee, Returnee.id == Safety.returnee_id)
    .outerjoin(WrappedKey, WrappedKey.id == Returnee.data_key_id)
    .outerjoin(Erasure, Erasure.returnee_id == Safety.returnee_id)
    .where(one_of(Safety.returnee_id, "asked"))
)


async def contacts_with(session: Session, returnees: Iterable[Returnee]) -> Contacts:
    """However many they are, it is one question to the database."""
    asked = [returnee.id for returnee in returnees]
    if not asked:
        return Contacts(session.keys, session.now, {})
    rows = await session.execute(_CONTACTS, {"asked": asked})
    facts = (ContactFacts(**by_name(row)) for row in rows)
    return Contacts(session.keys, session.now, {each.returnee_id: each for each in facts})
