"""Somebody outside the organisation to whom a person can complain, as the organisation names it."""

from domain import audit
from domain.actors import Actor, Right
from domain.errors import Refused
from storage.sessions import Session
from storage.tables.organisations import Organisation

LONGEST_ADDRESS = 200
_SETTING = "complaints_outside"


def outside_address(organisation: Organisation) -> str:
    """Nothing, where none was named."""
    address: str = organisation.settings.get(_SETTING, "")
    return address


async def name_outside(session: Session, actor: Actor, address: str) -> None:
    """Shown to everybody who confides. Raises NotAllowed or Refused."""
    actor.ensure_may(Right.SAFEGUARD)
    if len(address) > LONGEST_ADDRESS:
        raise Refused("This is too long to be read on a phone.")
    organisation = await session.get_one(
        Organisation, actor.organisation_id, with_for_update=True, populate_existing=True
    )
    organisation.settings = {**organisation.settings, _SETTING: " ".join(address.split())}
    audit.done_by(session, actor, "safeguarding.outside")
