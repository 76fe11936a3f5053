"""What somebody wrote in a form, which must not get lost, beside what they only chose."""

from typing import Final

from starlette.datastructures import FormData

#: What a page shows to nobody, whoever typed it.
SECRETS: Final = frozenset({"password", "old", "new", "address", "one_time_code"})
#: What is written, be it a single word, and never chosen.
WRITTEN: Final = frozenset(
    {"words", "note", "question", "reason", "decision", "need", "hears", "ignores", "task", "name"}
)
#: How the field of each language begins in which something is written.
_IN_A_LANGUAGE: Final = "text-"


def words_in(given: FormData) -> list[tuple[str, str]]:
    """By the names of their fields; none of a form with secrets."""
    if SECRETS.intersection(given):
        return []
    return [
        (name, value)
        for name, value in given.multi_items()
        if isinstance(value, str) and _are_words(name, value)
    ]


def _are_words(name: str, value: str) -> bool:
    """What was chosen, or stands hidden in a form, has no space in it."""
    is_written = name in WRITTEN or name.startswith(_IN_A_LANGUAGE)
    return len(value.split()) > (0 if is_written else 1)
