"""What a browser calls itself, told coarsely: enough to know one's own, too little to track."""

from collections.abc import Sequence

_ANY = "?"
#: In this order, since most of them also claim to be those further down.
_MAKES = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def browser_named(user_agent: str) -> str:
    """Such as "Firefox · Android"; "?" for what says nothing we know."""
    return " · ".join((_first(user_agent, _MAKES), _first(user_agent, _SYSTEMS)))


def _first(text: str, names: Sequence[tuple[str, str]]) -> str:
    return next((name for sign, name in names if sign in text), _ANY)
