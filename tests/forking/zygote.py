"""A process that has imported everything and forks one `wayhome` after another.

Importing Wayhome takes seconds, and a thousand starts must not. The zygote has no event loop, no
threads and no connections; each child is the command from there on, and dies alone.

It reads JSON orders, {"words": …, "env": …, "folder": …, "changes": [[function, argument …] …]},
each with the two files that the child writes to, and answers {"started": pid}; the next order may
come after that. Of each child that ended it says {"ended": pid, "code": …}. When nobody is there to
order any more, so does everybody end.
"""

import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from typing import Any, NoReturn

from bot.commands.main import main as wayhome
from domain.distress import Watch
from locales.catalogues import Catalogues
from tests.forking.names import find

# What `wayhome run` imports when it starts.
_NEEDED = ("bot.app", "bot.logs", "bot.database.opening", "bot.settings", "bot.web", "migrations")
#: The longest order, in bytes.
LONGEST = 2**17


class Zygote:
    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders
        self._events = selectors.DefaultSelector()
        self._children: dict[int, int] = {}

    def serve(self) -> None:
        """Until nobody is there to order."""
        self._events.register(self._orders, selectors.EVENT_READ)
        while True:
            for key, _ in self._events.select():
                if key.fd in self._children:
                    self._bury(key.fd)
                    continue
                order, ends, *_ = socket.recv_fds(self._orders, LONGEST, 2)
                if not order:
                    return self._end_all()
                self._start(json.loads(order), ends)

    def _start(self, order: Mapping[str, Any], ends: Sequence[int]) -> None:
        pid = os.fork()
        if pid == 0:
            self._become(order, ends)
        for end in ends:
            os.close(end)
        handle = os.pidfd_open(pid)
        self._children[handle] = pid
        self._events.register(handle, selectors.EVENT_READ)
        self._say(started=pid)

    def _become(self, order: Mapping[str, Any], ends: Sequence[int]) -> NoReturn:
        code = 1
        try:
            self._events.close()
            self._orders.close()
            for handle in self._children:
                os.close(handle)
            _write_to(ends)
            os.environ.clear()
            os.environ.update(order["env"])
            time.tzset()
            os.chdir(order["folder"])
            for name, *arguments in order["changes"]:
                find(name)(*arguments)
            code = run(order["words"])
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _bury(self, handle: int) -> None:
        self._events.unregister(handle)
        os.close(handle)
        pid, status = os.waitpid(self._children.pop(handle), 0)
        self._say(ended=pid, code=os.waitstatus_to_exitcode(status))

    def _end_all(self) -> None:
        for pid in self._children.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _say(self, **news: int) -> None:
        self._orders.send(json.dumps(news).encode())


def run(words: Sequence[str]) -> int:
    """`wayhome` with these words; its exit code."""
    sys.argv = ["wayhome", *words]
    try:
        wayhome()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
            return 1
        return ended.code or 0
    return 0


def _write_to(ends: Sequence[int]) -> None:
    """As if it had been started with them: what of ours wrote there before knows another file."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, end in enumerate((nothing, *ends)):
        os.dup2(end, number)
        os.close(end)
    for name in ("stdout", "stderr"):
        ours: TextIOWrapper = getattr(sys, name)
        theirs = open(ours.fileno(), "wb", closefd=False)  # noqa: SIM115
        line_by_line = name == "stderr"
        anew = TextIOWrapper(theirs, ours.encoding, ours.errors, line_buffering=line_by_line)
        setattr(sys, name, anew)


if __name__ == "__main__":
    for module in _NEEDED:
        importlib.import_module(module)
    # Reading the lexicons would take half of a start, and the catalogues a tenth of what is left.
    Watch.load()
    Catalogues.load()
    gc.collect()
    gc.freeze()
    Zygote(socket.socket(fileno=int(sys.argv[1]))).serve()
