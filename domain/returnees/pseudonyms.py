"""Pronounceable random non-words: they hint at no gender, origin or date."""

import secrets

_ONSETS = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z"]
_VOWELS = ["a", "e", "i", "o", "u"]
_CODAS = ["k", "l", "m", "n", "r", "s", "t"]


def new_pseudonym() -> str:
    """Such as "Tomevik": three syllables, about 1.5 million of them."""
    word = "".join(secrets.choice(_ONSETS) + secrets.choice(_VOWELS) for _ in range(3))
    return (word + secrets.choice(_CODAS)).capitalize()
