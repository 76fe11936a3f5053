"""What people ask for, in a dozen words of ours, and how a directory's own words lead there."""

import tomllib
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from importlib import resources

from domain.directory.folding import bare, fold


class Need(StrEnum):
    EMERGENCY = "emergency"
    SHELTER = "shelter"
    HEALTH = "health"
    PSYCHOSOCIAL = "psychosocial"
    LEGAL = "legal"
    DOCUMENTS = "documents"
    CASH = "cash"
    FOOD = "food"
    LIVELIHOOD = "livelihood"
    EDUCATION = "education"
    FAMILY_TRACING = "family-tracing"
    CHILD_PROTECTION = "child-protection"
    ANTI_TRAFFICKING = "anti-trafficking"


def needs_of(name: str, categories: Iterable[str], description: str) -> tuple[Need, ...]:
    """What a service is for. Its name says it best; categories often list all that an organisation
    might do. They and then the description are asked only where the name says nothing.
    """
    for texts in ((name,), categories, (description,)):
        if found := _needs_in(texts):
            return found
    return ()


def speaks_of(need: Need, text: str) -> bool:
    """Whether a text has any of the words that lead to the need."""
    return need in _needs_in((text,))


def _needs_in(texts: Iterable[str]) -> tuple[Need, ...]:
    padded = [f" {words} " for text in texts for words in (fold(text), bare(text))]
    return tuple(
        need
        for need, words in _words().items()
        if any(f" {word}" in text for text in padded for word in words)
    )


@lru_cache(maxsize=1)
def _words() -> dict[Need, tuple[str, ...]]:
    text = resources.files("domain.directory").joinpath("needs.toml").read_text("utf-8")
    return {Need(need): tuple(map(fold, words)) for need, words in tomllib.loads(text).items()}
