"""A pathway as the file that it can be read from again."""

import json
from collections.abc import Callable, Collection, Iterator

from domain.pathways.values import Kind, Pathway, Stage, Step
from domain.questionnaires.values import Words

#: What a text of ours says in a language.
Translate = Callable[[str, str], str]


def write_pathway(pathway: Pathway, languages: Collection[str], translate: Translate) -> str:
    """With every text in every language that it has, ours in all of them."""

    def text_of(words: Words) -> str:
        texts = words.languages or {code: translate(code, words.text) for code in languages}
        if not words.languages and set(texts.values()) <= {words.text}:
            return _text(words.text)
        # Without English the first is the main one, and a database keeps no order.
        said = sorted(texts.items(), key=lambda each: each[1] != words.text)
        return "{ " + ", ".join(f"{code} = {_text(text)}" for code, text in said) + " }"

    lines = [f"key = {_text(pathway.key)}", f"name = {text_of(pathway.name)}"]
    for stage in pathway.stages:
        lines += ["", *_stage(stage, text_of)]
        for step in stage.steps:
            lines += ["", *_step(step, text_of)]
    return "\n".join(lines) + "\n"


def _stage(stage: Stage, text_of: Callable[[Words], str]) -> Iterator[str]:
    yield "[[stage]]"
    yield f"key = {_text(stage.key)}"
    yield f"name = {text_of(stage.name)}"
    yield f"anchor = {_text(stage.anchor)}"
    if stage.optional:
        yield "optional = true"


def _step(step: Step, text_of: Callable[[Words], str]) -> Iterator[str]:
    yield f"[[stage.{step.kind}]]"
    yield f"key = {_text(step.key.partition('.')[2])}"
    match step.kind:
        case Kind.CHECK_IN:
            yield f"questionnaire = {_text(step.questionnaire)}"
        case Kind.INFORMATION:
            yield f"text = {text_of(_said(step))}"
        case Kind.TASK:
            yield f"name = {text_of(_said(step))}"
    yield f"due = {_text(str(step.due))}"
    if step.kind is not Kind.TASK:
        yield f'at = "{step.at:%H:%M}"'
        yield f'at-most-late = "{step.hours_late // 24} days"'


def _said(step: Step) -> Words:
    assert step.text is not None
    return step.text


def _text(text: str) -> str:
    """JSON's strings are TOML's, but for one letter that TOML wants written out."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
