"""Which keys are in use, and whether a rotation waits to be finished."""

from dataclasses import dataclass
from pathlib import Path

from bot.database.opening import entered
from bot.replica.replica import replicas_alive, replicas_with_key
from bot.settings import Settings
from storage.keys.keyring import Keyring
from storage.seals.rotation import key_state
from storage.sessions import SERVICE, Session
from storage.whole_files import drafts_of

_FINISH = "run 'wayhome keys rotate' to finish it"
_UNDER_NEW_KEY = f"{_FINISH}; if not today, bring both custodians the key file as it is"


@dataclass(frozen=True, slots=True)
class KeyStatus:
    epoch: int
    #: The epochs of the key file.
    in_file: list[int]
    replicas: int
    replicas_with_newest: int
    #: What is unfinished, in half a sentence.
    problem: str | None


async def look(settings: Settings) -> KeyStatus:
    """Raises CannotOpen."""
    async with entered(settings) as database, database.begin(SERVICE) as session:
        held = database.keychain.held
        state = await key_state(session)
        return KeyStatus(
            epoch=state.current,
            in_file=sorted(held.fingerprints()),
            replicas=len(await replicas_alive(session)),
            replicas_with_newest=len(await replicas_with_key(session, held.fingerprint)),
            problem=await unfinished(session, held) or left_beside(settings.key_path),
        )


async def unfinished(session: Session, held: Keyring) -> str | None:
    """What of a rotation is left to do; None when there is none."""
    state = await key_state(session)
    if state.oldest < state.current:
        return f"a rotation to epoch {state.current} was broken off: {_UNDER_NEW_KEY}"
    if state.announced is not None or held.current > state.current:
        return f"a rotation was begun, and nothing is under its key yet: {_FINISH}"
    if held.oldest < state.current:
        return f"the key file still holds a key that is over: {_UNDER_NEW_KEY}"
    return None


def left_beside(key_file: Path) -> str | None:
    """What was killed as it wrote the key file left beside it, with keys in it; None when nothing
    is.
    """
    drafts = ", ".join(map(str, drafts_of(key_file)))
    if not drafts:
        return None
    return f"a command that was killed left a file with keys in it: delete {drafts}"
