"""The Telegram group of an organisation's staff, as a way to all of them."""

from domain import audit
from domain.cases.topics import take_topics
from domain.channels.telegram import note_topics
from domain.errors import Refused
from domain.organisations import organisation_of_chat, set_staff_chat
from storage.sessions import Session
from storage.tables.organisations import Organisation


async def name_staff_group(
    session: Session, organisation: Organisation, chat_id: int | None
) -> None:
    """Where alerts go from now on; None: to no group. Raises Refused for another organisation's.

    From the group of before go the topics of cases, as long as the bot is in it and may delete.
    What else stands there stays, and is for nobody to write in any more.
    """
    whose = await organisation_of_chat(session, chat_id) if chat_id is not None else None
    if whose is not None and whose.id != organisation.id:
        raise Refused("This is the staff group of {name} already.", name=whose.name)
    if whose is None:
        await take_topics(session, organisation.id)
        await note_topics(session, organisation, read=True)
    if chat_id is None:
        organisation.staff_chat = organisation.staff_chat_key = None
        organisation.staff_chat_fails_since = None
    else:
        set_staff_chat(session, organisation, chat_id)
    audit.record(session, organisation.id, "staff-group.named", on=chat_id is not None)
