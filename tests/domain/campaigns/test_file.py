from datetime import date, datetime

import pytest

from domain.campaigns.drafting import Outline
from domain.campaigns.file import read
from domain.campaigns.schedule import After, Every, Unit
from domain.errors import Refused
from domain.pathways.values import Anchor
from tests.domain.campaigns.files import SHORTEST

AT_SIX = datetime.fromisoformat("2026-05-05T18:00")


def test_a_file_says_what_the_form_says() -> None:
    assert read(SHORTEST.encode()) == Outline(
        name="First month",
        questionnaire="safety-and-needs",
        local_time=AT_SIX,
        countries=[],
        languages=[],
        since=[],
        stages=[],
        regions=[],
    )
    full = """
        name = "Every month"
        questionnaire = "safety-and-needs"
        time = 2026-05-05T18:00:00
        countries = ["AL"]
        languages = ["sq", "en"]
        since = ["month"]
        stages = ["care-and-tact/month-1"]
        regions = ["AL/Tirana"]
        lateness_hours = 12
        second_prompt = false
        every = { unit = "month", interval = 2, until = 2027-05-05 }
    """
    assert read(full.encode()) == Outline(
        name="Every month",
        questionnaire="safety-and-needs",
        local_time=AT_SIX,
        schedule=Every(Unit.MONTH, 2, date(2027, 5, 5)),
        countries=["AL"],
        languages=["sq", "en"],
        since=["month"],
        stages=["care-and-tact/month-1"],
        regions=["AL/Tirana"],
        max_lateness_hours=12,
        second_prompt=False,
    )
    assert read((SHORTEST + "after_days = 30").encode()).schedule == After(30)
    before = SHORTEST + 'after_days = -7\nafter = "departure"'
    assert read(before.encode()).schedule == After(-7, Anchor.DEPARTURE)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_that_notepad_saved_is_read_too(encoding: str) -> None:
    assert read(SHORTEST.encode(encoding)) == read(SHORTEST.encode())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("name = ", "no TOML"),
        ("\xff", "is not something|no TOML"),
        ("name = " + "[" * 5000, "no TOML"),
        ("name = " + "9" * 5000, "no TOML"),
        ("name" + ".a" * 2000 + " = 1", "no TOML"),
        ('name = "A"', "must say its questionnaire"),
        (SHORTEST + 'group = "all"', "group is not something"),
        (SHORTEST + 'countries = "AL"', "countries is not something"),
        (SHORTEST.replace("T18:00", " soon"), "a day and a time"),
        (SHORTEST.replace("T18:00", ""), "a day and a time"),
        (SHORTEST.replace("T18:00", " 9h"), "a day and a time"),
        (SHORTEST.replace("T18:00", "T18:00+02:00"), "without a time zone"),
        (SHORTEST.replace("2026-05-05T18", "0001-01-01T00"), "a day and a time"),
        (SHORTEST.replace('"2026-05-05T18:00"', "9999-12-31T12:00:00"), "a day and a time"),
        (SHORTEST + "after_days = 3\n[every]\nunit = 'day'", "not both"),
        (SHORTEST + "every = { unit = 'hour' }", "Again and again"),
        (SHORTEST + "every = { unit = 'day', until = 'soon' }", "until is not something"),
        (SHORTEST + "every = { unit = 'day', untill = 2027-05-05 }", "untill is not something"),
        (SHORTEST + "every = { unit = 'day', interval = true }", "interval is not something"),
        (SHORTEST + "lateness_hours = true", "lateness_hours is not something"),
        (SHORTEST + 'after = "departure"', "must say its after_days"),
        (SHORTEST + "after_days = -1", "days after"),
    ],
)
def test_a_file_with_a_mistake_is_refused_in_one_sentence(content: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read(content.encode("latin-1"))
