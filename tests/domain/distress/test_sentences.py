"""A model of sentences beside the watch, and what is learned on top of it."""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks.sentences import MADE_OF, learn, made_of, plain, read
from domain.distress import Severity, Watch
from domain.distress.gist import Floats, Layer
from domain.distress.likeness import Likeness
from domain.distress.proven import Proven
from domain.distress.sentences import PACKAGE, Sentences, Top
from domain.errors import Refused
from tests.lexicons import entries

CRIES = Path(__file__).with_name("plain_cries.txt")


def watch_with(embed: Callable[[str], Floats]) -> Watch:
    """A model whose first number is the score of everything."""
    straight = Layer(np.array([[1.0, -1.0]], np.float32), np.zeros(2, np.float32))
    scores = Layer(np.array([[1.0] * 3, [-1.0] * 3], np.float32), np.zeros(3, np.float32))
    loaded = Watch.load()
    likeness = loaded._likeness
    sentences = Sentences(embed, Top(straight, scores))
    return Watch(
        entries(),
        loaded._concepts,
        Proven.load(),
        Likeness(
            [each for weights in likeness._weights for each in weights],
            likeness._gist,
            likeness._topics,
            sentences,
        ),
    )


def saying(score: float) -> Callable[[str], Floats]:
    return lambda text: np.array([score], np.float32)


def test_p1_what_a_model_finds_is_heard_where_nothing_else_hears_it() -> None:
    text = "the lamp in the third window is blue again"
    assert watch_with(saying(-30)).assess(text).severity is Severity.NONE
    assert watch_with(saying(30)).assess(text).severity is Severity.EMERGENCY


def test_p1_however_little_a_model_makes_of_it_the_plainest_cries_are_heard() -> None:
    deaf = watch_with(saying(-1000))
    for line in CRIES.read_text("utf-8").splitlines():
        assert deaf.assess(line.partition("|")[2]).severity is not Severity.NONE, line


def test_a_model_is_asked_once_for_a_message_whatever_rules_wonder_about() -> None:
    asked: list[str] = []

    def embed(text: str) -> Floats:
        asked.append(text)
        return np.zeros(1, np.float32)

    watch_with(embed).assess("he beats me at chess every single time and locked the door. " * 9)

    assert len(asked) == 1


def test_a_message_is_read_without_any_disguise() -> None:
    assert plain("ＨＥ \u200bLOCKED me ín!!!") == plain("he locked me in")


def test_what_is_learned_tells_vectors_apart_as_the_model_gives_them() -> None:
    chance = np.random.default_rng(5)
    right = chance.random((4_000, 3)) < 0.5
    vectors = chance.normal(7, 0.01, (4_000, 6)).astype(np.float32)
    vectors[:, :3] += 0.02 * right

    scores = learn(vectors, right.astype(np.float32)).of(vectors)

    assert np.mean((scores > 0) == right) > 0.75


def test_messages_keep_their_places_whatever_their_length() -> None:
    texts = ["a" * length for length in (5, 1, 9, 3)] * 100
    found = read(texts, lambda some: np.array([[len(text)] for text in some], np.float32))
    assert found[:, 0].tolist() == [*map(len, texts)]


def test_what_stands_on_top_is_made_of_these_messages() -> None:
    """Or else: python -m benchmarks.sentences"""
    assert MADE_OF.read_text("utf-8").strip() == made_of()


def test_a_model_that_cannot_run_here_is_refused_in_a_sentence_that_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = "raise ImportError('libgomp.so.1: cannot open shared object file')"
    tmp_path.joinpath(f"{PACKAGE}.py").write_text(broken, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, PACKAGE)

    with pytest.raises(Refused, match=r"can't run on this machine: libgomp\.so\.1"):
        Sentences.load()


def test_p1_with_a_model_more_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, PACKAGE)
    if find_spec(PACKAGE) is None:
        pytest.skip("no model of sentences is installed: make sentences")
    watch = Watch.load.__wrapped__(Watch)
    verdict = watch.assess("they forced her into the trunk and drove towards the frontier")
    assert verdict.severity is not Severity.NONE
    assert verdict.version.endswith("s")
