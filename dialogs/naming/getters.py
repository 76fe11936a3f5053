from typing import Any

from dialogs.texts import Texts
from storage.sessions import Session
from storage.tables.returnees import Returnee, Safety

_MONTHS = {30: 1, 90: 3, 365: 12}


async def get_about(session: Session, returnee: Returnee, **_: Any) -> dict[str, Any]:
    return {"has_named": (await session.get_one(Safety, returnee.id)).other is not None}


async def get_times(texts: Texts, **_: Any) -> dict[str, Any]:
    times = [
        (texts.count("{number} month", "{number} months", number), str(days))
        for days, number in _MONTHS.items()
    ]
    return {"choices": times}
