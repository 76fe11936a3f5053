"""Ctrl-C while `wayhome` still loads what its commands are made of."""

import signal
import sys
from subprocess import DEVNULL, PIPE, Popen

# Seconds. A busy machine fails no test.
_PATIENCE = 60
_SLOW = """
import signal, sys
from importlib.abc import MetaPathFinder

class Slow(MetaPathFinder):
    def find_spec(self, name, *_):
        if name == "bot.commands.main":
            print("loading", flush=True)
            signal.pause()

# As in a terminal: whoever runs the tests in the background ignores it.
signal.signal(signal.SIGINT, signal.default_int_handler)
from bot.commands.entry import main
sys.meta_path.insert(0, Slow())
main()
"""


def test_ctrl_c_while_it_loads_ends_it_like_at_any_other_time() -> None:
    typed = [sys.executable, "-c", _SLOW]
    with Popen(typed, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "loading\n"
        process.send_signal(signal.SIGINT)
        try:
            said, complained = process.communicate(timeout=_PATIENCE)
        finally:
            process.kill()

    assert (process.returncode, said, complained) == (130, "", "")
