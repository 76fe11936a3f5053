"""Which addresses staff may be called at: of Apprise's services those that write to people."""

import re
from urllib.parse import unquote, urlsplit

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
# What an address may add to where it leads. Some services know more: a page that they fetch from
# anywhere (`template`), a file that they read (`pgppub`), a word of the host's where to go instead.
_ADDED = {
    *("to", "cc", "bcc", "from", "reply", "name", "user", "pass", "password", "smtp", "port"),
    *("id", "key", "apikey", "secret", "token", "sid", "sig", "signature", "auth", "verify"),
    *("channel", "channels", "team", "botname", "routeid", "workflow", "webhook", "path", "region"),
    *("mode", "method", "format", "msgtype", "priority", "tags", "xtags", "status", "batch"),
    *("source", "spi", "v", "ver", "version", "rto", "cto", "ttl", "overflow", "image", "e2ee"),
    *("discovery", "hsreq", "autoverify", "timestamp", "footer", "avatar", "emojis", "tz", "click"),
    *("icon_url", "inline", "wrap", "delay", "email", "filename", "actions"),
}
# Before the name of a header, and of what a message says besides.
_ITS_OWN = ("+", "-", ":")
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
        raise _no_address()
    return scheme


def ensure_leads_only_there(address: str) -> None:
    """Raises Refused for what else the address would have us fetch, read or ask. The sentence names
    it where it is a plain word, and no piece of a password that holds a question mark.
    """
    for name in _added(address):
        if name in _ADDED or name.startswith(_ITS_OWN):
            continue
        if name.isidentifier():
            raise Refused("Leave out {word}: no address may add that.", word=name)
        raise _no_address()


def host_of(address: str) -> str:
    """The server that it names; "" where none is named, or its place may hold a key or a topic."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    return host if parts.scheme.lower() in AT_A_HOST and "." in host else ""


def _no_address() -> Refused:
    return Refused("This is no address that alerts can go to.")


def _added(address: str) -> list[str]:
    """What it adds, by name, as Apprise reads it: a semicolon parts, too."""
    pairs = re.split("[&;]", address.partition("?")[2])
    return [unquote(pair.partition("=")[0]).strip().lower() for pair in pairs if pair]
