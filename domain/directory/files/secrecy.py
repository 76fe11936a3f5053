"""Addresses that a directory itself calls secret, such as those of shelters: never taken."""

import re
from collections.abc import Mapping
from functools import lru_cache

from domain.directory.folding import fold

# How words that mean confidential begin, and words for a place; as they are folded. A secretary
# keeps no secret, nor do Arabic beds and what is fast, which begin alike.
_HIDDEN = (
    "confiden|secre(?!tar)|undisclosed|not disclosed|withheld|geheim|vertraulich|konfiden|"
    "sekret(?!ar)|poufn|tajn|конфиденц|конфіденц|секрет(?!ар)|таємн|не розголош|не разглаш|"
    "سري(?![رع])|εμπιστευτικ|απορρητ|μυστικ|riservat|segret(?!er|ari)"
)
# Beside a word for a place they mean the same; in a name or a street they may mean anything.
_KEPT_BACK = (
    "hidden|unpublished|not publi|non communiqu|pas communiqu|non divulgu|nicht bekannt|"
    "nicht veroffentlich|niejawn|utajn|sigilos|sigilo|fsheh|прихован|таин|скрыт|не публик|"
    "غير معلن|مخفي|κρυφ|ocult|no se divulg|no divulgad"
)
_PLACE = (
    "address|location|adress|adres|direc|indirizz|morada|endereco|адрес|عنوان|مكان|موقع|"
    "διευθυνσ|τοποθεσ|vendndodhj|lokacion|місц|розташ|розміщ|локац|мест|располож|localis|localiz|"
    "lokali|lieu|emplacement|standort|anschrift|ubicac|ubicazion|lugar|domicil|miejsc|مقر"
)
# What shelters people: in some languages the word stands behind "confidential", in others before.
_REFUGE_BEHIND = "shelter|refuge|safe house|schutzwohnung|притул|прихист|приют|убежищ|schronisk"
_REFUGE_BEFORE = (
    "foyer|refuge|hebergement|refugio|casa rifugio|casa de acogida|casa abrigo|strehim|strehez|"
    "ماوي|ملجا|بيت امن"
)
# What a cell says that is no, in any of our languages.
_NO = {
    *("0", "false", "f", "no", "n", "none", "n a", "na", "non", "nein", "nie", "nao"),
    *("jo", "нет", "ні", "οχι", "لا"),
}
# Where somebody is written to is no place.
_NO_PLACE = "(?<!email )(?<!mail )(?<!web )(?<!ip )"
# "l'adresse" and "بعنوان" are the same words with another written onto them.
_APOSTROPHE = re.compile("['’ʼ`]")
_ONTO = "(?:[وبفلك]{0,2}(?:ال)?)"
_SAYS_SECRET = re.compile(rf"\b(?:{_HIDDEN})")
_SAYS_SECRET_PLACE = re.compile(
    rf"\b{_NO_PLACE}{_ONTO}(?:{_PLACE})\w*(?: \w+){{0,4}} (?:{_HIDDEN}|{_KEPT_BACK})"
    rf"|\b(?:{_HIDDEN}|{_KEPT_BACK})\w*(?: \w+){{0,2}} (?:{_PLACE})"
    rf"|\b(?:{_HIDDEN})\w* (?:{_REFUGE_BEHIND})"
    rf"|\b(?:{_REFUGE_BEFORE})\w* (?:{_HIDDEN})"
)


def says_secret(text: str) -> bool:
    """For a place's own name and address, where the word alone is enough."""
    return bool(_SAYS_SECRET.search(_folded(text)))


def says_secret_place(text: str) -> bool:
    """For all other texts, where "confidential counselling" hides no address."""
    return bool(_SAYS_SECRET_PLACE.search(_folded(text)))


def calls_its_place_secret(cells: Mapping[str, str]) -> bool:
    """Whether any cell of a row does, or the heading above one that says something else than no."""
    return any(
        says_secret_place(text)
        or (_heads_secrets(column) and bool(fold(text)) and not denies(text))
        for column, text in cells.items()
    )


def denies(text: str) -> bool:
    return fold(text) in _NO


@lru_cache(maxsize=1000)
def _heads_secrets(column: str) -> bool:
    return says_secret_place(column)


def _folded(text: str) -> str:
    return fold(_APOSTROPHE.sub(" ", text))
