"""Whether an address that an operator wrote can be one.

What is wrong is said in words of our own: the libraries' show a part of the password.
"""

from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

T = TypeVar("T")

_SEVERAL = "several hosts are written ?host=one:5432&host=two:5432"
_PERCENT = "in a password write %23 for #, %2F for /, %3F for ?, %40 for @"


def ensure_an_address(url: str) -> None:
    """Raises ValueError."""
    if not url.startswith(("http://", "https://")):
        raise ValueError("must begin with https:// or http://")
    if any(character.isspace() for character in url):
        raise ValueError("holds a blank, which no address does")
    parts_of(url)


def parts_of(address: str) -> SplitResult:
    """Raises ValueError."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
        complete = host is not None and _is_a_host(host) and parts.port != 0
    except ValueError:
        complete = False
    if not complete:
        raise ValueError(f"names no host or no port that there can be ({_PERCENT})")
    return parts


def ensure_a_database(url: str) -> None:
    """It may be at a socket. Raises ValueError."""
    try:
        port = make_url(url).port
        possible = port is None or _is_a_port(port)
    except (ArgumentError, ValueError):
        possible = False
    if not possible:
        raise ValueError(
            f"can't be read, or names no port that there can be ({_PERCENT}; {_SEVERAL})"
        )


def ensure_hosts_and_ports_fit(url: str) -> None:
    """Of the hosts that a database may be at. Raises ValueError."""
    made = make_url(url)
    try:
        _, found = made.get_dialect()().create_connect_args(made)
        ports = _each(found.get("port", []))
        # Of one before the path and others behind it the first would be dropped without a word.
        behind = made.query.get("host", ())
        others = [behind] if isinstance(behind, str) else behind
        drops = bool(made.host) and not all(each.startswith("/") for each in others)
        fit = not drops and all(map(_is_a_port, ports))
    except (ArgumentError, ValueError):
        fit = False
    if not fit:
        raise ValueError(f"names hosts and ports that don't fit together: {_SEVERAL}")
    if not all(each.startswith("/") or _is_a_host(each) for each in _each(found.get("host", []))):
        raise ValueError(f"names a host that there can't be ({_PERCENT})")


def _each(found: T | list[T]) -> list[T]:
    return found if isinstance(found, list) else [found]


def _is_a_host(name: str) -> bool:
    """Whoever looks one up with a dot too many, or too much between two, falls over it."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return True


def _is_a_port(number: int) -> bool:
    return 0 < number < 65536
