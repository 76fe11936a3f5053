"""Telling Telegram where to bring updates: by one replica at a time, whichever leads."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramRetryAfter
from aiogram.methods import GetWebhookInfo, SetWebhook
from aiogram.types import WebhookInfo

from bot.errors import code_of
from bot.intake.kinds import UPDATE_KINDS
from bot.replica.replica import Replica
from bot.stopping import Stopping
from storage.away import AWAY
from storage.inbox.outages import note_emptied
from storage.sessions import SERVICE, Database

log = structlog.get_logger()

#: Until the next look: often enough that what each one notes is never too old for anybody.
LOOK_AGAIN = timedelta(seconds=30)
# Telegram tries again within minutes, and forgets no error once all is well.
_LATELY = timedelta(minutes=15)
_PAUSE = 3.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where Telegram brings updates, and the word by which it is known there."""

    url: str
    secret: str

    async def keep(
        self,
        bot: Bot,
        database: Database,
        replica: Replica,
        stopping: Stopping,
        look_again: timedelta = LOOK_AGAIN,
    ) -> None:
        """While this replica leads. Who had polled before it, or still does with the same token,
        has taken the address away, and nothing that anybody writes would come in any more.
        """
        told = False
        while not stopping.is_set():
            replica.changed.clear()
            if not replica.leads:
                told = False
                await stopping.wait_for(replica.changed, look_again.total_seconds())
                continue
            try:
                if await self._look(bot, told=told):
                    async with database.begin(SERVICE) as session:
                        await note_emptied(session)
            except TelegramRetryAfter as error:
                await stopping.pause(error.retry_after)
            except TelegramBadRequest as error:
                log.error("our address is refused", action="intake.refused", error=code_of(error))
                await stopping.pause(look_again.total_seconds())
            except AiogramError as error:
                log.warning("Telegram is out of reach", action="intake.wait", error=code_of(error))
                await stopping.pause(_PAUSE)
            except AWAY as error:
                log.warning("the look was not noted", action="intake.wait", error=code_of(error))
                await stopping.pause(_PAUSE)
            else:
                told = True
                await stopping.wait_for(replica.changed, look_again.total_seconds())

    async def _look(self, bot: Bot, *, told: bool) -> bool:
        """Returns whether nothing waits there. The first time it is told in any case, and again
        where nothing comes: nobody can ask which word Telegram uses.
        """
        if told:
            info = await bot(GetWebhookInfo())
            if info.url != self.url:
                log.warning("another process took our address away", action="intake.conflict")
            elif brings_nothing(info):
                log.warning("Telegram can't bring updates", action="intake.unreached")
            else:
                return not info.pending_update_count
        await bot(SetWebhook(url=self.url, secret_token=self.secret, allowed_updates=UPDATE_KINDS))
        return False


def brings_nothing(info: WebhookInfo) -> bool:
    """Whether something waits there, and could not be brought lately."""
    failed = info.last_error_date
    return bool(info.pending_update_count and failed and datetime.now(UTC) - failed < _LATELY)
