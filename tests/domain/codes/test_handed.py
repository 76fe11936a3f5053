"""Codes are drawn by lot, so nothing that stands in one is said by anybody."""

from hypothesis import given
from hypothesis import strategies as st

from domain.codes.handed import new_code, without_codes

_CODES = st.builds(new_code, st.sampled_from(["r-", "s-", "n-"]))


@given(_CODES, st.sampled_from([str, str.upper, str.title]))
def test_a_code_for_a_chat_holds_no_words(code: str, written: type[str]) -> None:
    assert without_codes(f"help, {written(code)} he beats me") == "help,  he beats me"


@given(st.text())
def test_words_without_a_code_stay_as_they_are(words: str) -> None:
    assert without_codes(words) == words


@given(_CODES)
def test_a_longer_word_is_no_code(code: str) -> None:
    assert without_codes(f"{code}s") == f"{code}s"
    assert without_codes(f"e{code}") == f"e{code}"
