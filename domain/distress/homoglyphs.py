"""Letters of one script that pass for letters of another."""

import re

CYRILLIC = "аеорсухіјѕԁһԛԝ"
LATIN = "aeopcyxijsdhqw"
GREEK, GREEK_AS_LATIN = "ορνυικα", "opvuika"
TO_LATIN = str.maketrans(CYRILLIC + GREEK, LATIN + GREEK_AS_LATIN)
TO_CYRILLIC = str.maketrans(LATIN[:8], CYRILLIC[:8])
WORD = re.compile(r"[^\W\d_]+")
PLAINLY_LATIN = re.compile(f"[a-zß-ɏ](?<![{LATIN[:8]}])")
PLAINLY_CYRILLIC = re.compile(f"[а-ԯ](?<![{CYRILLIC}])")
PLAINLY_GREEK = re.compile(f"[α-ω](?<![{GREEK}])")
ANY_LATIN, ANY_OTHER = re.compile("[a-zß-ɏ]"), re.compile("[а-ԯα-ω]")


def one_script(sentence: str) -> str:
    """Write each word in one script: that of its own unmistakable letters, else the sentence's."""
    if not (ANY_OTHER.search(sentence) and ANY_LATIN.search(sentence)):
        return sentence
    usual = _table(sentence)
    return WORD.sub(lambda word: word[0].translate(_table(word[0]) or usual or {}), sentence)


def _table(text: str) -> dict[int, int] | None:
    latin, cyrillic = PLAINLY_LATIN.search(text), PLAINLY_CYRILLIC.search(text)
    if bool(latin) == bool(cyrillic) or PLAINLY_GREEK.search(text):
        return None
    return TO_LATIN if latin else TO_CYRILLIC
