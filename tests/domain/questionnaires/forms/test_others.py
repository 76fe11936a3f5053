"""Real forms, written by others: taken in whole, or refused where Wayhome can't follow."""

from pathlib import Path

import pytest

from domain.problems import Faulty
from domain.questionnaires.forms.reading import read_form

# What Excel adds for itself is nothing that is asked.
pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported")

OTHERS = Path(__file__).parent / "others"
TAKEN = {
    "allow_comment_rows_test": ["farmer_name"],
    "blank_second_row": ["value"],
    "calculate": [
        "calculate_test", "calculate_test_output", "calculate_test_2", "calculate_test_2_output",
    ],
    "cascading_select_test_equivalent": [
        "mylga_zone", "mylga_state_in_zone_1", "mylga_state_in_zone_2", "mylga_state",
        "mylga_lga_in_state_1", "mylga_lga_in_state_2", "mylga_lga_in_state_3",
        "mylga_lga_in_state_4", "mylga",
    ],
    "choice_name_same_as_select_name": ["zone"],
    "ict_survey_fails": ["internet_teach"],
    "style_settings": ["your_name", "your_age"],
    "text_and_integer": ["your_name", "your_age"],
    "yes_or_no_question": ["good_day"],
}  # fmt: skip
#: Where the one thing stands that can't be asked as it is written, and what is said of it.
REFUSED = {
    "another_loop": ("survey", 2, "type", "begin loop over types"),
    "attribute_columns_test": ("survey", 2, "bind::saveIncomplete", "this column"),
    "bad_calc": ("survey", 2, "calculation", "can't be worked out"),
    "cascading_select_test": ("survey", None, "label", "text is missing"),
    "choice_filter_test": ("choices", 6, "name", "king is there twice"),
    "choice_name_as_type": ("external_choices", None, None, "this sheet"),
    "default_time_demo": ("survey", 2, "type", "time"),
    "gps": ("survey", 2, "type", "gps"),
    "group": ("survey", 4, "type", "phone number"),
    "group_name_test": ("survey", 3, None, "group with no name"),
    "loop": ("survey", 3, "type", "begin loop over toilet_type"),
    "new_cascading_select": ("choices", 6, "name", "king is there twice"),
    "not_closed_group_test": ("survey", 3, None, "Unmatched 'begin_group'"),
    "old_cascades": ("survey", 2, "type", "cascading_select cities"),
    "or_other": ("survey", 2, "type", "select_one colors or_other"),
    "pull_data": ("survey", 2, "calculation", "pulldata()"),
    "search_and_select": ("survey", 2, "appearance", "search()"),
    "select_one_external": ("external_choices", None, None, "this sheet"),
    "settings": ("settings", 2, "attribute::my_string", "this column"),
    "sms_info": ("survey", 10, "type", "geopoint"),
    "spaces_in_choices_header": ("survey", 2, "bind:constraint", "this column"),
    "specify_other": ("survey", 2, "type", "or specify other"),
    "survey_no_name": ("survey", None, None, "sheet is missing"),
    "tutorial": ("survey", 2, "type", "begin repeat"),
    "widgets": ("survey", 10, "readonly", "this column"),
    "xl_date_ambiguous_v1": ("survey", 6, "default", "this column"),
    "xlsform_spec_test": ("choices", 4, "image", "this column"),
}


def content(name: str) -> bytes:
    return (OTHERS / f"{name}.xlsx").read_bytes()


def test_what_becomes_of_each_is_written_down() -> None:
    assert {path.stem for path in OTHERS.glob("*.xlsx")} == TAKEN.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", TAKEN)
def test_what_can_be_asked_is_taken_in_whole(name: str) -> None:
    taken = read_form(content(name), name=name, language="en")

    assert [question.name for question in taken.questions] == TAKEN[name]
    assert taken.key


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_is_refused_for_the_right_reason(name: str) -> None:
    with pytest.raises(Faulty) as faulty:
        read_form(content(name), name=name, language="en")

    sheet, row, column, said = REFUSED[name]
    assert [
        each
        for each in faulty.value.problems
        if (each.sheet, each.row, each.column) == (sheet, row, column) and said in each.said()
    ]


def test_without_a_language_a_form_that_names_none_is_refused_with_all_else_that_is_wrong() -> None:
    with pytest.raises(Faulty) as named:
        read_form(content("or_other"), name="or_other", language="en")
    with pytest.raises(Faulty) as unnamed:
        read_form(content("or_other"), name="or_other")

    [language, *others] = unnamed.value.problems
    assert "choose it with the file" in language.said()
    assert others == named.value.problems
