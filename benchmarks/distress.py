"""How much distress the watch hears, how often it is wrong, and how long a message takes it.

python -m benchmarks.distress [--aside] [--kinds] [--pace] FOLDER_OR_FILE …: labelled JSON Lines, as
in docs/distress.md. With --aside only those messages that nothing was learned from: the other half
of the development set is among the examples (benchmarks/messages/development), and of the plain
messages it was read. With --kinds by kind of message instead of by language. With --pace only how
fast it starts and reads.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from hashlib import sha256
from itertools import cycle, islice
from os import times
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from time import perf_counter, process_time

from bot.watch.side_by_side import judge_side_by_side
from domain.distress import Severity, Watch
from domain.figures.uncertainty import share_of

HELD_OUT = Path(__file__).parents[1] / "tests/domain/distress/held_out.jsonl"
GRAVE = Severity.URGENT.rank
ROUNDS = 7


@dataclass
class Tally:
    """Of grave messages, urgent ones and emergencies, and of harmless ones, whether each was …"""

    noticed: list[bool] = field(default_factory=list)  # signalled at all or asked about
    signalled: list[bool] = field(default_factory=list)
    direct: list[bool] = field(default_factory=list)  # signalled, of those in plain words
    emergency: list[bool] = field(default_factory=list)  # signalled as one, of emergencies
    concern: list[bool] = field(default_factory=list)  # signalled or asked about, of concerns
    false_urgent: list[bool] = field(default_factory=list)
    false_signal: list[bool] = field(default_factory=list)
    false_ask: list[bool] = field(default_factory=list)


def wilson(outcomes: list[bool]) -> str:
    """A proportion with its 95 % interval."""
    if not outcomes:
        return "-"
    share = share_of(sum(outcomes), len(outcomes))
    return f"{sum(outcomes)}/{len(outcomes)} ({share.low:.2f}-{share.high:.2f})"


def tally(watch: Watch, lines: Iterable[str], by: str = "lang") -> dict[str, Tally]:
    """By language, or by another field of the messages."""
    tallies: dict[str, Tally] = {}
    for message in map(json.loads, lines):
        tally = tallies.setdefault(message[by], Tally())
        verdict = watch.assess(message["text"])
        label = Severity(message["severity"])
        signalled = verdict.severity is not Severity.NONE
        if label.rank >= GRAVE:
            tally.noticed.append(signalled or verdict.ask)
            tally.signalled.append(signalled)
            if message["direct"]:
                tally.direct.append(signalled)
            if label is Severity.EMERGENCY:
                tally.emergency.append(verdict.severity is Severity.EMERGENCY)
        elif label is Severity.CONCERN:
            tally.concern.append(signalled or verdict.ask)
        else:
            tally.false_urgent.append(verdict.severity.rank >= GRAVE)
            tally.false_signal.append(signalled)
            tally.false_ask.append(verdict.ask)
    return tallies


def is_aside(line: str) -> bool:
    return sha256(json.loads(line)["id"].encode()).digest()[0] % 2 == 1


def total(tallies: Iterable[Tally]) -> Tally:
    summed = Tally()
    for each in tallies:
        for kind in fields(Tally):
            getattr(summed, kind.name).extend(getattr(each, kind.name))
    return summed


def pace(watch: Watch, lines: Iterable[str]) -> float:
    """Microseconds of CPU for a message: the median of some rounds over all of them."""
    texts = [json.loads(line)["text"] for line in lines]
    rounds = []
    for _ in range(ROUNDS):
        begin = process_time()
        for text in texts:
            watch.assess(text)
        rounds.append((process_time() - begin) / len(texts) * 1e6)
    return median(rounds)


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--aside", action="store_true")
    parser.add_argument("--kinds", action="store_true")
    parser.add_argument("--pace", action="store_true")
    parser.add_argument("files", nargs="*", type=Path)
    chosen = parser.parse_args()
    begin = process_time()
    watch = Watch.load()
    if chosen.pace:
        print_pace(watch, process_time() - begin)
        return
    everything: list[Tally] = []
    for file in files_in(chosen.files or [HELD_OUT]):
        lines = file.read_text("utf-8").splitlines()
        if chosen.aside:
            lines = [line for line in lines if is_aside(line)]
        tallies = tally(watch, lines, "kind" if chosen.kinds else "lang")
        everything += tallies.values()
        for name, counts in tallies.items():
            print_row(name, counts)
        print(f"{file.name}: {pace(watch, lines):.0f} µs of CPU a message", file=sys.stderr)
    print_row("all", total(everything))


def print_pace(watch: Watch, started: float) -> None:
    """As `wayhome detect` reads, on all cores, one verdict a line."""
    lines = HELD_OUT.read_bytes().splitlines()
    with TemporaryFile() as given:
        given.writelines(b"%s\n" % line for line in islice(cycle(lines), 10_000))
        given.seek(0)
        begin = perf_counter()
        read = sum(1 for _ in judge_side_by_side(given))
        took, readers = perf_counter() - begin, times()
    spent = readers.children_user + readers.children_system
    texts = [json.loads(line)["text"] for line in lines]
    each = median(timed(watch, text) for text in texts)
    print(f"start {started:.2f} s, {read} lines {took:.1f} s and {spent:.1f} s of CPU, ", end="")
    print(f"a message {each:.0f} µs (median)")


def timed(watch: Watch, text: str) -> float:
    """Microseconds."""
    begin = perf_counter()
    watch.assess(text)
    return (perf_counter() - begin) * 1e6


def files_in(named: Iterable[Path]) -> Iterator[Path]:
    """Each file, and of each folder those that hold messages."""
    for each in named:
        yield from sorted(each.glob("*.jsonl")) if each.is_dir() else [each]


def print_row(name: str, counts: Tally) -> None:
    print(f"| {name} | {' | '.join(map(wilson, vars(counts).values()))} |")


if __name__ == "__main__":
    main()
