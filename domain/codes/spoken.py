"""Codes by which staff speak of a case or a complaint: short to say, and they tell nothing."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from storage.sessions import Session

# No vowels, so that no word appears, and nothing that is misread for something else.
_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"


async def unused_code(session: Session, column: InstrumentedAttribute[str], shape: str) -> str:
    """One that no row has in that column, with a letter for each "?" of its shape."""
    while True:
        code = "".join(secrets.choice(_LETTERS) if each == "?" else each for each in shape)
        if await session.scalar(select(column).where(column == code)) is None:
            return code
