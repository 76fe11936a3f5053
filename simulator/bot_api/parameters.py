"""The parameters of one call, in whichever form a client sends them."""

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from simulator.errors import bad_request

MAX_UPLOAD = 50 * 1024 * 1024
Kind = TypeVar("Kind")
TRUE_WORDS = frozenset({"true", "yes", "1"})


@dataclass(frozen=True)
class Upload:
    name: str
    mime_type: str | None
    content: bytes


@dataclass(frozen=True)
class Parameters:
    """Reads values by name; nested ones may come as JSON or as strings of JSON."""

    values: Mapping[str, Any] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.values or name in self.uploads

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f"invalid {name} specified") from None

    def number(self, name: str) -> float:
        try:
            return float(self.values[name])
        except (KeyError, TypeError, ValueError):
            raise bad_request(f"{name} is empty or not a number") from None

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in TRUE_WORDS

    def nested(self, name: str) -> Any:
        """A list or an object; None where it is missing."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except json.JSONDecodeError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def object(self, name: str) -> dict[str, Any] | None:
        value = self.nested(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"object expected as {name}")
        return value or None

    def objects(self, name: str) -> list[dict[str, Any]]:
        return [_instance(value, dict, name) for value in self._array(name) or []]

    def integers(self, name: str) -> list[int]:
        return [_instance(value, int, name) for value in self._array(name) or []]

    def words(self, name: str) -> list[str] | None:
        """A list of strings; None where it is missing."""
        values = self._array(name)
        return None if values is None else [_instance(value, str, name) for value in values]

    def _array(self, name: str) -> list[Any] | None:
        value = self.nested(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"expected an Array in {name}")
        return value


def _instance(value: object, kind: type[Kind], name: str) -> Kind:
    if not isinstance(value, kind):
        raise bad_request(f"can't parse {name}: expected {kind.__name__}")
    return value


async def read_parameters(
    content_type: str, body: bytes, query: Mapping[str, str] | None = None
) -> Parameters:
    """What a request says in its query and in its body, which wins."""
    values: dict[str, Any] = dict(query or {})
    uploads: dict[str, Upload] = {}
    kind = content_type.partition(";")[0].strip().lower()
    if not body:
        pass
    elif kind == "application/json":
        values |= _json_object(body)
    elif kind == "multipart/form-data":
        await _read_multipart(content_type, body, values, uploads)
    elif kind == "application/x-www-form-urlencoded":
        values |= parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    return Parameters(values, uploads)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("JSON object expected")
    return values


async def _read_multipart(
    content_type: str, body: bytes, values: dict[str, Any], uploads: dict[str, Upload]
) -> None:
    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(Headers({"content-type": content_type}), whole())
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise bad_request(f"can't parse multipart data: {error.message}") from None
    for name, part in form.multi_items():
        if isinstance(part, str):
            values[name] = part
        else:
            uploads[name] = await _upload(part)


async def _upload(part: UploadFile) -> Upload:
    content = await part.read(MAX_UPLOAD + 1)
    await part.close()
    if len(content) > MAX_UPLOAD:
        raise bad_request("file is too big")
    return Upload(cast("str", part.filename), part.content_type, content)
