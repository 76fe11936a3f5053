"""Letters without what stands on them."""

import unicodedata


def taken_apart(text: str) -> str:
    """With a ligature or a letter in a circle as plain ones, and accents gone.

    They go first: normalising a long run of them takes quadratic time, in which nobody else is
    heard.
    """
    return unicodedata.normalize("NFKD", "".join(each for each in text if not _is_mark(each)))


def without_turns(text: str) -> str:
    """Without what only turns the direction of a line, unseen: it stands around many a number that
    was copied.
    """
    return "".join(each for each in text if unicodedata.category(each) != "Cf")


def _is_mark(character: str) -> bool:
    # Some are of no class, and come apart into two that are.
    return unicodedata.combining(character) > 0 or unicodedata.category(character) == "Mn"
