"""Calls to Telegram in JSON, which is written and read in a fraction of the time that aiogram's
forms and types take.
"""

from contextlib import suppress
from http import HTTPStatus
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramEntityTooLarge
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Message
from aiohttp import FormData, JsonPayload
from aiohttp.payload import Payload
from pydantic import BaseModel, ValidationError

_OF_MESSAGES = (Message, Message | bool)
_STRANGE = "This is no answer of Telegram's"


class Arrived(BaseModel):
    """All that is read of a message that Telegram took: the rest are our own words, come back."""

    message_id: int


# Held on to here, since pydantic forgets it otherwise and makes it anew at some cost.
_ANSWER = Response[Arrived | bool]


def half_said(error: Exception) -> dict[str, Any] | None:
    """What there is in an answer that is Telegram's yes, though aiogram misses something in it, as
    in an older server's; None where it is no yes.
    """
    answer = error.data if isinstance(error, ClientDecodeError) else None
    if not isinstance(answer, dict) or answer.get("ok") is not True:
        return None
    result = answer.get("result")
    return result if isinstance(result, dict) else {}


class JsonCalls(AiohttpSession):
    """aiogram's own session, but that only a call with a file goes as a form, and that the answer
    to a message is no Message: it has Arrived. Whatever stands in for Telegram, as a proxy's page
    does, is no answer: ClientDecodeError.
    """

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109
    ) -> TelegramType:
        try:
            return await super().make_request(bot, method, timeout)
        except UnicodeDecodeError as error:
            raise ClientDecodeError(_STRANGE, error, "") from error

    def build_form_data(self, bot: Bot, method: TelegramMethod[TelegramType]) -> FormData:
        files: dict[str, Any] = {}
        values = self._plain(method, bot, files)
        return super().build_form_data(bot, method) if files else _JsonBody(values)

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        if status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            # Whoever says it, Telegram or a proxy before it: another try is as large.
            raise TelegramEntityTooLarge(method=method, message="Request Entity Too Large")
        if status_code == HTTPStatus.OK and method.__returning__ in _OF_MESSAGES:
            # Of any other, aiogram says what is wrong with it.
            with suppress(ValidationError):
                answer = _ANSWER.model_validate_json(content)
                if answer.ok and answer.result is not None:
                    return cast("Response[TelegramType]", answer)
        try:
            response = super().check_response(bot, method, status_code, content)
        except (TypeError, ValueError) as error:
            raise ClientDecodeError(_STRANGE, error, content) from error
        except TelegramAPIError as refusal:
            # Telegram always says why.
            if refusal.message:
                raise
            raise ClientDecodeError(_STRANGE, refusal, content) from refusal
        if response.result is None:
            raise ClientDecodeError(_STRANGE, LookupError("result"), content)
        return response

    def _plain(self, value: Any, bot: Bot, files: dict[str, Any]) -> Any:
        """As aiogram prepares it, which asks of each word a dozen times what it is."""
        kind = type(value)
        if kind is str or kind is int or kind is bool:
            return value
        if kind is list:
            values = [self._plain(each, bot, files) for each in value]
            return [each for each in values if each is not None]
        if isinstance(value, BaseModel):
            said = {**vars(value), **value.model_extra} if value.model_extra else vars(value)
            return {
                name: plain
                for name, each in said.items()
                if each is not None and (plain := self._plain(each, bot, files)) is not None
            }
        return self.prepare_value(value, bot, files, _dumps_json=False)


class _JsonBody(FormData):
    """What aiohttp takes for a form, and asks for its body."""

    def __init__(self, values: Any) -> None:
        # None of a form's own parts, which take longer to make than the JSON to write.
        self._values = values

    def __call__(self) -> Payload:
        return JsonPayload(self._values)
