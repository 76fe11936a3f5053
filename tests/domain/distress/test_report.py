"""News that somebody passes on, against what somebody tells of themselves at length."""

import pytest

from domain.distress import Severity, Watch

NEWS = [
    "the man locked the doors of the hall and threatened the guests with a gun until guards came",
    "según vecinos un hombre encerró a su mujer y la amenazó con un cuchillo toda la noche",
]


@pytest.mark.parametrize("text", NEWS)
def test_long_sentences_in_which_nobody_speaks_of_themselves_are_a_concern_at_most(
    watch: Watch, text: str
) -> None:
    verdict = watch.assess(text)
    assert verdict.severity.rank <= Severity.CONCERN.rank
    assert "scope.reported" in verdict.reasons


@pytest.mark.parametrize("text", NEWS)
def test_p1_the_same_told_by_somebody_who_says_i_is_no_news(watch: Watch, text: str) -> None:
    verdict = watch.assess(f"{text} and i am here and he has locked me in")
    assert verdict.severity is Severity.EMERGENCY
    assert "scope.reported" not in verdict.reasons


def test_p1_short_cries_are_never_taken_for_news(watch: Watch) -> None:
    assert watch.assess("he locked the doors, he has a gun").severity is Severity.EMERGENCY
