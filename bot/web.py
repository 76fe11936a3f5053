"""One web server for the console, the webhook, health and metrics."""

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Match, Route
from starlette.types import Scope

from bot.errors import CannotOpen
from bot.stopping import Stopping

# An open event stream must not hold up a shutdown longer than that.
_GRACE_SECONDS = 8


class OwnRoute(Route):
    """An address that is no page of the console: what it can't be asked is answered here, too."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        found, child = super().matches(scope)
        return (Match.FULL if found is Match.PARTIAL else found), child


def listen(host: str, port: int, setting: str = "WAYHOME_PORT") -> socket.socket:
    """Takes the port, or raises CannotOpen with one sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Without its protocol's name asyncio leaves out TCP_NODELAY, and each answer comes 40 ms late.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, UnicodeError) as error:
        listening.close()
        if not isinstance(error, OSError) or _is_about_the_host(error):
            raise CannotOpen(f"WAYHOME_HOST is no address of this machine: {host}.") from None
        raise _taken(host, port, error, setting) from None
    return listening


def _taken(host: str, port: int, error: OSError, setting: str) -> CannotOpen:
    return CannotOpen(
        f"Port {port} on {host} can't be used ({error.strerror}):"
        f" stop what uses it, or choose another with {setting}."
    )


def _is_about_the_host(error: OSError) -> bool:
    return isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL


class _Server(uvicorn.Server):
    """The signals are ours; this server stops when told."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: Starlette, listening: socket.socket, stopping: Stopping) -> None:
    """Serves until it is time to stop; then gives open requests a few seconds.

    Raises CannotOpen: as long as nobody listens, a port can be taken twice.
    """
    try:
        listening.listen()
    except OSError as error:
        host, port, *_ = listening.getsockname()
        raise _taken(host, port, error, "WAYHOME_PORT") from None
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[listening]))
        await stopping.wait()
        server.should_exit = True
