"""What people read is found in the catalogues, and has a form for every kind of phone."""

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.dates import format_date
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from dialogs.texts import Texts
from domain.questionnaires.values import Words
from locales.catalogues import Catalogues
from storage.kinds import Discretion
from tests.dialogs.revealing import REVEALING

HOUSE = Path(__file__).parents[2]
FOR_STAFF = {"words/cases.py", "words/staff.py", "words/trying.py", "groups.py", "working.py"}
# Of a menu that people have, too.
STAFF_COMMANDS = {"Queue", "Duty"}
KEYWORDS = {"Tr": None, "texts": None, "count": (1, 2), "N_": None}


def calls(*names: str) -> Iterator[ast.Call]:
    """Every call of a function or method with such a name in dialogs/ and handlers/."""
    for folder in ("dialogs", "handlers"):
        for path in (HOUSE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in names:
                    yield node


def _name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def forms() -> list[ast.Call]:
    return list(calls("Forms", "form"))


def test_every_form_of_a_text_is_marked_for_the_catalogues() -> None:
    parts = [
        part
        for call in forms()
        for part in [*call.args, *(each.value for each in call.keywords if each.arg != "when")]
    ]

    assert len(parts) > 60
    assert not [ast.unparse(part) for part in parts if isinstance(part, ast.Constant)]


def test_what_may_stand_on_a_watched_phone_reveals_nothing() -> None:
    watched = [
        ast.literal_eval(each.value.args[0])
        for call in forms()
        for each in call.keywords
        if each.arg == "watched" and isinstance(each.value, ast.Call)
    ]

    assert len(watched) > 20
    assert not [text for text in watched if any(word in text.lower() for word in REVEALING)]


def test_the_extraction_finds_texts_of_every_making() -> None:
    found: set[str] = set()
    for folder in ("dialogs", "handlers", "domain"):
        for _, _, message, _, _ in extract_from_dir(HOUSE / folder, keywords=KEYWORDS):
            found.update(message if isinstance(message, tuple) else (message,))

    assert {
        "In which country?",
        "Hello. What would you like to see?",
        "{number} open case:",
        "Somebody is on duty.",
        "How safe do you feel where you live?",
        "Settings",
    } <= found


def test_what_people_read_in_the_chat_is_there_in_darija_too() -> None:
    """Arabic stands in for it only where staff read."""
    with (HOUSE / "locales" / "ary" / "LC_MESSAGES" / "wayhome.po").open("rb") as file:
        darija = read_po(file)
    missing = [
        message
        for folder in ("dialogs", "handlers")
        for path, _, found, _, _ in extract_from_dir(HOUSE / folder, keywords=KEYWORDS)
        for message in [found[0] if isinstance(found, tuple) else found]
        if path not in FOR_STAFF and not message.startswith("{severity}")
        if message not in STAFF_COMMANDS
        if darija.get(message) is None
    ]

    assert missing == []


@pytest.mark.parametrize("discretion", Discretion)
def test_values_are_escaped_and_can_hold_anything(discretion: Discretion) -> None:
    texts = Texts("ar", discretion, Catalogues.load().of("ar"))

    assert (
        texts("{words}", words="<b>{x}</b> & مرحبا 🙂 %s")
        == "&lt;b&gt;{x}&lt;/b&gt; &amp; مرحبا 🙂 %s"
    )


@pytest.mark.parametrize("language", ["ar", "ary"])
def test_a_command_keeps_its_stroke_in_front_where_one_reads_from_the_right(language: str) -> None:
    """Without that the stroke is drawn behind it, as in "help/"."""
    texts = Texts(language, Discretion.OPEN, Catalogues.load().of(language))

    assert "\u2068/help\u2069" in texts("All right. /help works at any time.")
    assert "\u2068/duty off\u2069" in texts("You are on duty until you send /duty off.")
    assert "\u2068" not in texts("<b>{name}</b>", name="/help")
    assert texts.said(Words("Send /help.", {language: "أرسل /help."})) == "أرسل \u2068/help\u2069."


def test_a_command_stands_as_it_is_where_one_reads_from_the_left() -> None:
    texts = Texts("uk", Discretion.OPEN, Catalogues.load().of("uk"))

    assert "\u2068" not in texts("All right. /help works at any time.")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Zuletzt geprüft am 3. August 2026."),
        ("uk", "Востаннє перевірено: 3 серпня 2026."),
        ("ar", "آخر تحقّق كان في 3 أغسطس 2026."),
        ("sq", "Kontrolluar së fundi më 3 gusht 2026."),
    ],
)
def test_a_day_is_said_as_the_language_says_it(language: str, said: str) -> None:
    texts = Texts(language, Discretion.OPEN, Catalogues.load().of(language))

    assert texts("Last checked on {date}.", date=texts.day(date(2026, 8, 3))) == said


def test_darija_dates_are_written_in_arabic_with_the_months_of_morocco() -> None:
    texts = Texts("ary", Discretion.OPEN, Catalogues.load().of("ary"))

    assert format_date(date(2026, 8, 3), "EEEE d MMMM", texts.locale) == "الاثنين 3 غشت"


@pytest.mark.parametrize(
    ("language", "named"), [("en", "Dari, Ukrainian, xx"), ("fr", "dari, ukrainien, xx")]
)
def test_languages_are_named_in_the_persons_own_also_those_that_babel_files_elsewhere(
    language: str, named: str
) -> None:
    texts = Texts(language, Discretion.OPEN, Catalogues.load().of(language))
    assert texts.language_names(["prs", "uk", "xx"]) == named
