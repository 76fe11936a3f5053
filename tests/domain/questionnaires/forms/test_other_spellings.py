"""What ODK and KoboToolbox take in more than one spelling is taken in each of them."""

import pytest

from domain.questionnaires.filling import Filling
from tests.domain.questionnaires.forms.cells import where
from tests.domain.questionnaires.forms.sheets import SETTINGS, form, problems

RANGE = (
    """
| survey |
| | type | name | label::English (en) | parameters |
| | range | mood | How was the week? | {} |
"""
    + SETTINGS
)
REQUIRED = (
    """
| survey |
| | type | name | label::English (en) | required |
| | integer | children | How many children? | yes |
| | text | school | Which school? | {} |
"""
    + SETTINGS
)


@pytest.mark.parametrize(
    "parameters", ["start=1 end=5", "start=1;end=5;step=1", "Start=1, End=5", "start = 1 end = 5"]
)
def test_a_range_is_the_same_in_each_spelling_of_its_parameters(parameters: str) -> None:
    choices = form(RANGE.format(parameters)).question("mood").choices
    assert [choice.name for choice in choices] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("parameters", ["1 to 5", "start=1 end", "steps=3"])
def test_parameters_that_say_no_range_are_refused(parameters: str) -> None:
    assert ("survey", 2, "parameters") in map(where, problems(RANGE.format(parameters)))


@pytest.mark.parametrize("required", ["yes", "TRUE", "${children} > 0", "selected(., 'a')"])
def test_whatever_says_that_an_answer_is_required_every_question_can_be_skipped(
    required: str,
) -> None:
    asked = form(REQUIRED.format(required))
    assert Filling(asked, {"children": "1", "school": None}).next_question is None


@pytest.mark.parametrize(
    ("relevant", "follows"),
    [
        ("${name} = ‘Ana’", True),
        ("${name} = “Ana”", True),
        ("${name} = „Ana“", True),
        ("""${name} = "Ana" or ${name} = "d’Artagnan" """, True),
        ("""${name} = "‘Ana’" """, False),
    ],
)
def test_typographic_quotes_begin_and_end_a_word_but_for_those_within_one(
    relevant: str, follows: bool
) -> None:
    asked = form(
        f"""
| survey |
| | type | name | label::English (en) | relevant |
| | text | name | What are you called? | |
| | note | hello | Hello! | {relevant} |
{SETTINGS}"""
    )
    told = Filling(asked, {"name": "Ana"}).relevant
    assert ("hello" in [question.name for question in told]) is follows


def test_a_filter_looks_at_the_column_that_is_written_as_it_says() -> None:
    table = f"""
| survey |
| | type | name | label::English (en) | choice_filter |
| | select_one land | land | Which country? | |
| | select_one town | town | Which town? | ADM0_PCODE=${{land}} |
| choices |
| | list_name | name | label::English (en) | ADM0_PCODE |
| | land | al | Albania | |
| | land | ma | Morocco | |
| | town | tirana | Tirana | al |
| | town | fes | Fes | ma |
{SETTINGS}"""
    towns = form(table)
    offered = Filling(towns, {"land": "ma"}).choices(towns.question("town"))

    assert [each.name for each in offered] == ["fes"]
    assert [where(each) for each in problems(table.replace("ADM0_PCODE=", "adm0_pcode="))] == [
        ("survey", 3, "choice_filter")
    ]
