"""A pathway as a file: what may stand in it, and what is said about what may not."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.pathways.reading import read_pathway
from domain.pathways.shelf import from_document, ours, to_document
from domain.pathways.values import Pathway
from domain.pathways.writing import write_pathway
from domain.problems import Faulty
from domain.questionnaires.values import Words
from locales.catalogues import LANGUAGES
from storage.tables.pathways import WrittenPathway

SHORT = """
key = "short"
name = { en = "Short", sq = "I shkurtër" }

[[stage]]
key = "arrival"
name = "Arrival"
anchor = "arrival"

[[stage.check-in]]
key = "ask"
questionnaire = "safety-and-needs"
due = "1 month"

[[stage.information]]
key = "tell"
text = "Say \\"hello\\" to the office."
due = "-1 day"
at = "9:30"
at-most-late = "2 days"

[[stage.task]]
key = "do"
name = "Ring them"
due = "0 days"
"""


TEXTS = st.dictionaries(
    st.sampled_from(list(LANGUAGES)),
    st.sampled_from(["Rruga jonë", "طريقنا", "Our way", 'Wort \\ "für"\nWort']),
    min_size=1,
)


def read(text: str, encoding: str = "utf-8") -> Pathway:
    content = text.encode(encoding)
    return read_pathway(content, languages=LANGUAGES, questionnaires=("safety-and-needs",))


def problems(text: str) -> list[tuple[str, str]]:
    with pytest.raises(Faulty) as faulty:
        read(text)
    return [(problem.where, problem.said()) for problem in faulty.value.problems]


def in_english(language: str, text: str) -> str:
    return text if language == "en" else f"{text} ({language})"


def test_what_is_written_reads_back_the_same() -> None:
    pathway = read(SHORT)
    again = read(write_pathway(pathway, (), in_english))

    assert again == pathway
    assert from_document(WrittenPathway(document=to_document(pathway))) == pathway


@given(TEXTS)
@example({"sq": "Rruga jonë", "ar": "طريقنا"})
@example({"sq": "Rruga jonë"})
@example({"en": "Our way"})
def test_a_text_in_some_languages_reads_back_in_these_and_no_others(texts: dict[str, str]) -> None:
    """Whoever reads another is not told it, and whoever reads one of these is."""
    main = texts.get("en") or next(iter(texts.values()))
    # A database keeps them in an order of its own.
    name = Words(main, dict(sorted(texts.items())))
    again = read(write_pathway(replace(read(SHORT), name=name), LANGUAGES, in_english))

    assert again.name == name


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_that_notepad_saved_is_read_too(encoding: str) -> None:
    assert read(SHORT.replace("\n", "\r\n"), encoding) == read(SHORT)


@pytest.mark.parametrize("pathway", ours(), ids=lambda pathway: pathway.key)
def test_a_pathway_of_ours_is_taken_home_with_its_texts_in_every_language(
    pathway: Pathway,
) -> None:
    again = read(write_pathway(pathway, LANGUAGES, in_english))

    assert [step.key for _, step in again.steps] == [step.key for _, step in pathway.steps]
    assert set(again.name.languages) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        (('due = "1 month"', 'due = "soon"'), "stage 1, check-in 1, due", "Write it like"),
        (('"safety-and-needs"', '"x"'), "stage 1, check-in 1, questionnaire", "questionnaire x"),
        (('anchor = "arrival"', 'anchor = "birth"'), "stage 1, anchor", "departure or arrival"),
        (('anchor = "arrival"', "anchor = []"), "stage 1, anchor", "departure or arrival"),
        (('key = "do"', 'key = "Do it"'), "stage 1, task 1, key", "small letters"),
        (('key = "short"', "key = 3"), "key", "small letters"),
        (('at = "9:30"', 'at = "25:30"'), "stage 1, information 1, at", "time of day"),
        (('"2 days"', '"2 months"'), "stage 1, information 1, at-most-late", "up to 14"),
        (('sq = "I', 'xx = "I'), "name.xx", "xx is none of the languages"),
        (('name = "Ring them"', 'name = ""'), "stage 1, task 1, name", "no text"),
        (('name = "Ring them"', "name = 5"), "stage 1, task 1, name", "Write it as a text"),
        (('due = "0 days"', 'due = "0 days"\nwho = "me"'), "stage 1, task 1, who", "belongs here"),
        (("[[stage.task]]", "[stage.task]"), "stage 1, task", "[[…]]"),
        (('key = "tell"', 'key = "ask"'), "stage 1, information 1, key", "there twice"),
        (('anchor = "arrival"', 'anchor = "arrival'), "line 8, column 18", "This is no TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    change: tuple[str, str], where: str, said: str
) -> None:
    ((found, sentence),) = problems(SHORT.replace(*change, 1))

    assert found == where
    assert said in sentence


@pytest.mark.parametrize("value", ["[" * 5000, "9" * 5000], ids=["deep", "a long number"])
def test_what_no_library_reads_is_refused(value: str) -> None:
    ((_, sentence),) = problems(f"key = {value}")

    assert "no pathway" in sentence


@pytest.mark.parametrize("line", ["{} = 1", "[{}]"])
@pytest.mark.parametrize("part", ["a", '"\u2028"'])
@pytest.mark.parametrize(("parts", "names"), [(2000, 1), (700, 10)])
def test_names_of_thousands_of_parts_are_not_even_begun_with(
    line: str, part: str, parts: int, names: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For ten times as many the library takes a hundred times as long."""
    monkeypatch.setattr(tomllib, "loads", None)
    name = line.format(" . ".join([part] * parts))
    ((_, sentence),) = problems("\n".join([name] * names))

    assert "no pathway" in sentence


def test_all_problems_are_said_at_once() -> None:
    assert len(problems(SHORT.replace("due = ", "do = "))) == 6


@pytest.mark.parametrize("content", [b"\xff", b"x" * 300_000, b"", b"a = 1"])
def test_another_kind_of_file_is_refused(content: bytes) -> None:
    with pytest.raises(Faulty):
        read_pathway(content, languages=(), questionnaires=())
