"""What people do to Wayhome in a measurement: a mix of updates, always the same.

A third are words of strangers, who get the menu; a third are words of people with an open case,
who get a receipt; a third are presses of the menu, which is edited. Nobody does more than one
thing, so that nobody's answer waits for its turn or is spared as a repetition.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from typing import Any

from benchmarks.examples import MESSAGES
from benchmarks.people import Centre, open_cases
from benchmarks.service import Service
from benchmarks.telegram import press, text
from benchmarks.training import LEFT_OUT
from domain.distress.watch import Watch
from storage.kinds import Severity

# Of one organisation. More would show the watch more words that it has not met.
_LANGUAGES = ("ar", "ary", "en", "fr")


@dataclass(frozen=True, slots=True)
class Load:
    strangers: Sequence[int]
    talkers: Sequence[int]
    pressers: Sequence[int]

    @classmethod
    def of(cls, chats: Sequence[int]) -> "Load":
        """A third each."""
        third = len(chats) // 3
        return cls(chats[:third], chats[third : 2 * third], chats[2 * third : 3 * third])

    @classmethod
    def of_words(cls, chats: Sequence[int]) -> "Load":
        """Words of strangers and nothing else, each of which a bot can answer with one message."""
        return cls(chats, (), ())

    @classmethod
    async def arranged(cls, service: Service, centre: Centre, size: int) -> "Load":
        """About `size` updates of new people, with open cases for those who have one."""
        load = cls.of(service.new_chats(max(3, size)))
        await open_cases(service.database, centre, load.talkers)
        return load

    async def warm_up(self, service: Service) -> Mapping[int, str]:
        """Everybody who will press gets a menu; the data of its first button, by chat."""
        await service.put([text(chat, "/start") for chat in self.pressers])
        await service.until_done()
        return {
            chat: data[0]
            for chat, data in (await service.telegram.buttons(service.token)).items()
            if chat in self.pressers
        }

    def updates(self, buttons: Mapping[int, str]) -> list[dict[str, Any]]:
        """In an order that mixes them, the same at every run."""
        talk = zip((*self.strangers, *self.talkers), cycle(_harmless_words()), strict=False)
        mixed = [text(chat, words, 2) for chat, words in talk]
        mixed += [press(chat, buttons.get(chat, "button"), 1) for chat in self.pressers]
        random.Random(1).shuffle(mixed)
        return mixed


@cache
def _harmless_words() -> Sequence[str]:
    """Of authors who knew nothing of the watch, what it neither signals nor asks about: nobody's
    update costs a case.
    """
    files = [MESSAGES / author / f"{each}.txt" for author in LEFT_OUT for each in _LANGUAGES]
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    words = [line.removeprefix("N ") for line in lines if line.startswith("N ")]
    random.Random(1).shuffle(words)
    watch = Watch.load()
    verdicts = [watch.assess(each) for each in words]
    return [
        each
        for each, verdict in zip(words, verdicts, strict=True)
        if not verdict.ask and verdict.severity is Severity.NONE
    ]
