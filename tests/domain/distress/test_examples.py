"""The examples beside the lines of the lexicons."""

from collections import defaultdict

import pytest

from domain.distress import Watch
from domain.distress.examples import Example, load_examples
from domain.distress.lexicon import Rule, language_of, lexicons, load_entries

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
