from typing import Any

from dialogs.safety.hours import HOURS, NAMES
from dialogs.texts import Texts
from domain.safety import window_of
from storage.returnees import Returnee, Safety
from storage.sessions import Session


async def get_safety(
    session: Session, returnee: Returnee, texts: Texts, **_: Any
) -> dict[str, Any]:
    safety = await session.get_one(Safety, returnee.id)
    window = await window_of(session, returnee.id, safety)
    named = next((NAMES[name] for name, hours in HOURS.items() if hours == window), None)
    return {
        "hours": texts(named) if named else f"{window.opens:%H:%M}–{window.closes:%H:%M}",
        "never_first": safety.never_first,
        "may_be_first": not safety.never_first,
        "asks_twice": safety.second_prompt,
        "asks_once": not safety.second_prompt,
        "paused": returnee.paused_until is not None and returnee.paused_until > session.now,
    }


async def get_hours(texts: Texts, **_: Any) -> dict[str, Any]:
    return {"choices": [(texts(label), name) for name, label in NAMES.items()]}
