"""How much of what is heard is heard all the same when it is mistyped or disguised.

python -m benchmarks.marred FOLDER_OR_FILE …: of the urgent messages and emergencies there that are
signalled, how many still are, and how many as what they were. The same messages always come out
the same.
"""

import json
import random
import sys
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.distress import GRAVE, HELD_OUT, files_in, wilson
from domain.distress import Severity, Watch

IN_CYRILLIC = str.maketrans("aeopcxyijsABEKMHOPCTXI", "аеорсхуіјѕАВЕКМНОРСТХІ")
IN_GREEK = str.maketrans("aopvxikABEZHIKMNOPTYX", "αορνχικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
IN_LATIN = {there: here for table in (IN_CYRILLIC, IN_GREEK) for here, there in table.items()}
SMALL_CAPITALS = str.maketrans("abcdeghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ")
BOLD_A, CIRCLED_A, LAST_LATIN = 0x1D41A, 0x24D0, "\u024f"
ON_BLACK_CIRCLES, ON_BLACK_SQUARES = 0x1F150, 0x1F170
MOST_SLIPS, SHORTEST_TO_SLIP = 2, 5
VOWELS = "aeioаеиоαεοا"


def in_letters_from(first: int) -> Callable[[str], str]:
    """In letters that some keyboards offer as a style: where their own "a" is."""
    return lambda text: text.translate({ord("a") + at: chr(first + at) for at in range(26)})


def if_latin(table: dict[int, int], prepare: Callable[[str], str] = str) -> Callable[[str], str]:
    return lambda text: prepare(text).translate(table) if max(text) <= LAST_LATIN else text


def some(table: dict[int, int]) -> Callable[[str], str]:
    """Every other letter."""
    return lambda text: "".join(
        char.translate(table) if at % 2 else char for at, char in enumerate(text)
    )


def full_width(text: str) -> str:
    return "".join(
        chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in text
    )


def with_emoji(text: str) -> str:
    """In the middle."""
    words = text.split(" ")
    half = len(words) // 2
    return " ".join([*words[:half], "😭", *words[half:]])


#: By the name of what is done to a message.
TRICKS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "title case": str.title,
    "Cyrillic look-alikes": if_latin(IN_CYRILLIC),
    "Cyrillic capitals": if_latin(IN_CYRILLIC, str.upper),
    "Greek look-alikes": if_latin(IN_GREEK),
    "Greek capitals": if_latin(IN_GREEK, str.upper),
    "some Latin look-alikes": some(IN_LATIN),
    "some Latin capitals": lambda text: some(IN_LATIN)(text.upper()),
    "small capitals": if_latin(SMALL_CAPITALS),
    "zero width": "\u200b".join,
    "blank letters": "\u1160".join,
    "letters for spaces": lambda text: text.replace(" ", "\u3164"),
    "joiners": "\u200d".join,
    "right to left": lambda text: f"\u202e{text}\u202c",
    "isolates": lambda text: " ".join(f"\u2067{word}\u2069" for word in text.split()),
    "soft hyphens": "\u00ad".join,
    "accents on all": "\u0301".join,
    "wide spaces": lambda text: text.replace(" ", "\u00a0\u2003"),
    "full width": full_width,
    "bold": in_letters_from(BOLD_A),
    "circled": in_letters_from(CIRCLED_A),
    "on black circles": in_letters_from(ON_BLACK_CIRCLES),
    "on black squares": in_letters_from(ON_BLACK_SQUARES),
    "an emoji between words": with_emoji,
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "drawn out": lambda text: "".join(char * (3 if char in VOWELS else 1) for char in text),
}


def slipped(text: str) -> str:
    """One slip of the finger inside up to two long words: wrong, missing, added or swapped."""
    chance = random.Random(text)
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) > SHORTEST_TO_SLIP and word.isalpha()]
    for at in chance.sample(long, min(MOST_SLIPS, len(long))):
        words[at] = _with_slip(words[at], chance)
    return " ".join(words)


def _with_slip(word: str, chance: random.Random) -> str:
    at, other = chance.randrange(1, len(word) - 2), chance.choice(word)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return chance.choice(
        (
            before + other + after,
            before + after,
            before + letter + other + after,
            before + after[0] + letter + after[1:],
        )
    )


def heard_all_the_same(
    watch: Watch, texts: Iterable[str], marred: Callable[[str], str]
) -> tuple[list[bool], list[bool]]:
    """Of each: whether it is signalled still, and as what it was."""
    signalled, same = [], []
    for text in texts:
        verdict = watch.assess(marred(text)).severity
        signalled.append(verdict is not Severity.NONE)
        same.append(verdict is watch.assess(text).severity)
    return signalled, same


def main() -> None:
    watch = Watch.load()
    files = [*files_in([Path(argument) for argument in sys.argv[1:]] or [HELD_OUT])]
    messages = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    texts = [each["text"] for each in messages if Severity(each["severity"]).rank >= GRAVE]
    texts = [text for text in texts if watch.assess(text).severity is not Severity.NONE]
    for name, marred in {**TRICKS, "slips": slipped}.items():
        signalled, same = heard_all_the_same(watch, texts, marred)
        print(f"| {name} | {wilson(signalled)} | {wilson(same)} |")


if __name__ == "__main__":
    main()
