"""When two messages are the same word, however they were typed: case, accents, lengthened letters,
another script, one slip of the finger. Pure; what is kept of a word are hashes of its forms.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter

from domain.directory.folding import latin_digit, romanised
from domain.distress.homoglyphs import one_script
from domain.distress.text import ARABIC_ARTICLE, LETTER_RUN, ONE_SPELLING
from domain.distress.views import consonants, sounds

# The most letters and pictures that a word may have. A message that was typed much longer is none.
LONGEST = 24
_LONGEST_TYPED = 100
# Of a word in another script less than this would say too little.
_LEAST_ACROSS = 4

_SCRIPTS: Mapping[str, re.Pattern[str]] = {
    "latin": re.compile("[a-zß-ɏ]"),
    "cyrillic": re.compile("[а-ԯ]"),
    "greek": re.compile("[α-ω]"),
    "arabic": re.compile("[ء-ي]"),
}
# Through which a word and its Latin spelling look the same.
_VIEWS: Mapping[str, Callable[[str], str]] = {
    "cyrillic": sounds,
    "greek": lambda word: (romanised(word) or word).replace("oy", "ou"),
    "arabic": consonants,
}


def folded(text: str) -> str:
    """Its letters, digits and pictures, without case, accents, spaces and marks."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "s").replace("ẞ", "s")).casefold()
    return "".join(latin_digit(each) for each in plain if _counts(each)).translate(ONE_SPELLING)


def forms(word: str) -> frozenset[str]:
    """What a word is known by."""
    return frozenset([*_near(word), *kept_across(word)])


def probes(message: str) -> frozenset[str]:
    """What is looked for in the forms of a word; the message is that word where one is found."""
    if len(message) > _LONGEST_TYPED:
        return frozenset()
    return frozenset([*_near(message), *sought_across(message)])


def kept_across(word: str) -> Iterator[str]:
    """How it may be written in another script, as the keeper of the word writes it down."""
    spelling, script = _script(word)
    if script == "latin":
        return (f"of latin {name} {view}" for name, view in _views(spelling))
    return (f"of {name} {view}" for name, view in _views(spelling) if name == script)


def sought_across(message: str) -> Iterator[str]:
    """The same, as whoever reads a message looks for it."""
    spelling, script = _script(message)
    if script == "latin":
        return (f"of {name} {view}" for name, view in _views(spelling))
    return (f"of latin {name} {view}" for name, view in _views(spelling) if name == script)


def slips(folded_word: str) -> set[str]:
    """Two words are a slip apart, or the same, when they have one of these in common."""
    return {
        folded_word,
        *(folded_word[:at] + folded_word[at + 1 :] for at in range(len(folded_word))),
    }


def shortened(folded_word: str) -> str:
    """Each letter once, however long it was held down."""
    return LETTER_RUN.sub(itemgetter(1), folded_word)


def is_picture(character: str) -> bool:
    return unicodedata.category(character) == "So"


def _near(text: str) -> Iterator[str]:
    """Two texts have one of these in common where they differ by one letter more, less or other,
    or by two that changed places, or by letters that were lengthened.
    """
    for spelling in _spellings(folded(text)):
        yield f"long {shortened(spelling)}"
        if len(spelling) <= LONGEST + 1:
            yield from slips(spelling)


def _spellings(word: str) -> set[str]:
    """As it is, with look-alikes of another script put right, and without an Arabic article."""
    return {word, one_script(word), ARABIC_ARTICLE.sub("", word)}


def _views(spelling: str) -> Iterator[tuple[str, str]]:
    views = ((name, view(spelling)) for name, view in _VIEWS.items())
    return ((name, view) for name, view in views if len(view) >= _LEAST_ACROSS)


def _script(text: str) -> tuple[str, str | None]:
    """The plain spelling, and the script that all of its letters are in."""
    spelling = ARABIC_ARTICLE.sub("", one_script(folded(text)))
    found = [name for name, letters in _SCRIPTS.items() if letters.search(spelling)]
    return spelling, found[0] if len(found) == 1 else None


def _counts(character: str) -> bool:
    category = unicodedata.category(character)
    return category in ("Ll", "Lo", "Lt", "Nd", "So")
