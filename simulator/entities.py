"""Formatted text: what is bold, a link, a command. Offsets and lengths count UTF-16 units."""

import re
from dataclasses import dataclass

from simulator.wire import Json, present, units

DETECTED = (
    (
        "url",
        r"(?<![\w@])(?:https?://[^\s<>\"\u2000-\u206f]+|(?:[a-z0-9-]+\.)+(?:org|com|net|int|info)\b(?:/[^\s]*)?)",
    ),
    ("email", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("mention", r"(?<!\w)@[A-Za-z]\w{2,31}\b"),
    ("hashtag", r"(?<![\w#])#\w*[^\W\d]\w*"),
    ("bot_command", r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?\b"),
    ("phone_number", r"(?<![\w+])\+\d[\d ()-]{6,16}\d\b"),
)
PATTERN = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in DETECTED), re.IGNORECASE
)
TEXT_UNITS = 4096
# Nothing is found inside these.
OPAQUE = frozenset({"code", "pre", "text_link", "text_mention"})


@dataclass(frozen=True)
class Formatted:
    text: str
    entities: list[Json]

    def content(self) -> Json:
        """As the fields of a message of words."""
        return {"text": self.text, **present(entities=self.entities)}

    def trimmed(self) -> "Formatted":
        """Without the white space around it, which Telegram does not keep."""
        text = self.text.strip()
        lead = units(self.text) - units(self.text.lstrip())
        length = units(text)
        kept = []
        for entity in self.entities:
            start = max(entity["offset"] - lead, 0)
            end = min(entity["offset"] + entity["length"] - lead, length)
            if start < end:
                kept.append({**entity, "offset": start, "length": end - start})
        return Formatted(text, kept)

    def detected(self) -> "Formatted":
        """With the links, commands, mentions and the like that Telegram finds by itself."""
        opaque = [entity for entity in self.entities if entity["type"] in OPAQUE]
        found = [entity for entity in find_entities(self.text) if not _inside(entity, opaque)]
        ordered = sorted(
            self.entities + found, key=lambda entity: (entity["offset"], -entity["length"])
        )
        return Formatted(self.text, ordered)


def find_entities(text: str) -> list[Json]:
    return [
        {
            "type": match.lastgroup,
            "offset": units(text[: match.start()]),
            "length": units(match.group()),
        }
        for match in PATTERN.finditer(text)
    ]


def _inside(entity: Json, others: list[Json]) -> bool:
    end = entity["offset"] + entity["length"]
    return any(
        other["offset"] < end and entity["offset"] < other["offset"] + other["length"]
        for other in others
    )
