"""Other ways to look at a word, so that one lexicon serves a language in two scripts."""

import re
from collections.abc import Callable, Mapping

# Darija as its consonants, written in Arabic letters or in Arabizi ("n9tel rassi", "نقتل راسي").
# Arabizi digits: 3 ain, 7 and 5 the two h's, 9 qaf, 2 hamza (dropped, as vowels are).
ARABIC_CONSONANTS = str.maketrans(
    dict(zip("بتثجحخدذرزسشصضطظعغفقكلمنه", "bttjhxddrzscsdtd3Gfqklmnh", strict=True))
    | dict.fromkeys("اويءٱ", "")
)
ARABIZI_DIGRAPH = re.compile("kh|gh|ch|sh|th|dh|dj|ou")
ARABIZI_DIGRAPHS = {
    "kh": "x", "gh": "G", "ch": "c", "sh": "c", "th": "t", "dh": "d", "dj": "j", "ou": "",
}  # fmt: skip
ARABIZI_LETTERS = str.maketrans("759gpvx8$", "hxqqbfcGc", "aeiouwy2")
CONSONANT_RUN = re.compile(r"(.)\1+")
LATIN_ARTICLE = re.compile("^l(?=..)")


def consonants(word: str) -> str:
    latin = word.isascii()
    if latin:
        parts = ARABIZI_DIGRAPH.split(word)
        joints = [ARABIZI_DIGRAPHS[joint] for joint in ARABIZI_DIGRAPH.findall(word)]
        word = "".join(
            part.replace("c", "k").translate(ARABIZI_LETTERS) + joint
            for part, joint in zip(parts, [*joints, ""], strict=True)
        )
    bones = CONSONANT_RUN.sub(r"\1", word.translate(ARABIC_CONSONANTS))
    return LATIN_ARTICLE.sub("", bones) if latin else bones


# Ukrainian and Russian, written in Cyrillic or by ear in Latin letters ("khochu", "hochu").
CYRILLIC_SOUNDS = str.maketrans(
    dict(zip("абвгґдезиіклмнопрстуфхцыэєюяё", "abvhhdeziiklmnoprstufhcieeuae", strict=True))
    | {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "sh", "ь": "", "ъ": ""}
)
SOUND = re.compile("shch|sch|kh|x|g|ts|tz|w|[yj]")
SOUNDS = {
    "shch": "sh", "sch": "sh", "kh": "h", "x": "h", "g": "h", "ts": "c", "tz": "c", "w": "v",
    "y": "i", "j": "i",
}  # fmt: skip
SOFT = re.compile("i+(?=[aeiou])")


def sounds(word: str) -> str:
    latin = SOUND.sub(lambda found: SOUNDS[found[0]], word.translate(CYRILLIC_SOUNDS))
    return CONSONANT_RUN.sub(r"\1", SOFT.sub("", latin))


def as_written(word: str) -> str:
    return word


# A lexicon file names its view; a phrase and a message are looked at through the same one.
VIEWS: Mapping[str, Callable[[str], str]] = {
    "as-written": as_written,
    "consonants": consonants,
    "sounds": sounds,
}
