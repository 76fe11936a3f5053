import pytest

from domain.distress import Severity, Watch


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("I do not want to kill myself", "negation"),
        ("this traffic makes me want to die", "idiom"),
        ("he beat me years ago", "past"),
        ("in that film he is beating me", "fiction"),
    ],
)
def test_what_is_denied_past_or_told_becomes_a_question(
    watch: Watch, text: str, scope: str
) -> None:
    verdict = watch.assess(text)
    assert (verdict.severity, verdict.ask) == (Severity.NONE, True)
    assert f"scope.{scope}" in verdict.reasons


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("my friend said want to die", "third-person"),
        ("i will kill myself lol", "laughter"),
        ("she wrote “i want to die” to them", "quotation"),
    ],
)
def test_another_person_laughter_and_quotation_lower_by_a_step(
    watch: Watch, text: str, scope: str
) -> None:
    verdict = watch.assess(text)
    assert verdict.severity in (Severity.URGENT, Severity.CONCERN)
    assert f"scope.{scope}" in verdict.reasons


@pytest.mark.parametrize(
    "text",
    [
        'he said "you are dirty. go away" i will kill myself tonight',
        "mein vater sagt „komm nie wieder“ ich will nicht mehr leben",
        "i am 5'4\" and i want to die",
        'сім"я вигнала мене, я хочу померти',
    ],
)
def test_p1_what_stands_behind_a_quotation_or_an_odd_mark_is_their_own(
    watch: Watch, text: str
) -> None:
    verdict = watch.assess(text)
    assert verdict.severity is Severity.EMERGENCY
    assert "scope.quotation" not in verdict.reasons


def test_p1_what_happens_now_is_not_lowered_by_the_past(watch: Watch) -> None:
    text = "he used to beat me years ago and tonight he is beating me again"
    assert watch.assess(text).severity is Severity.EMERGENCY


def test_p1_a_scope_ends_with_its_sentence(watch: Watch) -> None:
    assert watch.assess("It was a film. He has a gun").severity is Severity.EMERGENCY


def test_p1_a_cry_split_over_two_messages_is_heard(watch: Watch) -> None:
    assert watch.assess("kill myself", recent=["i am going to"]).severity is Severity.EMERGENCY
    assert watch.assess("to die tonight", recent=["i want"]).severity is Severity.EMERGENCY
    assert watch.assess("die", recent=["i want to..."]).severity is Severity.EMERGENCY


def test_p1_recent_messages_never_lower_a_verdict(watch: Watch) -> None:
    verdict = watch.assess("i will kill myself", recent=["watching a film lol"])
    assert verdict.severity is Severity.EMERGENCY


@pytest.mark.parametrize("text", ["🆘", "🆘🆘🆘", "I need to talk to someone", "SOS", "S.O.S."])
def test_p1_a_plain_call_for_a_human_is_urgent(watch: Watch, text: str) -> None:
    assert watch.assess(text).severity.rank >= Severity.URGENT.rank


@pytest.mark.parametrize(
    "text", ["he has a knife and i feel so lonely", "i feel he will kill me, he has a knife"]
)
def test_p1_english_words_with_the_consonants_of_darija_lower_nothing(
    watch: Watch, text: str
) -> None:
    assert watch.assess(text).severity is Severity.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "he will kill my son",  # сон, a dream
        "il va tuer son fils",
        "he wrote in the chat that he will kill me",  # a cat
        "проглотила всю пачку таблеток с водкой, клонит в сон",
        "dijo que viene a matarme a las ocho y ya son las siete y media",
    ],
)
def test_p1_what_is_a_story_in_another_language_lowers_nothing(watch: Watch, text: str) -> None:
    verdict = watch.assess(text)
    assert verdict.severity.rank >= Severity.URGENT.rank
    assert "scope.fiction" not in verdict.reasons


@pytest.mark.parametrize(
    "text",
    ["mi suegra me mata si no le llevo la torta jajaja", "мама убьет меня если без торта приеду))"],
)
def test_laughter_is_laughter_in_every_language(watch: Watch, text: str) -> None:
    verdict = watch.assess(text)
    assert verdict.severity is not Severity.EMERGENCY
    assert "scope.laughter" in verdict.reasons


@pytest.mark.parametrize("text", ["لا أفكر في الموت أبدا", "ما خطفني حد كنت عند خالتي"])
def test_a_denial_in_arabic_denies_what_darija_hears(watch: Watch, text: str) -> None:
    assert watch.assess(text).severity is Severity.NONE


@pytest.mark.parametrize(
    "text",
    ["il m'a frappée je veux mourir", "он бросил меня хочу умереть", "she left me i want to die"],
)
def test_p1_who_says_i_after_naming_another_tells_of_themselves(watch: Watch, text: str) -> None:
    assert "scope.third-person" not in watch.assess(text).reasons


@pytest.mark.parametrize(
    "text", ["he used to beat me call the police", "раньше он бил меня вызовите полицию"]
)
def test_p1_who_asks_for_the_police_asks_now_whatever_was_before(watch: Watch, text: str) -> None:
    assert watch.assess(text).severity is Severity.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "thoughts of suicide: none",
        "Myśli o śmierci: nie. Samookaleczenia: nie. Sen: dobry.",
        "domanda 11 pensieri di farmi del male: mai. 12 no",
        "Suizidgedanken: nein",
    ],
)
def test_a_form_that_is_answered_no_raises_no_alarm(watch: Watch, text: str) -> None:
    assert watch.assess(text).severity is Severity.NONE


def test_p1_who_cries_behind_a_colon_is_heard(watch: Watch) -> None:
    assert watch.assess("he hits me: no one comes").severity.rank >= Severity.URGENT.rank
    assert watch.assess("he wants to kill me: no, really").severity is Severity.EMERGENCY
