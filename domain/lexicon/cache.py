"""What each organisation listens for besides, at hand for every message without a question."""

from uuid import UUID

from sqlalchemy import select

from domain.distress import Own
from domain.lexicon.reading import own_in
from storage.sessions import Session
from storage.tables.organisations import Organisation


class Lexicons:
    """In the memory of one process: read anew where an organisation's version is another."""

    def __init__(self) -> None:
        self._own: dict[UUID, Own] = {}
        self._default: UUID | None = None

    def of(self, organisation_id: UUID | None) -> Own | None:
        """None for one that listens for nothing of its own. Without an organisation, of the one
        that receives everybody.
        """
        found = organisation_id or self._default
        return self._own.get(found) if found else None

    async def refresh(self, session: Session) -> None:
        """Needs the service's scope."""
        found = await session.execute(
            select(Organisation.id, Organisation.is_default, Organisation.lexicon_version)
        )
        for id_, is_default, version in found.all():
            if is_default:
                self._default = id_
            known = self._own.get(id_)
            if version and (known is None or known.version != version):
                self._own[id_] = await own_in(session, id_, version)
