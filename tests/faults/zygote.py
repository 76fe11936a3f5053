"""A process that has imported everything and forks one replica after another.

Importing Wayhome takes seconds, and a thousand restarts must not. The zygote has no event loop, no
threads and no connections; each child runs `wayhome run` as the command does, and dies alone.

It reads a JSON order, {"env": …, "log": …, "changes": [[function, argument …] …]}, and answers
{"started": pid}; the next order may come after that. Of each child that ended it says {"ended":
pid, "code": …}. When its input ends, so does everybody.
"""

import gc
import importlib
import json
import os
import selectors
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from bot.commands.main import main as wayhome
from tests.faults import haste
from tests.faults.names import find

# What `wayhome run` imports when it starts.
_NEEDED = ("bot.app", "bot.logs", "bot.opening", "bot.settings", "bot.web", "migrations")


class Zygote:
    def __init__(self) -> None:
        self._events = selectors.DefaultSelector()
        self._children: dict[int, int] = {}

    def serve(self) -> None:
        """Until the input ends."""
        self._events.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for key, _ in self._events.select():
                if key.fd in self._children:
                    self._bury(key.fd)
                elif order := sys.stdin.readline():
                    self._start(json.loads(order))
                else:
                    return self._end_all()

    def _start(self, order: Mapping[str, Any]) -> None:
        pid = os.fork()
        if pid == 0:
            self._become_a_replica(order)
        handle = os.pidfd_open(pid)
        self._children[handle] = pid
        self._events.register(handle, selectors.EVENT_READ)
        _say(started=pid)

    def _become_a_replica(self, order: Mapping[str, Any]) -> NoReturn:
        code = 1
        try:
            self._events.close()
            for handle in self._children:
                os.close(handle)
            _write_to(order["log"])
            os.environ.clear()
            os.environ.update(order["env"])
            code = run(order["changes"])
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _bury(self, handle: int) -> None:
        self._events.unregister(handle)
        os.close(handle)
        pid, status = os.waitpid(self._children.pop(handle), 0)
        _say(ended=pid, code=os.waitstatus_to_exitcode(status))

    def _end_all(self) -> None:
        for pid in self._children.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def run(changes: Iterable[Sequence[Any]]) -> int:
    """`wayhome run`, changed by functions of these tests; its exit code."""
    for name, *arguments in changes:
        find(name)(*arguments)
    sys.argv = ["wayhome", "run"]
    try:
        wayhome()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


def _write_to(log: str) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, end in enumerate((nothing, file, file)):
        os.dup2(end, number)


def _say(**news: int) -> None:
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for module in _NEEDED:
        importlib.import_module(module)
    haste.make()
    gc.freeze()
    Zygote().serve()
