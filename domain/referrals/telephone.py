"""By which number an organisation is called by the others here, about a referral between them."""

from uuid import UUID

from domain import audit
from domain.actors import Actor, Right
from domain.errors import Refused
from storage.sessions import Session
from storage.tables.organisations import Organisation

#: With what belongs to it, such as from when to when.
LONGEST_TELEPHONE = 80
_SETTING = "telephone"


def telephone_of(organisation: Organisation) -> str:
    """Nothing, where none was named."""
    telephone: str = organisation.settings.get(_SETTING, "")
    return telephone


async def name_telephone(session: Session, actor: Actor, telephone: str) -> None:
    """Shown beside every referral to them or from them; an empty one takes it away.

    Raises NotAllowed or Refused.
    """
    actor.ensure_may(Right.KEEP_DIRECTORY)
    named = " ".join(telephone.split())
    if named and not any(character.isdecimal() for character in named):
        raise Refused("This is no telephone number.")
    if len(named) > LONGEST_TELEPHONE:
        raise Refused("This is too long to be read on a phone.")
    organisation = await session.get_one(
        Organisation, actor.organisation_id, with_for_update=True, populate_existing=True
    )
    organisation.settings = {**organisation.settings, _SETTING: named}
    audit.done_by(session, actor, "organisation.telephone")


async def telephone_to(session: Session, organisation_id: UUID | None) -> str:
    """Of another one; nothing of what has no Wayhome. Needs the service's scope."""
    organisation = await session.get(Organisation, organisation_id) if organisation_id else None
    return telephone_of(organisation) if organisation else ""
