"""An Excel file to begin from, which says itself what belongs where."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

_EN, _AR = "English (en)", "Arabic (ar)"
_SHEETS: dict[str, list[list[str | int | None]]] = {
    "survey": [
        [
            *("type", "name", f"label::{_EN}", f"label::{_AR}", f"hint::{_EN}", f"hint::{_AR}"),
            *("relevant", "constraint", f"constraint_message::{_EN}"),
            *(f"constraint_message::{_AR}", "wayhome_score", "wayhome_sensitive"),
        ],
        ["select_one yes_no", "sleeps", "Do you sleep well?", "هل تنام جيدا؟", *[None] * 6, "rest"],
        [
            *("integer", "children", "How many children live with you?", "كم طفلا يعيش معك؟"),
            *("0 if there are none", "0 إن لم يكن هناك أحد", None, ". >= 0 and . <= 20"),
            *("Please write a number from 0 to 20.", "اكتب رقما من 0 إلى 20."),
        ],
        [
            *("select_multiple needs", "needs", "What is lacking?", "ما الذي ينقص؟"),
            *(None, None, "${children} > 0"),
        ],
        ["text", "other", "What else should we know?", "ماذا يجب أن نعرف أيضا؟"],
    ],
    "choices": [
        ["list_name", "name", f"label::{_EN}", f"label::{_AR}", "wayhome_score", "wayhome_alert"],
        ["yes_no", "yes", "Yes", "نعم", 0],
        ["yes_no", "no", "No", "لا", 1],
        ["needs", "school", "School", "المدرسة"],
        ["needs", "food", "Food", "الطعام", None, "concern"],
    ],
    "bands": [
        ["scale", "from", "to", f"label::{_EN}", f"label::{_AR}", "severity"],
        ["rest", 0, 0, "Rested", "مرتاح", "none"],
        ["rest", 1, 1, "Not rested", "غير مرتاح", "none"],
    ],
    "settings": [["form_title", "default_language"], ["Family", _EN]],
    "read me": [
        ["column", "what it means"],
        ["type", ("note, text, integer, decimal, date, range, calculate, select_one LIST, "
         "select_multiple LIST; begin group and end group")],
        ["label::Language (code)", ("What people read, in each language. Every text must be there "
         "in every language of the form; whoever speaks none of them is not asked.")],
        ["relevant", "When the question is asked: ${children} > 0"],
        ["constraint", "What an answer must be, with . for the answer: . >= 0 and . <= 20"],
        ["required", "May be there, and changes nothing: people can skip every question."],
        ["choice_filter, calculation, parameters", "As in KoboToolbox and ODK."],
        ["wayhome_sensitive", ("yes: asked only of those who agreed to answers about health and "
         "feelings, never on a shared phone; results show no group under ten.")],
        ["wayhome_score (survey)", "The scales to which the question counts: rest"],
        ["wayhome_score (choices)", "The points that a choice gives: 1"],
        ["wayhome_alert", ("How soon a human should hear of it: none, concern, urgent, emergency. "
         "On a choice also: person, for somebody who asks for a human. On a question also an "
         "expression: if(. > 5, 'urgent', 'none')")],
        ["bands", ("What a scale's points mean for your team, and how soon they should look. "
         "People are never shown points.")],
        ["form_title (settings)", ("A form with the same one is the next version of this. To "
         "change it later, give the form a form_id from the beginning, and keep that.")],
        ["wayhome_adults_only (settings)", "yes: no child is asked."],
        ["wayhome_source (settings)", "Who made the questionnaire, and on what terms it is used."],
    ],
}  # fmt: skip


def template() -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in _SHEETS.items():
        _write(book.create_sheet(name), rows)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _write(sheet: Worksheet, rows: list[list[str | int | None]]) -> None:
    for row in rows:
        sheet.append(row)
    for place, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 28
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
