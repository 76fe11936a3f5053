"""What is said of a number before somebody calls it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dialogs.texts import Texts
from dialogs.words.hotlines import line_text, numbers_text
from domain.countries import COUNTRIES
from domain.directory.hotlines import Answers, Call, Hotline, emergency_number, numbers_for
from domain.names import isolated
from locales.catalogues import LANGUAGES, Catalogues
from storage.kinds import Discretion

TODAY = date(2026, 2, 2)
LINE = Hotline("IT", "116 006", "Helpline", Answers.SUPPORT, "trafficking", "Our test call")
UNTESTED = "not tested lately, it may not answer"


def texts_in(language: str, discretion: Discretion = Discretion.OPEN) -> Texts:
    return Texts(language, discretion, Catalogues.load().of(language))


def said(line: Hotline, language: str = "en") -> str:
    return line_text(texts_in(language), line, TODAY)


def test_what_nobody_tested_lately_is_never_shown_as_certain() -> None:
    old = replace(LINE, verified_on=TODAY - timedelta(days=181))

    for line in (LINE, old):
        assert UNTESTED in said(line)
        assert "tested on" not in said(line)


@pytest.mark.parametrize("country", COUNTRIES)
def test_whom_to_call_in_danger_is_among_the_numbers_of_every_country(country: str) -> None:
    number = emergency_number(country)

    assert number
    assert f"<b>{isolated(number)}</b>" in numbers_text(texts_in("en"), country, TODAY)


@pytest.mark.parametrize("language", ["ar", "ary"])
def test_a_number_is_read_in_its_own_direction_where_words_run_the_other_way(language: str) -> None:
    texts = texts_in(language)

    assert f"<b>{isolated(LINE.number)}</b>" in line_text(texts, LINE, TODAY)


@pytest.mark.parametrize("language", ["ar", "ary"])
def test_what_is_said_of_a_number_is_divided_by_the_commas_of_the_language(language: str) -> None:
    line = said(replace(LINE, languages=("en", "fr"), hours="9-17"), language)

    assert "," not in line
    assert line.count("، ") >= 3


def test_of_a_line_that_was_tested_lately_the_day_is_said() -> None:
    tested = said(replace(LINE, verified_on=TODAY - timedelta(days=180)))

    assert "tested on August 6, 2025" in tested
    assert UNTESTED not in tested


def test_of_a_line_that_did_not_answer_lately_the_day_is_said() -> None:
    called = LINE.called(Call(TODAY - timedelta(days=180), answered=False))

    assert "did not answer on August 6, 2025" in said(called)
    assert UNTESTED not in said(called)


def test_a_number_for_other_countries_stands_beside_the_one_for_its_own() -> None:
    both = replace(LINE, reachable_from="anywhere", abroad="+33 1 80 52 33 76")

    assert "from other countries: \u2068+33 1 80 52 33 76\u2069" in said(both)
    assert "also from other countries" in said(replace(LINE, reachable_from="anywhere"))
    assert "countries" not in said(replace(LINE, reachable_from="inside"))


def test_languages_are_named_where_they_are_known_and_counted_where_not() -> None:
    named = replace(LINE, languages=("it", "sq"))

    assert "Italian, Albanian, not tested" in said(named)
    assert "Italian, Albanian …" in said(replace(named, languages_in_all=12))
    assert "italisht, shqip …" in said(replace(named, languages_in_all=12), "sq")
    assert "200 languages" in said(replace(LINE, languages_in_all=200))
    assert "language" not in said(LINE)


def test_what_a_call_costs_is_said_where_it_is_known() -> None:
    assert "free" in said(replace(LINE, cost="free"))
    assert "costs money" in said(replace(LINE, cost="charged"))
    assert not {"free", "costs money"} & set(said(LINE).split(", "))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("discretion", [Discretion.DISCREET, Discretion.WATCHED])
def test_no_list_on_a_phone_that_others_read_names_what_happened_before_it_is_opened(
    language: str, discretion: Discretion
) -> None:
    texts = texts_in(language, discretion)
    for country in COUNTRIES:
        names = {
            texts(line.name)
            for line in numbers_for(country, TODAY)
            if line.about in ("trafficking", "violence")
        }
        shown = numbers_text(texts, country, TODAY)
        opened = numbers_text(texts, country, TODAY, is_opened=True)

        assert not [name for name in names if name in shown]
        assert all(name in opened for name in names)


@pytest.mark.parametrize("country", COUNTRIES)
def test_no_name_of_a_line_tells_a_reader_of_victims_or_violence(country: str) -> None:
    shown = numbers_text(texts_in("en", Discretion.DISCREET), country, TODAY).lower()

    assert not [stem for stem in ("traffick", "violen", "victim", "slave") if stem in shown]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_discreet_phone_keeps_every_number_that_an_open_one_shows(language: str) -> None:
    for country in COUNTRIES:
        shown = numbers_text(texts_in(language, Discretion.DISCREET), country, TODAY)

        assert all(line.number in shown for line in numbers_for(country, TODAY))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_list_of_numbers_leaves_room_for_what_stands_above_it(language: str) -> None:
    assert all(len(numbers_text(texts_in(language), land, TODAY)) < 1500 for land in ("UA", "IT"))
