"""What a form says in a place where nobody would look is refused, or holds."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from domain.organisations import add_organisation
from domain.questionnaires.filling import Filling
from domain.questionnaires.importing import take_in
from domain.questionnaires.keeping import to_document
from domain.questionnaires.values import Words
from storage.kinds import Severity
from storage.sessions import SERVICE, Database
from storage.tables.questionnaires import ImportedQuestionnaire
from tests.domain.questionnaires.forms.cells import where
from tests.domain.questionnaires.forms.sheets import HEALTH, SETTINGS, form, problems

GROUPED = (
    """
| survey |
| | type | name | label::English (en) | {column} |
| | begin group | health | Health | {cell} |
| | begin group | nights | Nights | |
| | integer | bad_nights | How many bad nights? | |
| | end group | | | |
| | end group | | | |
| | integer | rooms | How many rooms? | |
"""
    + SETTINGS
)
CHOSEN = (
    """
| survey |
| | type | name | label::English (en) |
| | select_one yn | threatened | Is anybody threatening you? |
| choices |
| | list_name | name | label::English (en) | {column} |
| | yn | no | No | |
| | {list} | yes | Yes | emergency |
"""
    + SETTINGS
)
TOLD = (
    """
| survey |
| | type | name | label::English (en) | {hint} |
| | note | hello | Welcome | |
| | select_one yn | well | Are you well? | As you see it |
| choices |
| | list_name | name | label::English (en) | {also} |
| | yn | yes | Yes | Oui |
"""
    + SETTINGS
)
RECKONED = (
    """
| survey |
| | type | name | label::English (en) | calculation | wayhome_alert |
| | integer | nights | How many bad nights? | | |
| | integer | meals | How many meals did you miss? | | |
| | calculate | worst | | max({order}) | if(. > 5 and min({order}) > 5, 'urgent', 'none') |
"""
    + SETTINGS
)


def test_p5_what_is_sensitive_as_a_group_is_so_in_each_of_its_questions() -> None:
    asked = form(GROUPED.format(column="wayhome_sensitive", cell="yes"))
    assert asked.question("bad_nights").sensitive
    assert not asked.question("rooms").sensitive


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("wayhome_alert", "urgent"),
        ("wayhome_score", "rest"),
        ("constraint", ". > 0"),
        ("hint::English (en)", "In this week"),
    ],
)
def test_p1_what_a_group_says_that_holds_for_nothing_is_refused(column: str, cell: str) -> None:
    [problem] = problems(GROUPED.format(column=column, cell=cell))
    assert where(problem) == ("survey", 2, column.partition("::")[0])
    assert "write it beside each of its questions" in problem.said()


def test_p1_a_choice_whose_list_was_in_merged_cells_is_refused_with_its_row() -> None:
    [problem] = problems(CHOSEN.format(column="wayhome_alert", list=""))
    assert where(problem) == ("choices", 3, "list_name")


def test_p1_a_slip_in_the_name_of_an_alert_is_no_filter() -> None:
    [problem] = problems(CHOSEN.format(column="wayhome_alerts", list="yn"))
    assert where(problem) == ("choices", 3, "wayhome_alerts")


def test_p1_bands_under_another_name_are_refused() -> None:
    [problem] = problems(HEALTH.replace("| bands |", "| band |"))
    assert where(problem) == ("band", None, None)


@pytest.mark.parametrize("type_", ["decimal", "text", "note"])
def test_nobody_is_asked_to_type_what_the_form_reckons(type_: str) -> None:
    said = f"""
| survey |
| | type | name | label::English (en) | calculation |
| | integer | rooms | How many rooms? | |
| | {type_} | doubled | Doubled | ${{rooms}} * 2 |
{SETTINGS}"""
    [problem] = problems(said)
    assert where(problem) == ("survey", 3, "calculation")


@pytest.mark.parametrize("appearance", ["search('towns')", "minimal autocomplete search('towns')"])
def test_choices_in_a_file_that_is_not_there_are_refused_whatever_else_a_question_looks_like(
    appearance: str,
) -> None:
    said = f"""
| survey |
| | type | name | label::English (en) | appearance |
| | select_one town | town | Which town? | {appearance} |
| choices |
| | list_name | name | label::English (en) |
| | town | town_key | town_name |
{SETTINGS}"""
    [problem] = problems(said)
    assert where(problem) == ("survey", 2, "appearance")
    assert "search()" in problem.said()


@pytest.mark.parametrize("type_", ["select_one ${towns}", "select_multiple ${towns}"])
def test_a_question_whose_choices_are_other_answers_is_refused(type_: str) -> None:
    said = f"""
| survey |
| | type | name | label::English (en) |
| | text | towns | In which towns did you live? |
| | {type_} | best | In which of them was it best? |
{SETTINGS}"""
    [problem] = problems(said)
    assert where(problem) == ("survey", 3, "type")
    assert type_ in problem.said()


@pytest.mark.parametrize("other", ["relevant", "Relevant ", "relevance"])
def test_of_two_columns_of_one_name_neither_is_left_out_unseen(other: str) -> None:
    said = f"""
| survey |
| | type | name | label::English (en) | relevant | {other} |
| | integer | rooms | How many rooms? | | |
| | integer | doors | How many doors? | ${{rooms}} > 1 | ${{rooms}} > 2 |
{SETTINGS}"""
    assert ("survey", None, "relevant") in map(where, problems(said))


@pytest.mark.parametrize(
    ("sheet", "row", "column"),
    [
        ("survey", 3, "hint::English"),
        ("survey", 3, "constraint_message::english (en)"),
        ("choices", 2, "label::French (fr)"),
    ],
)
def test_a_text_in_a_language_that_no_question_is_put_in_is_refused_with_its_place(
    sheet: str, row: int, column: str
) -> None:
    said = TOLD.replace({"survey": "{hint}", "choices": "{also}"}[sheet], column)
    [problem] = problems(said.replace("{hint}", "hint").replace("{also}", "area"))
    assert where(problem) == (sheet, row, column)
    assert problem.said() == "None of the questions is put in this language."


@pytest.mark.parametrize("column", ["hint", "hint::English (en)", "HINT : English (en)"])
def test_a_text_in_the_language_of_the_questions_is_theirs(column: str) -> None:
    asked = form(TOLD.replace("{hint}", column).replace("{also}", "area"))
    assert asked.question("well").hint == Words("As you see it", {"en": "As you see it"})


def test_signs_that_only_turn_a_headings_direction_are_no_part_of_its_name() -> None:
    turned = HEALTH.replace("| type |", "| type\u200f |").replace(
        "label::A (ar)", "label::A (ar)\u200f"
    )
    assert form(turned) == form(HEALTH)


def called(title: str) -> str:
    return f"""
| survey |
| | type | name | label |
| | integer | rooms | Sa dhoma? |
| settings |
| | form_title | default_language |
| | {title} | Albanian (sq) |
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Опитування 2024", "Анкета жінок 2024"),
        ("استبيان 1", "تقييم الاحتياجات 1"),
        (
            "Reintegration monitoring questionnaire for women",
            "Reintegration monitoring questionnaire for men",
        ),
    ],
)
def test_two_titles_are_two_forms_whatever_of_them_a_key_can_hold(one: str, other: str) -> None:
    keys = {form(called(title)).key for title in (one, other, one)}
    assert len(keys) == 2
    assert max(map(len, keys)) <= 40


def test_a_title_that_a_key_holds_whole_is_the_key() -> None:
    assert form(called("Shtëpia dhe puna")).key == "shtepia-dhe-puna"


async def test_what_an_earlier_release_called_by_its_digits_alone_goes_on_so(
    database: Database,
) -> None:
    """Pathways ask it under that key; another form of the same digits is another one."""
    known, another = form(called("Анкета жінок 2024")), form(called("Опитування 2024"))
    async with database.begin(SERVICE) as session:
        mine = (await add_organisation(session, "Kyiv", country="UA")).id
        session.add(_of_an_earlier_release(mine, session.now))
        await session.flush()
        again = await take_in(session, mine, known)
        apart = await take_in(session, mine, another)
    assert (again.key, again.version) == ("2024", 2)
    assert (apart.key, apart.version) == (another.key, 1)


def _of_an_earlier_release(organisation_id: UUID, now: datetime) -> ImportedQuestionnaire:
    earlier = replace(form(called("Анкета жінок 2024")), key="2024", source="Kyiv")
    return ImportedQuestionnaire(
        organisation_id=organisation_id,
        key=earlier.key,
        version=1,
        document=to_document(earlier),
        imported_at=now,
    )


@pytest.mark.parametrize("order", ["${nights}, ${meals}", "${meals}, ${nights}"])
def test_p1_a_question_that_was_skipped_takes_nothing_of_the_greatest_and_the_least(
    order: str,
) -> None:
    """Else it depends on which of them stands first whether a human hears of the other."""
    asked = form(RECKONED.replace("{order}", order))
    for skipped in ("nights", "meals"):
        answers = {"nights": "9", "meals": "9", skipped: None}
        assert [each.severity for each in Filling(asked, answers).worries()] == [Severity.URGENT]
    assert not Filling(asked, {"nights": None, "meals": None}).worries()


@pytest.mark.parametrize(
    ("column", "cell"), [("relevant", ". = ''"), ("choice_filter", "not(selected(., name))")]
)
def test_what_looks_at_its_own_answer_before_it_is_asked_is_refused(column: str, cell: str) -> None:
    said = TOLD.format(hint=column, also="area").replace("As you see it", cell)
    [problem] = problems(said)
    assert where(problem) == ("survey", 3, column)
    assert problem.said() == (
        'Before a question is asked, "." is empty for everybody: name one further up instead.'
    )


def test_a_choice_that_would_show_an_answer_is_refused_in_whichever_language_it_does() -> None:
    [problem] = problems(HEALTH.replace("| مدرسة |", "| مدرسة ${sleeps} |"))
    assert where(problem) == ("choices", 4, "label")
    assert problem.said() == (
        "A choice can't show an earlier answer: name that in the question instead."
    )


def test_nobody_is_shown_the_main_languages_word_for_a_choice_in_another_one() -> None:
    named = "jr:choice-name(${sleeps}, '${sleeps}')"
    [problem] = problems(HEALTH.replace("${children} * 2", named))
    assert where(problem) == ("survey", 10, "calculation")
    assert "name the question in the text itself" in problem.said()
    alone = RECKONED.replace("max({order})", "jr:choice-name(${nights}, '${nights}')")
    assert form(alone.replace("{order}", "${nights}"))
