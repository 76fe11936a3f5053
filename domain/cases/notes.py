"""What colleagues write about a case, under the person's own key."""

from domain.returnees.keys import data_key
from storage.keys.keyring import DataKey, SealError
from storage.seals.columns import BY_PERSON
from storage.sessions import Session
from storage.tables.cases import Case, CaseEvent

_CONTEXT = BY_PERSON[CaseEvent.body]


async def sealed_note(session: Session, case: Case, words: str) -> bytes:
    return (await data_key(session, case.returnee_id)).seal(words.strip(), _CONTEXT)


def opened_note(key: DataKey | None, body: bytes) -> str | None:
    """None where no key opens it any more: that it was written stands there all the same."""
    try:
        return key.open(body, _CONTEXT) if key else None
    except SealError:
        return None
