"""What stands around words of distress, with a lexicon so small that nothing else is heard."""

import pytest

from domain.distress import Severity, Watch
from domain.distress.concepts import Concepts
from domain.distress.index import Match, indexes_of
from domain.distress.lexicon import Scope, read_entries
from domain.distress.reading import Reading, read
from domain.distress.scopes import NEARBY, Surroundings
from domain.distress.text import words_of

ENGLISH = {
    "suicide": {"emergency": {"intent": ["want to die", "want ... die"]}},
    "threat": {"emergency": {"kill": ["kill ... me"], "once": ["once upon"]}},
    "weapon": {"urgent": {"knife": ["knife"]}},
    "mood": {"concern": {"alone": ["alone"]}},
    "danger": {"ask": {"words": ["driver"]}},
    "police-request": {"emergency": {"call": ["police"]}},
    "scope": {
        "negation": ["not", "not hurt"],
        "idiom": ["die of", "alone time"],
        "third-person": ["she", "my friend"],
        "past": ["years ago", "once"],
        "fiction": ["film", "knife story"],
        "present": ["tonight"],
        "resolved": ["safe now"],
    },
}
LEXICON = [
    *read_entries("en", ENGLISH),
    *read_entries("any", {"scope": {"laughter": ["haha"]}}),
    *read_entries("pl", {"scope": {"past": ["dawno"]}}),
    *read_entries("ar", {"threat": {"emergency": {"kill": ["yaqtul ... ni"]}}}),
    *read_entries("ary", {"scope": {"negation": ["machi"], "past": ["qbel"]}}),
    *read_entries("fr", {"scope": {"negation": ["jamais"]}}),
]
INDEXES = indexes_of(LEXICON)
CONCEPTS = Concepts([("as-written", "en", "me", "i"), ("as-written", "fr", "me", "je")])

Left = tuple[Severity | None, tuple[str, ...]]
WHOLE: Left = (Severity.EMERGENCY, ())


def reading(text: str) -> Reading:
    return read(words_of(text), INDEXES, CONCEPTS)


def left(text: str) -> Left:
    """What is left of the one thing that is heard there, and what lowered it."""
    severities = {(hit.severity, hit.around) for hit in reading(text).hits}
    assert len(severities) == 1, severities
    return severities.pop()


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("not want to die", Scope.NEGATION),
        ("kill not me", Scope.NEGATION),
        ("want to die of", Scope.IDIOM),
        ("years ago he would kill me", Scope.PAST),
        ("kill me in a film", Scope.FICTION),
    ],
)
def test_of_an_emergency_that_is_denied_or_told_a_question_remains(text: str, scope: Scope) -> None:
    assert left(text) == (Severity.NONE, (scope,))


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("want to die haha", Scope.LAUGHTER),
        ("she said want to die", Scope.THIRD_PERSON),
        ("“want to die”", "quotation"),
    ],
)
def test_what_only_makes_it_less_likely_lowers_an_emergency_by_one_step(
    text: str, scope: str
) -> None:
    assert left(text) == (Severity.URGENT, (scope,))


@pytest.mark.parametrize(
    "text", ["want 😭 to 😭 die", "want to die 😭 of it", "want to\n😭 die", "not 😭 want to die"]
)
def test_p1_words_are_heard_across_a_sign_and_what_takes_back_is_not(text: str) -> None:
    assert left(text) == WHOLE


def test_what_laughs_between_the_words_lowers_them_still() -> None:
    laughing = [*LEXICON, *read_entries("any", {"scope": {"laughter": ["😂"]}})]
    (hit,) = read(words_of("once 😂 upon"), indexes_of(laughing), CONCEPTS).hits
    assert (hit.match.places, hit.around) == ((0, 2), ("laughter",))


def test_what_is_heard_across_a_sign_in_a_gap_is_one_hit() -> None:
    assert [hit.match.places for hit in reading("kill 😭 me").hits] == [(0, 2)]


def test_each_that_stands_there_lowers_by_a_step_and_twice_the_same_by_one() -> None:
    assert left("she said want to die haha") == (Severity.CONCERN, ("laughter", "third-person"))
    assert left("haha want to die haha") == (Severity.URGENT, ("laughter",))
    assert left("she haha “want to die”")[0] is Severity.NONE


@pytest.mark.parametrize("text", ["not knife", "not alone", "alone time", "not driver"])
def test_a_lesser_matter_that_is_denied_or_an_idiom_is_nothing(text: str) -> None:
    assert left(text)[0] is None


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("a knife years ago", Severity.NONE),
        ("a knife haha", Severity.CONCERN),
        ("alone haha", Severity.NONE),
        ("the driver haha", None),
        ("the driver years ago", None),
        ("the driver", Severity.NONE),
    ],
)
def test_what_was_or_is_laughed_about_lowers_a_lesser_matter_and_ends_a_mere_question(
    text: str, severity: Severity | None
) -> None:
    assert left(text)[0] is severity


def test_p1_an_idiom_is_one_of_the_very_words_that_were_heard() -> None:
    assert left("die of kill me") == WHOLE


def test_a_hit_of_which_nothing_is_left_still_says_by_which_words_it_was_heard() -> None:
    (hit,) = reading("not alone").hits
    assert (hit.match.places, hit.rule.code, hit.severity) == ((1,), "mood.alone", None)


def test_p1_what_happens_now_undoes_past_and_fiction_unless_it_is_over() -> None:
    assert left("years ago he would kill me and tonight") == WHOLE
    assert left("a film where they kill me tonight") == WHOLE
    assert left("years ago he would kill me tonight safe now")[1] == (Scope.PAST,)
    assert left("a film kill me tonight safe now")[1] == (Scope.FICTION,)
    assert left("kill me safe now") == WHOLE


def test_p1_who_asks_for_the_police_asks_now_and_may_still_laugh_or_tell_a_film() -> None:
    assert left("years ago police") == WHOLE
    assert left("police film")[1] == (Scope.FICTION,)


def test_p1_words_of_distress_are_not_their_own_scope() -> None:
    """ "Once" tells of the past, but not where it is what was heard."""
    assert left("once upon") == WHOLE
    assert left("once upon and once")[1] == (Scope.PAST,)
    found = {hit.rule.name: hit.around for hit in reading("knife story").hits}
    assert found == {"knife": ()}


@pytest.mark.parametrize(
    "text",
    [
        "years ago. kill me",
        "kill me. a film",
        "haha. want to die",
        "not. want to die",
        "she. want to die",
        "kill me. not",
    ],
)
def test_p1_nothing_of_another_sentence_lowers(text: str) -> None:
    assert left(text) == WHOLE


def test_p1_words_of_another_language_lower_only_where_people_mix_the_two() -> None:
    assert left("dawno kill me") == WHOLE
    assert left("qbel kill me") == WHOLE
    assert left("qbel yaqtul ni")[1] == (Scope.PAST,)


def test_p1_a_denial_reaches_as_far_as_its_clause_and_just_what_it_stands_before() -> None:
    assert left("not, want to die") == WHOLE
    assert left("not i want to die") == WHOLE
    assert left("kill me not") == WHOLE
    assert left("kill not hurt me")[1] == (Scope.NEGATION,)


def test_p1_a_denial_in_another_language_denies_only_in_a_language_that_denies_alike() -> None:
    assert left("machi yaqtul ni")[1] == (Scope.NEGATION,)
    assert left("machi w yaqtul ni") == (Severity.EMERGENCY, ())
    assert left("yaqtul machi ni") == (Severity.EMERGENCY, ())
    assert left("jamais kill me") == WHOLE


def test_a_form_is_answered_no_behind_a_colon() -> None:
    assert left("want to die: not")[1] == (Scope.NEGATION,)
    assert left("want to die: not. and so on")[1] == (Scope.NEGATION,)
    assert left("yaqtul ni: machi")[1] == (Scope.NEGATION,)


@pytest.mark.parametrize(
    "text",
    [
        "want to die: not alive",
        "want to die: not, really",
        "want to die so much: not",
        "answer: want to die not",
        "want to die, not",
        "want to die not",
        "want to die :) not",
        "want to die: jamais",
    ],
)
def test_p1_whoever_says_more_behind_a_colon_or_no_colon_answers_no_form(text: str) -> None:
    assert left(text) == WHOLE


def test_a_named_other_is_near_and_before_it_and_lowers_only_what_one_tells_of_oneself() -> None:
    near = "so " * NEARBY
    assert left(f"she {near}want to die")[1] == (Scope.THIRD_PERSON,)
    assert left(f"she {near}so want to die") == WHOLE
    assert left("want to die she") == WHOLE
    assert left("my friend want to die")[1] == (Scope.THIRD_PERSON,)
    assert left("she kill me") == WHOLE


def test_p1_who_says_i_behind_the_other_tells_of_themselves_in_the_language_of_the_words() -> None:
    assert left("she left i want to die") == WHOLE
    assert left("i left she want to die")[1] == (Scope.THIRD_PERSON,)
    assert left("she left je want to die")[1] == (Scope.THIRD_PERSON,)


def test_p1_a_quotation_is_one_where_all_of_the_words_are_quoted_and_of_oneself() -> None:
    assert left("want “to die”") == WHOLE
    assert left("“kill me”") == WHOLE


def test_likeness_is_told_each_scope_with_each_matter_and_what_was_left() -> None:
    assert [*reading("not alone and a knife haha").marks()] == [
        *("laughter", "negation"),
        *("mood amid laughter", "mood amid negation"),
        *("weapon amid laughter", "weapon amid negation"),
        *("mood None", "weapon concern"),
        "gravest 1",
    ]
    assert [*reading("good morning").marks()] == ["gravest "]


def test_p1_denials_by_the_hundred_take_no_longer_than_their_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = 0
    negates = Surroundings._negates

    def counted(self: Surroundings, scope: Match, hit: Match) -> bool:
        nonlocal looks
        looks += 1
        return negates(self, scope, hit)

    monkeypatch.setattr(Surroundings, "_negates", counted)

    def looks_at(times: int) -> int:
        nonlocal looks
        looks = 0
        assert reading("not film " * times + "police " * times).hits
        return looks

    assert looks_at(100) <= 2.5 * looks_at(50)


@pytest.mark.parametrize(
    ("word", "concept", "language"),
    [("полицию", "police", "ru"), ("поліцію", "police", "uk"), ("وجهي", "body", "ar")],
)
def test_a_stem_stands_for_what_begins_so_though_it_sounds_otherwise(
    watch: Watch, word: str, concept: str, language: str
) -> None:
    assert watch._concepts.stands_for(words_of(word).words[0], concept, language)
