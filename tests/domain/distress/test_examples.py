"""The examples beside the lines of the lexicons."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

import pytest

from domain.distress import Own, Watch
from domain.distress.concepts import Concepts
from domain.distress.examples import Example, ScopeExample, load_examples, load_scope_examples
from domain.distress.index import Index
from domain.distress.lexicon import Rule, Scope, language_of, lexicons
from domain.distress.reading import Hit, read
from domain.distress.scopes import ANY
from domain.distress.text import words_of
from domain.distress.watch import ANYTHING
from tests.lexicons import entries

LANGUAGES = [language_of(file) for file in lexicons()]


def wrong(example: Example, heard: bool) -> str:
    place = f"words/{example.language}.toml:{example.line}"
    return f"{place}: {example.rule.code} {'hears' if heard else 'does not hear'} '{example.text}'"


def wrong_scope(example: ScopeExample, mistake: str) -> str:
    place = f"words/{example.language}.toml:{example.line}"
    return f"{place}: scope.{example.scope} {mistake} '{example.text}'"


@cache
def known() -> tuple[Sequence[Index], Concepts]:
    watch = Watch.load()
    return watch._indexes, watch._concepts


@cache
def examples() -> Sequence[Example]:
    return [*load_examples()]


@cache
def scope_examples() -> Sequence[ScopeExample]:
    return [*load_scope_examples()]


@cache
def without(scope: Scope) -> Own:
    """Nobody's words, and none of the scope's."""
    muted = frozenset(entry.key for entry in entries() if entry.meaning is scope)
    return Own(0, [], muted)


def heard_in(text: str, own: Own | None = None) -> Sequence[Hit]:
    return read(words_of(text), *known(), own).hits


def hears(watch: Watch, example: Example) -> bool:
    """Whether words that may be about anything are asked about is up to likeness."""
    code = example.rule.code
    if code == ANYTHING:
        return any(
            hit.rule.code == code for hit in heard_in(example.text) if hit.severity is not None
        )
    return code in watch.assess(example.text).reasons


def changes(scope: Scope, text: str) -> bool:
    """Whether something else is left of what rules hear there than without the scope's lines: so a
    scope is seen that lowers, one that settles, and one that only undoes another.
    """
    return heard_in(text) != heard_in(text, without(scope))


@pytest.mark.parametrize("language", LANGUAGES)
def test_p1_every_rule_hears_what_it_must_and_not_what_it_must_not(
    watch: Watch, language: str
) -> None:
    mistakes = [
        wrong(example, heard)
        for example in examples()
        if example.language == language and (heard := hears(watch, example)) != example.heard
    ]
    assert mistakes == []


def test_every_rule_of_every_language_has_examples_of_both_kinds() -> None:
    kinds: defaultdict[tuple[str, Rule], set[bool]] = defaultdict(set)
    for example in examples():
        kinds[example.language, example.rule].add(example.heard)
    rules = {(each.language, each.meaning) for each in entries()}
    without = {
        f"words/{language}.toml: {meaning.category}.{meaning.name}"
        for language, meaning in rules
        if isinstance(meaning, Rule) and kinds[language, meaning] != {True, False}
    }
    assert without == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_p1_every_scope_is_noticed_where_it_must_be_and_not_where_it_must_not(
    language: str,
) -> None:
    mistakes = [
        wrong_scope(example, "is noticed in" if noticed else "is not noticed in")
        for example in scope_examples()
        if example.language == language
        and (noticed := changes(example.scope, example.text)) != example.noticed
    ]
    assert mistakes == []


def test_where_a_scope_must_not_be_noticed_there_is_something_to_lower() -> None:
    """Else nothing could ever be noticed there."""
    mistakes = [
        wrong_scope(example, "has nothing to lower in")
        for example in scope_examples()
        if not example.noticed and all(hit.severity is None for hit in heard_in(example.text))
    ]
    assert mistakes == []


def test_every_scope_of_every_language_has_examples_of_both_kinds() -> None:
    kinds: defaultdict[tuple[str, Scope], set[bool]] = defaultdict(set)
    for example in scope_examples():
        kinds[example.language, example.scope].add(example.noticed)
    scopes = {(each.language, each.meaning) for each in entries()}
    lacking = {
        f"words/{language}.toml: scope.{meaning}"
        for language, meaning in scopes
        if isinstance(meaning, Scope) and kinds[language, meaning] != {True, False}
    }
    assert lacking == set()


def test_no_language_lacks_a_category_that_all_the_others_have() -> None:
    """Nobody notices what is never heard."""
    heard: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries():
        if isinstance(entry.meaning, Rule) and entry.language != ANY:
            heard[entry.language].add(entry.meaning.category)
    lacking = {
        f"words/{language}.toml: {category}"
        for language, own in heard.items()
        for category in set.intersection(*(heard[each] for each in heard if each != language)) - own
    }
    assert lacking == set()
