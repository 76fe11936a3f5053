"""How input of a certain shape is varied, so that it is not refused at the first byte."""

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from io import BytesIO
from random import Random
from typing import Any

#: Varies bytes of no shape: the fuzzer's own, which knows what led somewhere new.
Vary = Callable[[bytes], bytes]
Shape = Callable[[bytes, Random, Vary], bytes]

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, 0.5, 1e308, float("nan"), float("inf")),
    *("", " ", "\0", "\ud800", "\u202e", "a" * 300, "٣", "²", "1e999", "nan", "-0", "[", "{0}"),
    *("2026-02-30", "24:00", "${x}", "private", [], {}, [[]], [{}], [None], {"": None}),
)


def plain(data: bytes, random: Random, vary: Vary) -> bytes:
    return vary(data)


def as_json(data: bytes, random: Random, vary: Vary) -> bytes:
    """A value goes, moves, doubles, or becomes an odd one or another text."""
    try:
        document = [json.loads(data)]
    except (ValueError, RecursionError):
        return vary(data)
    for _ in range(random.randint(1, 3)):
        places = [*_places(document)]
        holder, key = random.choice(places)
        other_holder, other_key = random.choice(places)
        match random.randrange(5):
            case 0 if holder is not document:
                del holder[key]
            case 1:
                holder[key] = deepcopy(random.choice(_ODD))
            case 2:
                holder[key] = deepcopy(other_holder[other_key])
            case 3 if isinstance(holder, dict) and isinstance(other_key, str):
                holder[other_key] = deepcopy(holder[key])
            case _:
                if isinstance(holder[key], str):
                    holder[key] = vary(holder[key].encode("utf-8", "surrogatepass")).decode(
                        "utf-8", "replace"
                    )
                else:
                    holder[key] = deepcopy(random.choice(_ODD))
    return json.dumps(document[0]).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every field and item in it, as its holder and its key."""
    for key, inner in [*(value.items() if isinstance(value, dict) else enumerate(value))]:
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def archive(*members: tuple[str, bytes]) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members:
            opened.writestr(zipfile.ZipInfo(name), content)
    return written.getvalue()


def as_archive(data: bytes, random: Random, vary: Vary) -> bytes:
    """Mostly one of its files, so that the checksums are right; sometimes the archive itself."""
    if random.randrange(8) == 0:
        return vary(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as opened:
            members = [(each.filename, opened.read(each)) for each in opened.infolist()]
    except Exception:
        return vary(data)
    if not members:
        return vary(data)
    number = random.randrange(len(members))
    name, content = members[number]
    members[number] = name, as_text(content, random, vary)
    honest = archive(*members)
    return honest if random.randrange(4) else _lying(honest, random)


def _lying(data: bytes, random: Random) -> bytes:
    """In its list of what is in it, about the checksum or the size of a file, packed or not."""
    at = random.choice([found.start() for found in re.finditer(b"PK\1\2", data)])
    at += random.choice((16, 20, 24))
    said = random.choice((0, 1, 100, 2**20, 2**31, 2**32 - 1)).to_bytes(4, "little")
    return data[:at] + said + data[at + 4 :]


def as_text(data: bytes, random: Random, vary: Vary) -> bytes:
    """A piece between two marks becomes another piece, or an odd one."""
    marks = [place for place, byte in enumerate(data) if byte in b"<>\"'=,;:\n |(){}[]$"]
    if len(marks) < 2 or random.randrange(3) == 0:
        return vary(data)
    begin, end = _between(marks, random)
    if random.randrange(2):
        start, stop = _between(marks, random)
        piece = data[start:stop]
    else:
        piece = str(random.choice(_ODD)).encode("utf-8", "replace")
    return data[:begin] + piece + data[end:]


def _between(marks: list[int], random: Random) -> tuple[int, int]:
    number = random.randrange(len(marks) - 1)
    return marks[number] + 1, marks[number + 1]


def flipped(random: Random) -> Vary:
    """Where no fuzzer is: some bytes become others."""

    def vary(data: bytes) -> bytes:
        changed = bytearray(data or b"\0")
        for _ in range(random.randint(1, 4)):
            changed[random.randrange(len(changed))] = random.randrange(256)
        return bytes(changed)

    return vary
