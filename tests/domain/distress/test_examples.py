"""The examples beside the lines of the lexicons."""

from collections import defaultdict

import pytest

from domain.distress import Watch
from domain.distress.examples import Example, load_examples
from domain.distress.lexicon import Rule, language_of, lexicons, load_entries
from domain.distress.scopes import ANY

LANGUAGES = [language_of(file) for file in lexicons()]


def wrong(example: Example, heard: bool) -> str:
    place = f"words/{example.language}.toml:{example.line}"
    return f"{place}: {example.rule.code} {'hears' if heard else 'does not hear'} '{example.text}'"


@pytest.mark.parametrize("language", LANGUAGES)
def test_p1_every_rule_hears_what_it_must_and_not_what_it_must_not(
    watch: Watch, language: str
) -> None:
    mistakes = [
        wrong(example, heard)
        for example in load_examples()
        if example.language == language
        and (heard := example.rule.code in watch.assess(example.text).reasons) != example.heard
    ]
    assert mistakes == []


def test_every_rule_of_every_language_has_examples_of_both_kinds() -> None:
    kinds: defaultdict[tuple[str, Rule], set[bool]] = defaultdict(set)
    for example in load_examples():
        kinds[example.language, example.rule].add(example.heard)
    rules = {(each.language, each.meaning) for each in load_entries()}
    without = {
        f"words/{language}.toml: {meaning.category}.{meaning.name}"
        for language, meaning in rules
        if isinstance(meaning, Rule) and kinds[language, meaning] != {True, False}
    }
    assert without == set()


def test_no_language_lacks_a_category_that_all_the_others_have() -> None:
    """Nobody notices what is never heard."""
    heard: defaultdict[str, set[str]] = defaultdict(set)
    for entry in load_entries():
        if isinstance(entry.meaning, Rule) and entry.language != ANY:
            heard[entry.language].add(entry.meaning.category)
    lacking = {
        f"words/{language}.toml: {category}"
        for language, own in heard.items()
        for category in set.intersection(*(heard[each] for each in heard if each != language)) - own
    }
    assert lacking == set()
