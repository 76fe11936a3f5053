"""Addresses that a directory itself calls secret, such as those of shelters: never taken."""

import re

from domain.directory.folding import fold

# How words that mean confidential begin, and words for a place.
_HIDDEN = (
    "confiden|secre|undisclosed|not disclosed|withheld|geheim|vertraulich|konfiden|sekret|poufn|"
    "tajn|конфиденц|конфіденц|секрет|таємн|не розголош|не разглаш|سري|εμπιστευτικ|απορρητ|μυστικ|"
    "riservat|segret"
)
_PLACE = (
    "address|location|adress|adres|direc|indirizz|morada|endereco|адрес|عنوان|مكان|موقع|"
    "διευθυνσ|vendndodhj|місц|мест"
)
_SAYS_SECRET = re.compile(rf"\b(?:{_HIDDEN})")
_SAYS_SECRET_PLACE = re.compile(
    rf"\b(?:{_PLACE})\w*(?: \w+){{0,4}} (?:{_HIDDEN})"
    rf"|\b(?:{_HIDDEN})\w*(?: \w+){{0,2}} (?:{_PLACE})"
)


def says_secret(text: str) -> bool:
    """For a place's own name and address, where the word alone is enough."""
    return bool(_SAYS_SECRET.search(fold(text)))


def says_secret_place(text: str) -> bool:
    """For a description, where "confidential counselling" hides no address."""
    return bool(_SAYS_SECRET_PLACE.search(fold(text)))
