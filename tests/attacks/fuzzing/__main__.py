"""make fuzz: lets a fuzzer look for input that breaks what takes in words and files of others.

Each target has a process of its own, which goes on from what led somewhere new the last time.
"""

import argparse
import subprocess
import sys
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from random import Random

import atheris

_ONE = "--one"
# What tells the fuzzer which ways it went.
_FOLLOWED = [
    "bot.lanes.handling",
    "bot.intake",
    "domain",
    "handlers.reading.contents",
    "handlers.reading.rich_words",
]
# Seconds, megabytes and bytes of one input.
_TOO_LONG, _TOO_MUCH, _LARGEST = 10, 2048, 64 * 1024


def main() -> int:
    from tests.attacks.fuzzing.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="of all targets together")
    parser.add_argument("--kept", type=Path, default=Path(".fuzz"), help="where findings lie")
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(TARGETS)}; all without")
    options = parser.parse_args()
    names: list[str] = options.targets or [*TARGETS]
    each = max(1, options.seconds // len(names))
    broken = [name for name in names if not _nothing_found(name, each, options.kept)]
    for name in broken:
        print(f"{name}: FOUND something, kept in {options.kept / name}. The trace stands above.")
    return 1 if broken else 0


def _nothing_found(name: str, seconds: int, kept: Path) -> bool:
    corpus = kept / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    print(f"{name}: {seconds} s", flush=True)
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "tests.attacks.fuzzing", _ONE, name, str(corpus)),
            *(f"-max_total_time={seconds}", f"-timeout={_TOO_LONG}", f"-max_len={_LARGEST}"),
            *(f"-rss_limit_mb={_TOO_MUCH}", "-print_final_stats=1", "-verbosity=0"),
            f"-artifact_prefix={kept / name}/",
        ],
        check=False,
    )
    return ran.returncode == 0


def _fuzz_one(name: str, corpus: str, *arguments: str) -> None:
    # It would say so of each module.
    with redirect_stderr(StringIO()), atheris.instrument_imports(include=_FOLLOWED):
        from tests.attacks.fuzzing.targets import TARGETS

    target = TARGETS[name]
    for number, seed in enumerate(target.seeds):
        (Path(corpus) / f"seed-{number}").write_bytes(seed)
        # What is loaded once takes longer than an input may.
        target.run(seed)

    def varied(data: bytes, largest: int, seed: int) -> bytes:
        made = target.shape(data, Random(seed), lambda part: atheris.Mutate(part, len(part) + 64))
        return made[:largest]

    def run(data: bytes) -> None:
        try:
            target.run(data)
        except BaseException:
            # The fuzzer itself keeps only what takes too long or too much.
            Path(corpus).with_name("found").write_bytes(data)
            raise

    atheris.Setup([sys.argv[0], corpus, *arguments], run, custom_mutator=varied)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == [_ONE]:
        _fuzz_one(*sys.argv[2:])
    else:
        sys.exit(main())
