"""A list may be longer than a message shows, where no answer leaves more of it than that."""

import pytest

from domain.questionnaires.filling import Filling
from tests.domain.questionnaires.forms.cells import where
from tests.domain.questionnaires.forms.sheets import SETTINGS, form, problems


def towns_of(
    regions: int,
    each: int,
    *,
    asked: str = "select_one region",
    type_: str = "select_one town",
    filter_: str = "region=${region}",
    town: str = "Town",
) -> str:
    """So many towns of each region."""
    choices = [f"| | region | r{region} | Region {region} | |" for region in range(regions)]
    for region in range(regions):
        choices += [f"| | town | r{region}t{t} | {town} {t} | r{region} |" for t in range(each)]
    rows = "\n".join(choices)
    return f"""
| survey |
| | type | name | label::English (en) | relevant | choice_filter |
| | select_one region | before | Where were you before? | | |
| | {asked} | region | In which region? | ${{before}} != '' | |
| | {type_} | town | In which town? | ${{region}} != '' | {filter_} |
| choices |
| | list_name | name | label::English (en) | region |
{rows}
{SETTINGS}"""


def test_towns_are_asked_if_each_region_has_no_more_than_a_message_shows() -> None:
    asked = form(towns_of(10, 20))
    offered = Filling(asked, {"before": "r1", "region": "r7"}).choices(asked.question("town"))
    assert [choice.name for choice in offered] == [f"r7t{number}" for number in range(20)]


@pytest.mark.parametrize(
    "table",
    [
        towns_of(2, 61),
        towns_of(10, 20, filter_=""),
        towns_of(10, 20, filter_="region=${region} or ${region}=''"),
        towns_of(10, 20, asked="select_multiple region", filter_="selected(${region}, region)"),
        towns_of(10, 20, asked="text"),
        towns_of(10, 20, type_="select_multiple town"),
        towns_of(50, 50),
        towns_of(10, 20, filter_="region=${region}" + " and 1=1" * 200),
        towns_of(10, 20, filter_="region=${region} and today() < '2027-01-01'"),
    ],
    ids=[
        "one region has too many",
        "no filter",
        "all without an answer",
        "after many ticks",
        "after any words",
        "with ticks",
        "too long to try",
        "a filter that takes too long",
        "another day",
    ],
)
def test_more_than_a_message_shows_are_refused_if_any_answer_may_leave_them(table: str) -> None:
    [problem] = problems(table)
    assert where(problem) == ("survey", 4, "type")
    assert problem.said() == "A question can have 60 choices at most."


def test_however_often_long_lists_are_asked_only_so_much_of_them_is_tried() -> None:
    """A file that is meant to do harm would hold up everybody else."""
    often = "\n".join(
        f"| | select_one town | town{number} | Which town? | | region=${{region}} |"
        for number in range(40)
    )
    found = problems(towns_of(10, 20).replace("| choices |", f"{often}\n| choices |"))
    assert {problem.said() for problem in found} == {"A question can have 60 choices at most."}
    assert 0 < len(found) < 40


def test_choices_have_to_fit_into_one_message_as_they_are_offered_together() -> None:
    long = "A town with a name that no button shows"
    assert form(towns_of(10, 20, town=long))
    [problem] = problems(towns_of(2, 60, town=long * 3))
    assert problem.said().startswith("This question fits into no message together")
