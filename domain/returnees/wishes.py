"""Whom somebody wishes to be helped by, and what is kept away from them: places and partners.

A wish for a woman or a man decides who is called first, and refuses nobody. What somebody avoids
is a wall: a partner that must not be told gets no offer and no access, even where a life allows to
tell others.
"""

import asyncio
import json
from dataclasses import dataclass, field, replace
from uuid import UUID

from domain.directory.avoiding import Avoided, names_any
from domain.directory.listing import names_of_places
from domain.errors import Refused
from domain.illegible import if_legible
from domain.returnees.keys import data_key
from storage.kinds import Gender
from storage.sessions import Session
from storage.tables.returnees import Safety

#: As what they lie sealed.
WISHES = "wishes"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A country, or a place in it as the directory calls it; never an address (P14)."""

    country: str
    #: As DirectoryPlace.key; "" for the whole country.
    key: str = ""
    #: In the language of whoever wrote it down: it is the same place under another.
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Partner:
    name: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Wishes:
    helper: Gender | None = None
    places: frozenset[Place] = frozenset()
    partners: frozenset[Partner] = frozenset()

    @property
    def avoided(self) -> Avoided:
        return frozenset((place.country, place.key) for place in self.places)

    def read_by(self, organisation_id: UUID) -> "Wishes":
        """Whoever must not be told does not read that here."""
        others = (partner for partner in self.partners if partner.id != organisation_id)
        return replace(self, partners=frozenset(others))

    def shuts_out(self, organisation_id: UUID) -> bool:
        return any(partner.id == organisation_id for partner in self.partners)


async def wishes_of(session: Session, returnee_id: UUID) -> Wishes:
    safety = await session.get_one(Safety, returnee_id)
    if safety.wishes is None:
        return Wishes()
    kept = json.loads((await data_key(session, returnee_id)).open(safety.wishes, WISHES))
    return Wishes(
        Gender(kept["helper"]) if kept["helper"] else None,
        frozenset(Place(*place) for place in kept["places"]),
        frozenset(Partner(name, UUID(id_)) for name, id_ in kept["partners"]),
    )


async def legible_wishes(session: Session, returnee_id: UUID) -> Wishes:
    """For whatever must not go against one that nobody can read. Raises Refused."""
    wishes = await if_legible(wishes_of(session, returnee_id))
    if wishes is None:
        raise Refused("What they avoid can't be read any more: ask them, and write it down anew.")
    return wishes


async def wishes_left(session: Session, returnee_id: UUID) -> Wishes:
    """For what the person looks for or says themselves: none where no key opens them."""
    return await if_legible(wishes_of(session, returnee_id)) or Wishes()


async def speaks_of_avoided(session: Session, returnee_id: UUID, text: str) -> bool:
    """Whether a text names a place where it is not safe for this person; it guesses."""
    wishes = await wishes_of(session, returnee_id)
    named = {place.name for place in wishes.places}
    named |= await names_of_places(session, wishes.avoided)
    # A hundred places have many names, and each is looked for by itself.
    return await asyncio.to_thread(names_any, text, named)


async def ensure_may_be_told(session: Session, returnee_id: UUID, organisation_id: UUID) -> None:
    """Raises Refused for an organisation that the person wants kept away from them.

    Whatever offers or gives another organisation anything of a person asks here first, and asks
    what stands there now: whoever waited for the person may have read their wishes before.
    """
    await session.get_one(Safety, returnee_id, populate_existing=True)
    if (await legible_wishes(session, returnee_id)).shuts_out(organisation_id):
        raise Refused("They said that this organisation must not be told.")
