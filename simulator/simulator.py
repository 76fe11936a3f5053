"""A Telegram, and the phones of those who write to its bot."""

from functools import cached_property

from simulator.phones.doings import Phones
from simulator.telegram import Telegram


class Simulator(Telegram):
    @cached_property
    def phones(self) -> Phones:
        return Phones(self)
