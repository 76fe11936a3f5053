"""Letters of one script that pass for letters of another."""

import re
from typing import NamedTuple

# Each column is one shape; a dot where the script has no letter of it. As they are typed: in
# capitals more letters look alike.
LATIN = "aceopxyijsdhqwvukABCEHIJKMNOPSTXYZ"
CYRILLIC = "асеорхуіјѕԁһԛԝ...АВСЕНІЈКМ.ОРЅТХУ."
GREEK = "α..ορχ.ι......νυκΑΒ.ΕΗΙ.ΚΜΝΟΡ.ΤΧΥΖ"
# Their Cyrillic twins are in no language of ours: they speak for Latin all the same.
RARELY_ANOTHER = set("sjdhqwSJ")
WORD = re.compile(r"[^\W\d_]+")
ANY_LATIN, ANY_OTHER = re.compile("[a-zA-Zß-ɏ]"), re.compile("[Ѐ-ԯΑ-Ωα-ω]")
SMALL_CAPITALS = str.maketrans("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz")


class Script(NamedTuple):
    """A letter that can only be of this script, and how others' letters are written in it."""

    unmistakable: re.Pattern[str]
    table: dict[int, int]


def _script(letters: str, own: str, *others: str) -> Script:
    pairs = (
        (ord(theirs), ord(ours))
        for other in others
        for theirs, ours in zip(other, own, strict=True)
        if "." not in (theirs, ours)
    )
    table = dict(pairs)
    alike = "".join(sorted({chr(letter) for letter in table.values()} - RARELY_ANOTHER))
    return Script(re.compile(f"[{letters}](?<![{alike}])"), table)


SCRIPTS = (
    _script("a-zA-Zß-ɏ", LATIN, CYRILLIC, GREEK),
    _script("Ѐ-ԯ", CYRILLIC, LATIN, GREEK),
    _script("Α-Ωα-ω", GREEK, LATIN, CYRILLIC),
)


def one_script(sentence: str) -> str:
    """Write each word in one script: that of its own unmistakable letters, else the sentence's."""
    if not (ANY_OTHER.search(sentence) and ANY_LATIN.search(sentence)):
        return sentence
    usual = _table(sentence)
    return WORD.sub(lambda word: word[0].translate(_table(word[0]) or usual or {}), sentence)


def _table(text: str) -> dict[int, int] | None:
    """None where no script is certain, or more than one is."""
    certain = [each.table for each in SCRIPTS if each.unmistakable.search(text)]
    return certain[0] if len(certain) == 1 else None
