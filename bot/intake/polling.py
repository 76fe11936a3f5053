"""Asking Telegram for updates: by one replica at a time, whichever leads."""

from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramConflictError, TelegramRetryAfter
from aiogram.methods import DeleteWebhook
from aiogram.methods.base import TelegramMethod

from bot.errors import code_of
from bot.intake.freshness import Freshness
from bot.intake.kinds import UPDATE_KINDS
from bot.replica.replica import Replica
from bot.stopping import Stopping
from bot.telegram.connection import lacks_method
from storage.away import AWAY
from storage.inbox.arrivals import take_in
from storage.inbox.outages import emptied_ago, note_emptied
from storage.inbox.updates import is_update
from storage.sessions import SERVICE, Database

log = structlog.get_logger()

_PATIENCE = 25
_PAUSE = 2.0
# Another poller has the token: ours or somebody else's. It gets time to end.
_CONFLICT_PAUSE = 5.0


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates as it comes: one update that aiogram can't read must not cost the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int
    allowed_updates: list[str]


async def poll(bot: Bot, database: Database, replica: Replica, stopping: Stopping) -> None:
    """While this replica leads: asks, keeps, and only then lets Telegram forget."""
    offset = None
    webhook_off = False
    freshness = Freshness()
    while not stopping.is_set():
        replica.changed.clear()
        if not replica.leads:
            # Meanwhile others have asked, and know what waited.
            offset, webhook_off, freshness = None, False, Freshness()
            await stopping.wait_for(replica.changed, _PAUSE)
            continue
        try:
            if not webhook_off:
                await bot(DeleteWebhook(drop_pending_updates=False))
                webhook_off = True
            offset, freshness = await _ask_once(bot, database, offset, freshness, stopping)
        except TelegramConflictError as error:
            log.warning("another process polls", action="intake.conflict", error=code_of(error))
            # Or has them brought to itself, which ends only where it is taken back.
            webhook_off = False
            await stopping.pause(_CONFLICT_PAUSE)
        except TelegramRetryAfter as error:
            await stopping.pause(error.retry_after)
        except AiogramError as error:
            # Who knows no webhooks has none.
            webhook_off = webhook_off or lacks_method(error)
            # Refused, out of reach, or an answer that makes no sense, as proxies give.
            log.warning("Telegram is out of reach", action="intake.wait", error=code_of(error))
            await stopping.pause(_PAUSE)
        except AWAY as error:
            # Not acknowledged: Telegram keeps what could not be stored.
            log.warning("what came was not kept", action="intake.wait", error=code_of(error))
            await stopping.pause(_PAUSE)


async def _ask_once(
    bot: Bot, database: Database, offset: int | None, freshness: Freshness, stopping: Stopping
) -> tuple[int | None, Freshness]:
    """Returns what to go by the next time. Where it raises, all is as if it had not been asked."""
    request = RawUpdates(offset=offset, timeout=_PATIENCE, allowed_updates=UPDATE_KINDS)
    updates = await stopping.unless_stopped(bot(request, request_timeout=_PATIENCE + 10))
    if updates is None:
        return offset, freshness
    answered = freshness.answered(len(updates))
    if not updates:
        async with database.begin(SERVICE) as session:
            await note_emptied(session)
        return offset, answered
    known = [update for update in updates if is_update(update)]
    if len(known) < len(updates):
        log.error("Telegram sent what is no update", action="intake.strange")
    if not known:
        await stopping.pause(_PAUSE)
        return offset, freshness
    is_fresh = freshness.is_fresh
    async with database.begin(SERVICE) as session:
        waited = freshness.waited or await emptied_ago(session)
        await take_in(session, known, is_fresh=is_fresh, waited=waited)
        if is_fresh:
            answered = await answered.compare(session, known)
        if not answered.is_full:
            await note_emptied(session)
    newest: int = max(update["update_id"] for update in known)
    return newest + 1, answered
