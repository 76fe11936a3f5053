"""Which addresses staff may be called at: of Apprise's services those that write to people."""

from urllib.parse import urlsplit

from domain.errors import Refused

_WITH_A_HOST = (
    *("mailto", "json", "matrix", "signal", "ntfy", "gotify", "mmost", "rocket"),
    # Microsoft's, each customer's at an address of its own.
    "workflow",
)
#: What is spoken to at whatever host the address names.
AT_A_HOST = frozenset(f"{scheme}{secure}" for scheme in _WITH_A_HOST for secure in ("", "s"))
#: What is always spoken to at the service's own.
AT_A_SERVICE = frozenset(
    ("twilio", "vonage", "clicksend", "messagebird", "sinch", "46elks", "slack")
)
_LONGEST = 1000


def scheme_of(address: str) -> str:
    """Raises Refused for what is no address of a service on the list: no file, no program, nothing
    on this machine. The sentence never shows it, since it may hold a password.
    """
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        scheme = ""
    if len(address) > _LONGEST or scheme not in AT_A_HOST | AT_A_SERVICE:
        raise Refused("This is no address that alerts can go to.")
    return scheme


def host_of(address: str) -> str:
    """The server that it names; "" where none is named, or its place may hold a key or a topic."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    return host if parts.scheme.lower() in AT_A_HOST and "." in host else ""
