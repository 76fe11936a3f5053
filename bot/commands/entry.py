"""Where `wayhome` begins. What its commands are made of takes half a second to load, and whoever
presses Ctrl-C just then has broken it off like at any other time.
"""

import os
import signal

from bot.commands.exit_codes import BROKEN_OFF


def main() -> None:
    usual = signal.getsignal(signal.SIGINT)
    # Where it is ignored, as in a shell's background, it stays so.
    if usual is signal.default_int_handler:
        # Nothing has begun, so nothing is to be tidied up.
        signal.signal(signal.SIGINT, lambda *_: os._exit(BROKEN_OFF))
    from bot.commands.main import main as carry_out

    signal.signal(signal.SIGINT, usual)
    carry_out()
