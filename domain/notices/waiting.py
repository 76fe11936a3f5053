"""Notices that wait to be sent, found by what they say."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.notices.manners import MANNERS
from domain.notices.names import Notice, says
from storage.keys.keyring import Keyring, SealError
from storage.kinds import UNSENT
from storage.outbox.contents import Content, OfAnotherRelease
from storage.outbox.letters import content_of
from storage.tables.outbox import OutboxRow


async def waiting(
    session: AsyncSession, keys: Keyring, notice: Notice, *which: ColumnElement[bool]
) -> list[Mapping[str, Any]]:
    """The params of those of this notice. `which`: of these rows of the outbox. Needs the service's
    scope.
    """
    rows = await session.stream_scalars(
        select(OutboxRow).where(
            OutboxRow.state.in_(UNSENT),
            OutboxRow.notice_class == MANNERS[notice].notice_class,
            *which,
        )
    )
    contents = [_content(row, keys) async for row in rows]
    return [content.params for content in contents if content and says(content, notice)]


def _content(row: OutboxRow, keys: Keyring) -> Content | None:
    """What nobody here can read is not known to say it."""
    try:
        return content_of(row, keys)
    except (SealError, OfAnotherRelease):
        return None
