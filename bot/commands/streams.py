"""Stdin, stdout and stderr, which whoever starts us may have closed, or to a terminal that has few
letters.
"""

import os
import sys
from io import TextIOWrapper
from typing import Final

# What was closed can't be written to now either, so that whoever prints hears of it; but that
# nobody hears complaints is no failure.
_OPENED: Final = (
    ("stdin", os.O_RDONLY, "r"),
    ("stdout", os.O_RDONLY, "w"),
    ("stderr", os.O_WRONLY, "w"),
)


def open_what_is_closed() -> None:
    """Else what is opened next, such as a connection to the database, has the number of what is
    closed, and gets what is printed.
    """
    for number, (name, access, mode) in enumerate(_OPENED):
        if getattr(sys, name) is None:
            nothing = os.open(os.devnull, access)
            if nothing != number:
                os.dup2(nothing, number)
                os.close(nothing)
            os.set_inheritable(number, True)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def show_all_letters() -> None:
    """Something is shown of those that the terminal has not, as on stderr always."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
