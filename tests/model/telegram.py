"""The simulator behind aiogram's own session, without the wire between them."""

import json
from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    SendDocument,
    SendMessage,
    SendVoice,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType

from simulator.bot_api.parameters import Parameters
from simulator.errors import ApiError, forbidden, too_many_requests
from simulator.over_http.bot_api import execute
from simulator.simulator import Simulator
from tests.model.faults import Answer, Faults

_Shows = SendMessage | SendVoice | SendDocument | EditMessageText
_CAN_FAIL = _Shows | AnswerCallbackQuery


class Accepted:
    """A message that Telegram put on a phone, or changed there."""

    #: When whoever gets it had last done something that was dealt with by then; None for never.
    asked_at: datetime | None = None
    #: When the step began in which it was decided that it may go.
    decided_after: datetime

    def __init__(self, method: _Shows, message_id: int, at: datetime) -> None:
        assert method.chat_id is not None
        self.chat = int(method.chat_id)
        self.text = getattr(method, "text", None) or getattr(method, "caption", None) or ""
        self.at = at
        self.message_id = message_id
        self.is_edit = isinstance(method, EditMessageText)
        self.confirmed = False
        markup = method.reply_markup
        rows = getattr(markup, "inline_keyboard", []) if markup else []
        keys = [key for row in rows for key in row if key.callback_data]
        self.buttons = [key.callback_data for key in keys]
        self.labels = [key.text for key in keys]

    @property
    def words(self) -> str:
        """All that can be read there."""
        return "\n".join([self.text, *self.labels])


class InProcess(BaseSession):
    """The signatures are aiogram's. Only what reaches a phone can fail by plan."""

    def __init__(
        self,
        simulator: Simulator,
        faults: Faults,
        accepted: Callable[[Accepted], None],
        answering: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._simulator = simulator
        self._faults = faults
        self._accepted = accepted
        self._answering = answering

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109
    ) -> TelegramType:
        answer = Answer.TAKEN
        if isinstance(method, _CAN_FAIL):
            answer = self._faults.next_answer()
        if isinstance(method, AnswerCallbackQuery):
            self._answering(method.callback_query_id)
        if answer is Answer.KILL_BEFORE:
            self._faults.kill()
        status, body = await self._answer(bot, method, answer)
        accepted = None
        if status == 200 and isinstance(method, _Shows):
            number = body["result"]["message_id"]
            accepted = Accepted(method, number, self._simulator.clock.now())
            self._accepted(accepted)
        if answer is Answer.KILL_AFTER:
            self._faults.kill()
        if answer is Answer.UNANSWERED:
            raise TelegramNetworkError(method=method, message="the connection was cut")
        if accepted is not None:
            accepted.confirmed = True
        answered = self.check_response(bot, method, status, json.dumps(body))
        return cast("TelegramType", answered.result)

    async def _answer(
        self, bot: Bot, method: TelegramMethod[Any], answer: Answer
    ) -> tuple[int, dict[str, Any]]:
        refusal = {
            Answer.TOO_MANY: too_many_requests(20),
            Answer.BROKEN: ApiError(500, "Internal Server Error"),
            Answer.UNKNOWN_403: forbidden("something that nobody has seen before"),
        }.get(answer)
        try:
            if refusal is not None:
                raise refusal
            result = await execute(
                self._simulator, method.__api_method__, Parameters(self._plain(bot, method))
            )
        except ApiError as error:
            return error.code, error.envelope()
        return 200, {"ok": True, "result": result}

    def _plain(self, bot: Bot, method: TelegramMethod[Any]) -> dict[str, Any]:
        files: dict[str, Any] = {}
        values = {
            name: self.prepare_value(value, bot=bot, files=files)
            for name, value in method.model_dump(warnings=False).items()
        }
        # As on the wire, where an Enum is what it says.
        return {name: getattr(value, "value", value) for name, value in values.items() if value}

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        raise NotImplementedError
        yield b""

    async def close(self) -> None:
        """Nothing is open."""
