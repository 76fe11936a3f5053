"""What every reply must satisfy: aiogram finds all it needs, and nothing it does not know."""

from collections.abc import Iterator
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from pydantic import BaseModel


class NothingUnknown(BaseRequestMiddleware):
    """aiogram keeps fields that it does not know: a misspelt one would pass unseen."""

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        response = await make_request(bot, method)
        assert list(unknown_fields(response)) == []
        return response


def unknown_fields(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from unknown_fields(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from unknown_fields(item, f"{path}[{number}]")


def plain(value: BaseModel) -> dict[str, Any]:
    """What an object says: aiogram's own comparison also looks at which bot received it."""
    return value.model_dump(exclude_none=True, mode="json")
