"""What people agree to: each purpose by itself, provable, and as easy to take back (P5)."""

from domain.consent.ledger import (
    PURPOSES,
    Shown,
    asked_about,
    give_consent,
    has_consent,
    last_word,
)

__all__ = [
    "PURPOSES",
    "Shown",
    "asked_about",
    "give_consent",
    "has_consent",
    "last_word",
]
