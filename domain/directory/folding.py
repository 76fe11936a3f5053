"""One form for all the ways of writing a word: accents, case, Arabic letters, and Latin letters
for Cyrillic and Greek, so that "Kyiv" finds "Київ".
"""

import re
import unicodedata

from domain.letters import taken_apart

_WORD = re.compile(r"\w+")
# Marks on letters, and what says where a word may be broken or to which side it runs.
_UNSEEN = {"Mn", "Cf"}

# What decomposition leaves alone, though people mix these up when typing.
_SAME = str.maketrans(
    {
        "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th",
        "ـ": "", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ٱ": "ا", "ء": "",
        "'": "", "’": "", "ʼ": "", "`": "", "_": " ",
    }
)  # fmt: skip

# Words that lose their end before a vowel: "d'hébergement", "all'infanzia".
_ELIDED = re.compile(
    r"\b(?:[cdjlmnst]|(?:lors|puis|jus)?qu|dell|nell|sull|dall|coll|all|un|quell|quest)"
    r"['’ʼ`](?=[^\W\d_])",
    re.IGNORECASE,
)
# "and", "in", "like" and "for" before the article: "بالرباط", "للنساء".
_ONTO_ARTICLE = re.compile(r"^[وف]?(?:[بك]ال|لل|(?<=[وف])ال)(?=\w{3})")

_LATIN = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh",
        "з": "z", "и": "y", "і": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p",
        "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch",
        "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia",
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
        "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
        "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Words without accents, case, punctuation, Arabic article or what nobody sees in them, one
    space between them.
    """
    letters = taken_apart(text.casefold().translate(_SAME))
    bare = "".join(latin_digit(c) for c in letters if unicodedata.category(c) not in _UNSEEN)
    return " ".join(map(_without_article, _WORD.findall(bare.translate(_SAME))))


def bare(text: str) -> str:
    """The same words, each without what is written onto it in front."""
    folded = fold(text)
    words = [_ONTO_ARTICLE.sub("", word) for word in fold(_ELIDED.sub("", text)).split()]
    return " ".join(words) if len(words) == len(folded.split()) else folded


def romanised(folded: str) -> str:
    """The words of a folded text that change when written in Latin letters, so written."""
    pairs = ((word, word.translate(_LATIN)) for word in folded.split())
    return " ".join(latin for word, latin in pairs if latin != word)


def _without_article(word: str) -> str:
    return word[2:] if len(word) > 4 and word.startswith("ال") else word


def latin_digit(character: str) -> str:
    """A digit of any script as it is on every keyboard; what is none stays."""
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)
