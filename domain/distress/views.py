"""Other ways to look at a word, so that one lexicon serves a language in two scripts."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from operator import itemgetter

from domain.distress.by_word import by_word

# Darija as its consonants, written in Arabic letters or in Arabizi ("n9tel rassi", "نقتل راسي").
# Arabizi digits: 3 ain, 7 and 5 the two h's, 9 qaf, 2 hamza (dropped, as vowels are).
ARABIC_CONSONANTS = str.maketrans(
    dict(zip("بتثجحخدذرزسشصضطظعغفقكلمنه", "bttjhxddrzscsdtd3Gfqklmnh", strict=True))
    | dict.fromkeys("اويءٱ", "")
)
ARABIZI_DIGRAPH = re.compile("kh|gh|ch|sh|th|dh|dj")
ARABIZI_DIGRAPHS = {
    "kh": "X", "gh": "G", "ch": "C", "sh": "C", "th": "T", "dh": "D", "dj": "J",
}  # fmt: skip
ARABIZI_LETTERS = str.maketrans("c759gpvx8$XCTDJ", "khxqqbfcGcxctdj", "aeiouwy2")
RUN = re.compile(r"(.)\1(?<=\S)\1*")
LATIN_WORD = re.compile(r"(?<!\S)[!-~]+(?!\S)")
LATIN_ARTICLE = re.compile(r"(?<!\S)l(?=\S\S)")


def consonants(words: str) -> str:
    if words.isascii():
        return _arabizi(words)
    bones = LATIN_WORD.sub(lambda word: _arabizi(word[0]), words).translate(ARABIC_CONSONANTS)
    return RUN.sub(itemgetter(1), bones)


def _arabizi(words: str) -> str:
    # A digraph is a capital until the single letters have become others.
    letters = ARABIZI_DIGRAPH.sub(lambda found: ARABIZI_DIGRAPHS[found[0]], words)
    return LATIN_ARTICLE.sub("", RUN.sub(itemgetter(1), letters.translate(ARABIZI_LETTERS)))


# Ukrainian and Russian, written in Cyrillic or by ear in Latin letters ("khochu", "hochu").
CYRILLIC_SOUNDS = str.maketrans(
    dict(zip("абвгґдезиіклмнопрстуфхцыэєюяё", "abvhhdeziiklmnoprstufhcieeuae", strict=True))
    | {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "sh", "ь": "", "ъ": ""}
)
# A "yo" after most consonants is the Russian "ё" ("byot"); Ukrainian has one after s and n.
SOUND = re.compile("shch|sch|kh|t[sz]|(?<=[bdklmprtv])[yj]o|[xgwyj]")
SOUNDS = {
    "shch": "sh", "sch": "sh", "kh": "h", "x": "h", "g": "h", "ts": "c", "tz": "c", "w": "v",
    "yo": "e", "jo": "e", "y": "i", "j": "i",
}  # fmt: skip
SOFT = re.compile("i+(?=[aeiou])")


def sounds(words: str) -> str:
    latin = SOUND.sub(lambda found: SOUNDS[found[0]], words.translate(CYRILLIC_SOUNDS))
    return RUN.sub(itemgetter(1), SOFT.sub("", latin))


# Greek as it sounds, written in Greek or by ear or by look in Latin letters ("thelo", "8elw").
GREEK_SOUNDS = str.maketrans(
    dict(zip("αβγδεζηικλμνοπρσςτυφω", "avgdeziiklmnoprsstifo", strict=True))
    | {"θ": "t", "ξ": "h", "χ": "h", "ψ": "ps"}
)
GREEK_PAIR = re.compile("ου|αυ|ευ|οη")
GREEK_PAIRS = {"ου": "u", "αυ": "av", "ευ": "ev", "οη": "i"}
GREEKLISH = re.compile(
    r"(?<=[a-z])[389]|[389](?=[a-z])|(?<=[bcdfgklmnprstvxz])h(?=[bdfgklmnprstvxz]|(?!\S))"
)
GREEKLISH_MARKS = {"3": "x", "8": "th", "9": "th", "h": "i"}
GREEK_SOUND = re.compile("ou|[ae]u|[eouy]i|ai|th|ch|ks|ph|mp|nt|g[kh]|ng|[xjyqwbf]")
GREEK_SOUND_OF = {
    "ou": "u", "au": "av", "eu": "ev", "ai": "e", "th": "t", "ch": "h", "ks": "h", "ph": "v",
    "mp": "v", "nt": "d", "gk": "g", "gh": "g", "ng": "g", "x": "h", "j": "h", "y": "i", "q": "k",
    "w": "o", "b": "v", "f": "v",
}  # fmt: skip


def greek(words: str) -> str:
    latin = GREEK_PAIR.sub(lambda found: GREEK_PAIRS[found[0]], words).translate(GREEK_SOUNDS)
    latin = GREEKLISH.sub(lambda found: GREEKLISH_MARKS[found[0]], latin)
    latin = GREEK_SOUND.sub(lambda found: GREEK_SOUND_OF.get(found[0], "i"), latin)
    return RUN.sub(itemgetter(1), latin)


# German, with umlauts or with the two letters that stand for one.
UMLAUT = re.compile("([aou])e")


def umlauts(words: str) -> str:
    return UMLAUT.sub(r"\1", words)


def as_written(words: str) -> str:
    return words


# A lexicon file names its view; a phrase and a message are looked at through the same one, which
# takes and gives words with one space between.
VIEWS: Mapping[str, Callable[[str], str]] = {
    "as-written": as_written,
    "consonants": consonants,
    "sounds": sounds,
    "greek": greek,
    "umlauts": umlauts,
}


# Who asks for a word's looks asks at once, and remembers what follows from them.
FEW = 100


@partial(by_word, most=FEW)
def looks(word: str) -> Mapping[str, str]:
    """The word through each view."""
    return {name: view(word) for name, view in VIEWS.items()}
