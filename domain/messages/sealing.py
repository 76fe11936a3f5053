"""What a message says, sealed under the person's own key: in a case or within a complaint."""

import json
from contextlib import suppress

from domain.illegible import if_legible
from domain.messages.body import Body
from domain.returnees.keys import data_key
from storage.keys.keyring import DataKey, SealError
from storage.kinds import MessageKind
from storage.seals.columns import BY_PERSON
from storage.sessions import Session
from storage.tables.cases import Message
from storage.tables.safeguarding import ComplaintMessage


async def body_of(session: Session, message: Message | ComplaintMessage) -> Body:
    """What it says, as domain/messages/body.py describes it."""
    return body_under(await data_key(session, message.returnee_id), message)


def body_under(key: DataKey, message: Message | ComplaintMessage) -> Body:
    body: Body = json.loads(key.open(message.body, BY_PERSON[type(message).body]))
    return body


def as_far_as_it_opens(
    key: DataKey | None, message: Message | ComplaintMessage
) -> tuple[Body, MessageKind]:
    """For a page of many: one that no key opens any more must keep neither the others from being
    read nor the person from being answered; nor must a key that is illegible itself.
    """
    if key is not None:
        with suppress(SealError):
            return body_under(key, message), message.kind
    return {}, MessageKind.OTHER


async def what_opens_of(session: Session, message: Message | ComplaintMessage) -> Body:
    """What it says; nothing where no key opens it any more."""
    key = await if_legible(data_key(session, message.returnee_id))
    body, _ = as_far_as_it_opens(key, message)
    return body


def sealed(key: DataKey, kind: type[Message | ComplaintMessage], body: Body) -> bytes:
    """For a message of that kind."""
    return key.seal(json.dumps(body), BY_PERSON[kind.body])


def as_shown(text: str) -> str:
    """Half of a surrogate pair is no Unicode; no page could show what holds one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
