"""Telegram's HTML, refused in the words of the official server."""

import re
from dataclasses import dataclass
from html import unescape

from simulator.entities import Formatted
from simulator.errors import ApiError, bad_request
from simulator.wire import Json, present, units

SIMPLE_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
}
OTHER_TAGS = frozenset({"a", "span", "tg-emoji", "blockquote", "pre"})

TOKEN = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);|<|[^&<]+|&")
TAG_NAME = re.compile(r"[^\s>]*")
ATTRIBUTE = re.compile(
    r"\s+(?P<name>[^\s=>]+)(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[\w.-]+)))?"
)
SPACE = re.compile(r"\s*")


@dataclass
class OpenTag:
    name: str
    attributes: dict[str, str]
    #: In the plain text, in UTF-16 units.
    offset: int


class HtmlReader:
    """Reads one text."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._position = 0
        self._plain: list[str] = []
        self._length = 0
        self._open: list[OpenTag] = []
        self._entities: list[Json] = []

    def read(self) -> Formatted:
        while token := TOKEN.match(self._source, self._position):
            if token.group() != "<":
                self._position = token.end()
                self._add(unescape(token.group()))
            elif self._source.startswith("</", self._position):
                self._close_tag()
            else:
                self._open_tag()
        if self._open:
            name = self._open[-1].name
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{name}"')
        ordered = sorted(self._entities, key=lambda e: (e["offset"], -e["length"]))
        return Formatted("".join(self._plain), ordered)

    def _add(self, text: str) -> None:
        self._plain.append(text)
        self._length += units(text)

    def _open_tag(self) -> None:
        begin = self._position
        name = self._word(begin + 1)
        if self._position == len(self._source):
            raise self._fault("Unclosed start tag", begin)
        if name not in SIMPLE_TAGS and name not in OTHER_TAGS:
            raise self._fault(f'Unsupported start tag "{name}"', begin)
        attributes = {}
        while attribute := ATTRIBUTE.match(self._source, self._position):
            self._position = attribute.end()
            value = attribute["double"] or attribute["single"] or attribute["bare"] or ""
            attributes[attribute["name"].lower()] = unescape(value)
        self._expect_end("Unclosed start tag", begin)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._fault('Tag "span" must have class "tg-spoiler"', begin)
        self._open.append(OpenTag(name, attributes, self._length))

    def _close_tag(self) -> None:
        begin = self._position
        if not self._open:
            raise self._fault("Unexpected end tag", begin)
        name = self._word(begin + 2)
        self._expect_end("Unclosed end tag", begin)
        tag = self._open.pop()
        if name and name != tag.name:
            expected = f'expected "</{tag.name}>", found "</{name}>"'
            raise self._fault("Unmatched end tag", begin, expected)
        if self._length > tag.offset:
            self._keep(tag)

    def _keep(self, tag: OpenTag) -> None:
        outer = self._open[-1] if self._open else None
        if tag.name == "code" and outer and outer.name == "pre":
            # <pre><code class="language-…"> is one block of code.
            outer.attributes.setdefault("class", tag.attributes.get("class", ""))
            return
        length = self._length - tag.offset
        shown = "".join(self._plain).encode("utf-16-le")[2 * tag.offset :].decode("utf-16-le")
        if meaning := _meaning(tag, shown):
            self._entities.append(meaning | {"offset": tag.offset, "length": length})

    def _word(self, start: int) -> str:
        match = TAG_NAME.match(self._source, start)
        assert match
        self._position = match.end()
        return match.group().lower()

    def _expect_end(self, fault: str, begin: int) -> None:
        space = SPACE.match(self._source, self._position)
        assert space
        if not self._source.startswith(">", space.end()):
            raise self._fault(fault, begin)
        self._position = space.end() + 1

    def _fault(self, what: str, position: int, detail: str = "") -> ApiError:
        offset = len(self._source[:position].encode())
        return _cannot(f"{what} at byte offset {offset}" + (f", {detail}" if detail else ""))


def _meaning(tag: OpenTag, shown: str) -> Json | None:
    match tag.name:
        case "a":
            url = tag.attributes.get("href") or shown
            return {"type": "text_link", "url": url} if "." in url or ":" in url else None
        case "span":
            return {"type": "spoiler"}
        case "tg-emoji":
            return {"type": "custom_emoji", "custom_emoji_id": tag.attributes.get("emoji-id", "")}
        case "blockquote":
            expandable = "expandable" in tag.attributes
            return {"type": "expandable_blockquote" if expandable else "blockquote"}
        case "pre":
            language = tag.attributes.get("class", "").removeprefix("language-")
            return {"type": "pre"} | present(language=language)
        case _:
            return {"type": SIMPLE_TAGS[tag.name]}


def _cannot(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def parse_text(source: str, parse_mode: str) -> Formatted:
    """The text without its marks, and what they meant."""
    match parse_mode.lower():
        case "":
            return Formatted(source, [])
        case "html":
            return HtmlReader(source).read()
        case _:
            raise bad_request("unsupported parse_mode")
