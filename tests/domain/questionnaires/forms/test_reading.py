"""XLSForms are taken in whole, or refused with every reason and its place."""

import pytest

from domain.questionnaires.filling import Filling
from domain.questionnaires.values import Answers, Kind, Words
from storage.kinds import Severity
from tests.domain.questionnaires.forms.cells import where
from tests.domain.questionnaires.forms.sheets import HEALTH, SETTINGS, form, problems

ASKED = (
    """
| survey |
| | type | name | label::English (en) | {column} |
| | select_one yn | ok | Fine? | |
| | {type} | it | And this? | {cell} |
| choices |
| | list_name | name | label::English (en) |
| | yn | yes | Yes |
| | yn | no | No |
"""
    + SETTINGS
)


def asked(answers: Answers) -> list[str]:
    return [question.name for question in Filling(form(HEALTH), answers).relevant]


def test_a_form_becomes_a_questionnaire_in_all_its_languages() -> None:
    health = form(HEALTH)

    assert (health.key, health.languages) == ("first-days", ("en", "ar"))
    kinds = [question.kind for question in health.questions]
    assert kinds == [
        Kind.NOTE, Kind.ONE, Kind.MANY, Kind.INTEGER, Kind.ONE, Kind.TEXT, Kind.CALCULATE,
    ]  # fmt: skip
    assert health.question("sleeps").choice("no").label.languages["ar"] == "لا"
    assert [choice.name for choice in health.question("mood").choices][-1] == "10"
    assert health.question("words").private
    assert not health.question("sleeps").private


def test_questions_come_up_where_the_form_says_so() -> None:
    always = ["hello", "sleeps", "needs", "mood"]
    assert asked({}) == always
    assert asked({"needs": "home school"}) == [*always[:3], "children", "mood"]
    assert asked({"sleeps": "no"}) == [*always, "words"]


def test_a_constraint_is_held_and_an_answer_that_is_not_asked_any_more_counts_no_more() -> None:
    health = form(HEALTH)
    filling = Filling(health, {"needs": "school", "children": "3"})
    assert filling.fits(health.question("children"), "20")
    assert not filling.fits(health.question("children"), "21")
    assert "children" not in asked({"needs": "home", "children": "3"})


def test_points_lead_to_a_band_and_a_band_or_a_choice_to_a_worry() -> None:
    health = form(HEALTH)
    [score] = Filling(health, {"sleeps": "no"}).scores()
    assert (score.points, score.band and score.band.label.text) == (3, "Restless")
    assert [worry.severity for worry in Filling(health, {"sleeps": "no"}).worries()] == [
        Severity.CONCERN
    ]
    assert [worry.severity for worry in Filling(health, {"needs": "home"}).worries()] == [
        Severity.URGENT
    ]
    assert Filling(health, {"sleeps": "yes", "needs": "school"}).worries() == []
    [skipped] = Filling(health, {"sleeps": None}).scores()
    assert skipped.points is None


def test_p1_what_is_reckoned_of_answers_is_a_worry_as_they_are_and_none_anew_with_each() -> None:
    risk = form(
        """
| survey |
| | type | name | label::English (en) | calculation | wayhome_alert |
| | integer | nights | For how many nights were you outside? | | |
| | integer | meals | How often did you not eat? | | |
| | calculate | risk | | ${nights} + ${meals} | if(. > 5, 'urgent', 'none') |
"""
        + SETTINGS
    )
    assert Filling(risk, {"nights": "9"}).worries() == []
    assert Filling(risk, {"nights": "1", "meals": "2"}).worries() == []
    [worry] = Filling(risk, {"nights": "4", "meals": "2"}).worries()
    assert worry.severity is Severity.URGENT
    assert Filling(risk, {"nights": "4", "meals": "3"}).worries() == [worry]


@pytest.mark.parametrize(
    ("hours", "severity"), [("4", []), ("4.5", ["urgent"]), ("5", ["urgent"]), ("9.5", [])]
)
def test_p1_points_between_two_bands_belong_to_the_graver_one(
    hours: str, severity: list[str]
) -> None:
    """As an average has them, where the bands were written for whole numbers."""
    sleep = form(
        """
| survey |
| | type | name | label::English (en) |
| | decimal | hours | How many hours do you lie awake? |
| bands |
| | scale | from | to | label::English (en) | severity |
| | hours | 0 | 4 | Some | none |
| | hours | 5 | 9 | Many | urgent |
"""
        + SETTINGS
    )
    assert [worry.severity for worry in Filling(sleep, {"hours": hours}).worries()] == severity


def test_what_wayhome_cannot_ask_is_refused_by_sheet_row_and_column() -> None:
    for type_ in ("geopoint", "image", "audio", "barcode", "deviceid", "select_one_external yn"):
        [problem] = problems(ASKED.format(type=type_, column="hint", cell=""))
        assert where(problem) == ("survey", 3, "type")
        assert type_.split()[0] in problem.said()
    unknown = {
        "relevant": "indexed-repeat(${ok}, 1)",
        "calculation": "pulldata('x', 'y')",
        "constraint": ". = ",
        "choice_filter": "${later} = 1",
        "default": "5",
        "trigger": "${ok}",
        "media::image": "a.png",
        "parameters": "randomize=true",
    }
    for column, cell in unknown.items():
        found = problems(ASKED.format(type="integer", column=column, cell=cell))
        assert ("survey", 3, column) in [where(problem) for problem in found], column


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("relevant", "ok = 'yes'"),
        ("relevant", "../ok = 'yes'"),
        ("relevant", "/data/ok = 'yes' and ${ok} = 'yes'"),
        ("constraint", ". > 0 and it < 9"),
        ("wayhome_alert", "if(it > 5, 'urgent', 'none')"),
    ],
)
def test_what_would_find_nothing_for_anybody_is_refused(column: str, cell: str) -> None:
    """An expression that names a question without ${} was always empty, and an alert never came."""
    found = problems(ASKED.format(type="integer", column=column, cell=cell))
    assert ("survey", 3, column) in [where(problem) for problem in found]


@pytest.mark.parametrize("alert", [". > 5", "if(. > 5, 'high', 'none')", "if(. > 5, 'none', '')"])
def test_an_alert_that_can_call_nobody_is_refused(alert: str) -> None:
    [problem] = problems(ASKED.format(type="integer", column="wayhome_alert", cell=alert))
    assert where(problem) == ("survey", 3, "wayhome_alert")


def test_p1_an_alert_is_heard_however_its_word_is_written() -> None:
    alert = "if(. > 5, 'Urgent', 'none')"
    asks = form(ASKED.format(type="integer", column="wayhome_alert", cell=alert))
    [worry] = Filling(asks, {"it": "6"}).worries()
    assert worry.severity is Severity.URGENT


def test_a_question_that_fits_into_no_message_is_refused() -> None:
    long = "words and more words " * 100
    [problem] = problems(
        ASKED.format(type="integer", column="hint::English (en)", cell=long).replace(
            "And this?", long
        )
    )
    assert where(problem) == ("survey", 3, "label")
    assert form(
        ASKED.format(type="note", column="hint::English (en)", cell="").replace("And this?", long)
    )


IN_ARABIC_ALONE = HEALTH.replace("كيف كان الأسبوع؟", "كيف كان الأسبوع مع ${%s}؟")


def test_an_answer_that_one_language_alone_names_is_filled_in_there() -> None:
    health = form(IN_ARABIC_ALONE % "children")
    mood = health.question("mood")
    filled = Filling(health, {"needs": "school", "children": "3"}).filled(mood.label)

    assert filled.languages == {"en": "How was the week?", "ar": "كيف كان الأسبوع مع 3؟"}


@pytest.mark.parametrize("column", ["label", "hint"])
def test_what_one_language_alone_names_has_to_be_asked_further_up_too(column: str) -> None:
    cells = "| | range | mood | How? | كيف؟ | In short. | باختصار. |"
    asked = {
        "label": cells.replace("كيف", "${words}"),
        "hint": cells.replace("باختصار", "${words}"),
    }
    [problem] = problems(
        f"""
| survey |
| | type | name | label::(en) | label::A (ar) | hint::(en) | hint::A (ar) |
{asked[column]}
| | text | words | Anything else? | شيء آخر؟ | | |
"""
        + SETTINGS.replace("English", "")
    )
    assert where(problem) == ("survey", 2, column)
    assert problem.said() == "words is not asked further up."


def test_p3_a_form_kept_before_that_names_what_is_never_asked_can_be_asked_all_the_same() -> None:
    health = form(HEALTH)
    label = Words("How many?", {"en": "How many?", "ar": "كم في ${about_children}؟"})

    assert Filling(health, {}).filled(label).languages["ar"] == "كم في ؟"


def choosing(asked: str, label: str, in_arabic: str, count: int = 60) -> str:
    rows = "\n".join(
        f"| | town | t{number} | {label} {number} | {in_arabic} {number} |"
        for number in range(1, count + 1)
    )
    return f"""
| survey |
| | type | name | label::(en) | label::A (ar) |
| | select_one town | home | {asked} | أين؟ |
| choices |
| | list_name | name | label::(en) | label::A (ar) |
{rows}
{SETTINGS.replace("English", "")}"""


def test_p3_a_question_that_fits_into_no_message_with_its_choices_is_refused() -> None:
    """In any of its languages; by the choice that is to be shortened first."""
    long = "بيت في مدينة بعيدة جدا عن الميناء وعن المدرسة وعن المستشفى أيضا"
    [problem] = problems(choosing("Where?", "Home", long))

    assert where(problem) == ("survey", 2, "type")
    assert problem.said() == (
        "This question fits into no message together with its choices, of which t10 is the longest."
    )
    assert form(choosing("Where?", "Home", long, count=45))


def test_choices_that_buttons_show_whole_take_no_room_in_the_message() -> None:
    assert form(choosing("Where do you live now? " * 140, "A home by the sea", "بيت"))


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = problems(
        """
| survey |
| | type | name | label::English (en) | label::Français (fr) | relevant | wayhome_sensitive |
| | begin repeat | family | Family | Famille | | |
| | text | a | Name? | | | |
| | end repeat | | | | | |
| | integer | a | Again? | Encore ? | | |
| | integer | b | How many? | Combien ? | ${c} > 1 | perhaps |
| bands |
| | scale | from | to | label::English (en) | label::Français (fr) | severity |
| | joy | x | 3 | Good | Bien | soon |
"""
        + SETTINGS
    )
    assert [where(problem) for problem in found][:8] == [
        ("survey", 2, "type"),
        ("survey", 3, "label::Français (fr)"),
        ("survey", 4, "type"),
        ("survey", 5, "name"),
        ("survey", 6, "wayhome_sensitive"),
        ("survey", 6, "relevant"),
        ("bands", 2, "scale"),
        ("bands", 2, "severity"),
    ]


def test_what_kobotoolbox_marks_its_choices_with_stands_in_no_filters_way() -> None:
    towns = form(
        """
| survey |
| | type | name | label::English (en) | choice_filter |
| | select_one land | land | Which country? | |
| | select_one town | town | Which town? | land=${land} |
| choices |
| | list_name | name | label::English (en) | land | $kuid | for the team |
| | land | al | Albania | | a1 | |
| | land | ma | Morocco | | a2 | the south |
| | town | tirana | Tirana | al | a3 | |
| | town | fes | Fes | ma | a4 | by bus |
"""
        + SETTINGS
    )
    filling = Filling(towns, {"land": "ma", "town": "fes"})
    assert [each.name for each in filling.choices(towns.question("town"))] == ["fes"]
    assert filling.next_question is None


def test_the_heading_of_a_rating_is_no_question_and_its_rows_are() -> None:
    rated = form(
        """
| survey |
| | type | name | label::English (en) | appearance |
| | begin_group | rating | | field-list |
| | select_one how | rating_header | How is it? | label |
| | select_one how | school | School | list-nolabel |
| | select_one how | home | Home | list-nolabel |
| | end_group | | | |
| choices |
| | list_name | name | label::English (en) |
| | how | good | Good |
| | how | bad | Bad |
"""
        + SETTINGS
    )
    assert [question.name for question in rated.questions] == ["school", "home"]


def test_what_the_spreadsheet_could_not_reckon_is_named_and_asked_of_nobody() -> None:
    broken = HEALTH.replace("Anything else?", "#REF!").replace("${sleeps} = 'no'", "#N/A")
    found = [(each.row, each.column, each.about) for each in problems(SETTINGS + broken)]

    assert found == [(9, "label::(en)", "#REF!"), (9, "relevant", "#N/A")]


def test_the_end_of_a_line_in_a_cell_is_one_however_the_file_writes_it() -> None:
    escaped = "Anything_x000D_else_x0008__xD800_? _x005F_x0041_s"
    questions = form(SETTINGS + HEALTH.replace("Anything else?", escaped)).questions
    label = next(each.label for each in questions if each.name == "words")

    assert label.text == "Anything\nelse? _x0041_s"


def test_a_form_must_say_its_language_and_its_name() -> None:
    [language, name] = problems("| survey |\n| | type | name | label |\n| | text | a | Name? |")
    assert where(language) == ("settings", None, "default_language")
    assert where(name) == ("settings", None, "form_title")
    nameless = "| survey |\n| | type | name | label::English (en) |\n| | text | a | Name? |"
    assert [where(each) for each in problems(nameless)] == [("settings", None, "form_title")]


def test_a_form_without_a_language_hears_of_all_that_is_wrong_at_once() -> None:
    found = problems(
        "| survey |\n| | type | name | label | label::Klingon |\n"
        "| | text | a | Name? | |\n| | geotrace | b | Where? | pa |\n"
        "| settings |\n| | form_title |\n| | Family |\n"
    )

    assert {where(each) for each in found} >= {
        ("settings", None, "default_language"),
        ("survey", None, "label::Klingon"),
        ("survey", 2, "label::Klingon"),
        ("survey", 3, "type"),
    }


@pytest.mark.parametrize("said", ["1", "y", "oui", "adults"])
def test_whom_a_form_is_for_is_said_by_yes_or_no_and_never_guessed(said: str) -> None:
    """No child is asked what is for adults, because somebody wrote it otherwise."""
    scale = "| survey |\n| | type | name | label |\n| | integer | nights | How many nights? |\n"
    settings = "| settings |\n| | form_title | default_language | wayhome_adults_only |\n"
    assert form(f"{scale}{settings}| | Sleep | (en) | TRUE |").adults_only
    assert not form(f"{scale}{settings}| | Sleep | (en) | no |").adults_only
    [problem] = problems(f"{scale}{settings}| | Sleep | (en) | {said} |")
    assert where(problem) == ("settings", 2, "wayhome_adults_only")


def test_what_the_makers_of_xlsform_refuse_is_refused_with_their_reason() -> None:
    found = problems(ASKED.format(type="begin group", column="hint", cell=""))
    assert found[0].sheet == "survey"
    assert "group" in found[0].said()
