"""Forms for tests, written as tables in Markdown and read as the Excel file they stand for."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from domain.problems import Faulty
from domain.questionnaires.forms.problems import Problem
from domain.questionnaires.forms.reading import read_form
from domain.questionnaires.values import Questionnaire


def excel(table: str) -> bytes:
    """A line's first cell names the sheet that begins there."""
    book = Workbook()
    book.remove(book.active)
    sheet = None
    for line in filter(None, map(str.strip, table.splitlines())):
        first, *cells = map(str.strip, line.removeprefix("|").removesuffix("|").split("|"))
        if first:
            sheet = book.create_sheet(first)
        else:
            assert sheet is not None
            sheet.append([cell or None for cell in cells])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def form(table: str) -> Questionnaire:
    return read_form(excel(table))


def problems(table: str) -> list[Problem]:
    with pytest.raises(Faulty) as faulty:
        form(table)
    return faulty.value.problems


SETTINGS = """
| settings |
| | form_title | form_id | default_language |
| | First days | first-days | English (en) |
"""
TO_READ = (
    """
| survey |
| | type | name | label::English (en) |
| | note | closed | The office is closed on Monday. |
| | note | open | It opens again on Tuesday. |
"""
    + SETTINGS
)
HEALTH = """
| survey |
| | type | name | label::(en) | label::A (ar) | relevant | constraint | wayhome_score | calculate |
| | note | hello | Welcome | مرحبا | | | | | | | |
| | select_one yn | sleeps | Do you sleep well? | هل تنام جيدا؟ | | | calm | |
| | select_multiple needs | needs | What do you need? | ماذا تحتاج؟ |
| | begin group | about_children | Children | أطفال | selected(${needs}, 'school') | | | | | | |
| | integer | children | How many children? | كم طفلا؟ | | . >= 0 and . <= 20 | | |
| | end group | | | | | | | | | | |
| | range | mood | How was the week? | كيف كان الأسبوع؟ | | | | | | | |
| | text | words | Anything else? | شيء آخر؟ | ${sleeps} = 'no' | | | | | | |
| | calculate | double | | | | | | ${children} * 2 |
| choices |
| | list_name | name | label::(en) | label::A (ar) | wayhome_score | wayhome_alert |
| | yn | yes | Yes | نعم | 0 | |
| | yn | no | No | لا | 3 | |
| | needs | school | School | مدرسة | | |
| | needs | home | A home | بيت | | urgent |
| bands |
| | scale | from | to | label::(en) | label::A (ar) | severity |
| | calm | 0 | 1 | Calm | هادئ | none |
| | calm | 2 | 3 | Restless | قلق | concern |
| settings |
| | form_title | form_id | default_language |
| | First days | first-days | (en) |
"""
