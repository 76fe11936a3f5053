from dataclasses import replace
from datetime import date, timedelta

from domain.countries import COUNTRIES
from domain.directory.freshness import Age, age_of
from domain.directory.hotlines import Answers, Call, Hotline, emergency_number, numbers_for, offered

TODAY = date(2026, 2, 2)
ALBANIA = Hotline("AL", "116006", "Helpline", Answers.SUPPORT, "trafficking", "Our test call")


def test_every_country_has_a_number_and_nobody_is_claimed_to_be_tested() -> None:
    for country in COUNTRIES:
        lines = numbers_for(country, TODAY)
        assert lines
        assert not any(line.is_certain(TODAY) for line in lines)
        assert all(line.source and line.name for line in lines)


def test_support_comes_before_the_police() -> None:
    for country in COUNTRIES:
        lines = numbers_for(country, TODAY)
        answers = [line.answers for line in lines if line.answers is not Answers.CHILD]
        assert answers == sorted(answers, key=list(Answers).index)
        assert answers.count(Answers.POLICE) < len(answers) or country == "CY"


def test_adults_read_what_is_for_children_last_and_children_before_the_emergency() -> None:
    for_adults = [line.answers for line in numbers_for("AL", TODAY)]
    for_a_child = [line.answers for line in numbers_for("AL", TODAY, is_for_child=True)]

    assert for_adults == [Answers.EMERGENCY, Answers.CHILD]
    assert for_a_child == [Answers.CHILD, Answers.EMERGENCY]


def test_albanias_doubted_line_is_offered_only_while_it_was_tested_lately() -> None:
    assert "116 006" not in [line.number for line in numbers_for("AL", TODAY)]

    doubted = replace(ALBANIA, doubt="Reported dead")
    tested = replace(doubted, verified_on=TODAY)

    assert offered([doubted], TODAY) == []
    assert offered([tested], TODAY) == [tested]
    assert offered([tested], TODAY + timedelta(days=181)) == []
    assert offered([tested.called(Call(TODAY, answered=False))], TODAY) == []
    assert tested.is_certain(TODAY)


def test_the_last_call_counts_whoever_wrote_it_down() -> None:
    written = replace(ALBANIA, verified_on=TODAY - timedelta(days=9))
    calls = [Call(TODAY - timedelta(days=days), answered=False) for days in (10, 9, 200)]

    assert written.called(calls[0]).is_certain(TODAY)
    assert not written.called(calls[1]).is_certain(TODAY)
    assert written.called(calls[1]).is_silent(TODAY)
    assert not ALBANIA.called(calls[2]).is_silent(TODAY)
    assert ALBANIA.called(Call(TODAY, answered=True)).is_certain(TODAY)


def test_what_did_not_answer_comes_last_of_its_kind_and_is_never_left_out() -> None:
    before = numbers_for("UA", TODAY)
    first = before[0]
    calls = {("UA", first.number): Call(TODAY, answered=False)}
    after = numbers_for("UA", TODAY, calls)

    kinds = [line.answers for line in before]
    assert kinds.count(first.answers) > 1
    assert [line.answers for line in after] == kinds
    assert {line.number for line in after} == {line.number for line in before}
    assert after[kinds.count(first.answers) - 1].number == first.number


def test_the_same_number_is_another_service_in_another_country() -> None:
    names = {
        line.name
        for country in ("UA", "GB")
        for line in numbers_for(country, TODAY)
        if line.number == "116 123"
    }

    assert names == {"Samaritans", "La Strada-Ukraine, from mobile phones"}


def test_a_line_is_not_certain_any_more_half_a_year_after_its_test_call() -> None:
    tested = replace(ALBANIA, verified_on=TODAY - timedelta(days=181))

    assert not tested.is_certain(TODAY)


def test_a_test_call_that_is_yet_to_be_made_proves_nothing() -> None:
    assert not replace(ALBANIA, verified_on=TODAY + timedelta(days=2)).is_certain(TODAY)


def test_a_service_that_was_assured_in_the_future_is_of_unknown_age() -> None:
    assert age_of(TODAY + timedelta(days=2), TODAY, TODAY) is Age.UNKNOWN
    # Somewhere it is tomorrow already.
    assert age_of(TODAY + timedelta(days=1), TODAY, TODAY) is Age.FRESH


def test_the_number_for_danger_is_neither_an_ambulances_nor_guessed() -> None:
    known = {country: emergency_number(country) for country in ("AL", "MA", "UA", "GB", "DE")}

    assert known == {"AL": "112", "MA": "112", "UA": "102", "GB": "999", "DE": "112"}
    assert emergency_number("NG") is emergency_number(None) is None
    assert all(emergency_number(country) for country in COUNTRIES)


def test_where_112_is_the_law_it_is_among_the_numbers_as_untested_as_the_others() -> None:
    for country in ("RO", "BG", "NL"):
        [line] = numbers_for(country, TODAY)
        assert (line.number, line.answers) == ("112", Answers.EMERGENCY)
        assert emergency_number(country) == "112"
        assert "2018/1972" in line.source
        assert not line.is_certain(TODAY)


def test_112_stands_once_among_the_numbers_of_a_country_where_more_is_known_of_it() -> None:
    for country in COUNTRIES:
        assert [line.number for line in numbers_for(country, TODAY)].count("112") <= 1
