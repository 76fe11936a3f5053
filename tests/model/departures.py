"""Who is no more known: nobody goes unasked, and what was said before then is judged no longer."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select

from storage.sessions import Session
from storage.tables.cases import Case
from storage.tables.privacy import Erasure
from storage.tables.returnees import Returnee
from tests.model.calls import Calls


@dataclass(slots=True)
class Departures:
    """As they are seen from one step to the next."""

    #: Whose each chat was, and the codes of their cases.
    _known: dict[int, tuple[UUID, set[str]]] = field(default_factory=dict)
    #: Who is not reached by any chat any more.
    gone: set[UUID] = field(default_factory=set)

    async def look(self, session: Session, calls: Calls, closed: set[str]) -> set[int]:
        """The chats that are nobody's any more, or somebody else's; or of which a case is gone."""
        chats = await self._chats(session)
        left = set()
        for chat, (person, codes) in self._known.items():
            now = chats.get(chat)
            if now is None or now[0] != person:
                assert chat in calls.to_be_forgotten, "forgotten, and did not ask to be"
                self.gone.add(person)
                left.add(chat)
            elif codes - now[1]:
                assert codes - now[1] <= closed, "a case is gone that nobody closed"
                left.add(chat)
        self._known = chats
        return left

    async def _chats(self, session: Session) -> dict[int, tuple[UUID, set[str]]]:
        found = await session.execute(
            select(
                Returnee.chat,
                Returnee.id,
                func.array_remove(func.array_agg(Case.code), None),
            )
            .outerjoin(Case, Case.returnee_id == Returnee.id)
            .where(Returnee.id.not_in(select(Erasure.returnee_id).where(Erasure.chat.is_not(None))))
            .group_by(Returnee.id)
        )
        return {
            int(session.keys.open(chat, "returnee chat")): (person, set(codes))
            for chat, person, codes in found
        }
