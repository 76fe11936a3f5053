"""The watch in a process of its own hears what it hears here."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.metrics.metrics import Metrics
from bot.watch.apart import WatchApart
from bot.watch.talk import Talk
from domain.distress import Assessment, Own, Said, Severity, Watch
from tests.bot.watch.readers import CRY, heard_apart, keeping, own, reader_of, told

WRITTEN = (
    CRY,
    "",
    "good morning",
    "حبسني في البيت وأخذ جوازي",
    "😭😭 help",
    "two\nlines\r\n\0",
    "a half of a sign \ud83d",
    "he locked me in " * 320,
)


async def test_p1_whatever_is_written_is_heard_as_it_is_here(watch: WatchApart) -> None:
    here = Watch.load()

    for text in WRITTEN:
        assert await watch.hear(text) == here.assess(text)
    assert watch.is_apart


async def test_p1_what_was_said_before_is_heard_there_too(watch: WatchApart) -> None:
    heard = await watch.hear("kill myself", ["i am going to"])

    assert heard == Watch.load().assess("kill myself", ["i am going to"])
    assert heard.severity is Severity.EMERGENCY


async def test_p1_an_organisations_own_words_are_heard_there_as_they_stand(
    watch: WatchApart,
) -> None:
    red, blue = own(1, "red house"), own(2, "blue house")

    for listened in (red, blue, None, red):
        for text in ("the red house", "the blue house", CRY):
            assert await watch.hear(text, (), listened) == Watch.load().assess(text, (), listened)
    assert (await watch.hear("the red house", (), red)).severity is Severity.URGENT


async def test_many_are_heard_side_by_side_each_as_itself(watch: WatchApart) -> None:
    here = Watch.load()
    texts = [f"{text} {number}" for number in range(40) for text in (CRY, "good morning")]

    heard = await asyncio.gather(*map(watch.hear, texts))

    assert heard == [here.assess(text) for text in texts]


async def test_p1_what_is_asked_together_is_answered_each_as_itself(watch: WatchApart) -> None:
    here = Watch.load()
    said = [
        Said(text, ("i am going to",), own(1, "red house")) for text in (*WRITTEN, "the red house")
    ]

    begun = watch.begin(said)

    # Whoever is not waited for harms nobody, and the last may be waited for first.
    for each in reversed(said[1:]):
        assert await begun[each]() == here.assess(*each)
    assert watch.is_apart


async def test_p1_what_was_begun_and_not_asked_for_is_not_read_once_more(
    watch: WatchApart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where something is found in one of many, the others are taken, and begun, again."""
    told_to_read: list[Said] = []
    ask = Talk.ask

    def counted(talk: Talk, said: Sequence[Said]) -> Sequence[asyncio.Future[Assessment]]:
        told_to_read.extend(said)
        return ask(talk, said)

    monkeypatch.setattr(Talk, "ask", counted)
    said = [Said(CRY), Said("good morning"), Said("good evening")]
    first = await watch.begin(said)[said[0]]()
    begun = watch.begin(said[1:])

    assert first.severity is Severity.EMERGENCY
    assert [(await begun[each]()).severity for each in said[1:]] == [Severity.NONE] * 2
    assert told_to_read == said
    # Who has been heard, and says it again, is read again.
    await watch.hear(CRY)
    assert told_to_read == [*said, said[0]]


async def test_p1_what_takes_long_is_answered_before_the_rest_is_read(
    other_reader: Callable[[str], None], tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    other_reader(
        f"""
import time
from bot.watch import process
from domain.distress import Assessment, Severity, Watch

class Slow:
    version = VERSION
    def assess(self, text, recent, own):
        while text == "shut" and not os.path.exists({str(gate)!r}):
            time.sleep(0.01)
        if text == "long":
            time.sleep(2 * process._MOMENT)
        return Assessment(Severity.NONE, False, (), text)

Watch.load = Slow
process.main()
"""
    )
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        await heard_apart(watch)
        begun = watch.begin([Said("long"), Said("shut")])

        assert (await begun[Said("long")]()).version == "long"
        gate.touch()
        assert (await begun[Said("shut")]()).version == "shut"


async def test_p8_the_reader_is_told_no_secret(
    others: Collection[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WAYHOME_BOT_TOKEN", "wayhome_bot_token", "PGPASSWORD"):
        monkeypatch.setenv(name, "42:secret")
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        reader = await reader_of(watch, others)

        environ = told(reader, "environ")
        assert b"PATH=" in environ
        assert b"secret" not in environ


async def test_the_reader_imports_nothing_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        await heard_apart(watch)


async def test_p1_words_that_cannot_be_told_are_heard_here_and_confuse_nobody_elses(
    watch: WatchApart,
) -> None:
    class Untellable(Own):
        def __reduce__(self) -> tuple[Any, ...]:
            raise RecursionError

    untellable, red, blue = Untellable(3, []), own(1, "red door"), own(2, "blue door")

    for listened in (untellable, red, blue):
        for text in ("the red door", "the blue door", CRY):
            assert await watch.hear(text, (), listened) == Watch.load().assess(text, (), listened)
    assert watch.begin([Said(CRY), Said(CRY, (), untellable)]) == {}
    assert watch.is_apart


async def test_what_nobody_listens_for_any_more_is_forgotten_there_too(
    other_reader: Callable[[str], None],
) -> None:
    other_reader(
        """
import gc
from bot.watch import process
from domain.distress import Assessment, Own, Severity, Watch

class Counts:
    version = VERSION
    def assess(self, text, recent, own):
        gc.collect()
        known = sum(isinstance(each, Own) for each in gc.get_objects())
        return Assessment(Severity.NONE, False, (), f"{known}+{own and own.version}")

Watch.load = Counts
process.main()
"""
    )
    blue = own(1, "blue house")
    watch = WatchApart(Watch.load(), Metrics())
    async with keeping(watch):
        await heard_apart(watch)
        await watch.hear("hello", (), blue)
        for version in range(2, 6):
            red = own(version, "red house")
            assert (await watch.hear("hello", (), red)).version.endswith(f"+{version}")

        assert (await watch.hear("hello", (), blue)).version == "2+1"
