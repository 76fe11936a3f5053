"""The texts in every language: nothing missing, nothing changed but the words."""

import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from locales.catalogues import LANGUAGES, RIGHT_TO_LEFT, Catalogues, direction

HOUSE = Path(__file__).parents[2]
LOCALES = HOUSE / "locales"
TRANSLATED = sorted(set(LANGUAGES) - {"en", "ary"})
# What bids or tells a man alone, and asks a woman to read it as a man.
FOR_MEN = re.compile(
    r"(?<!\w)(اكتب|اختر|اضغط|اطلب|جرّب|تابع|اسأل|ابدأ|احذف|تكتبه|تريد|ترغب|تحتاجه|تضغط|"
    r"صيفط|ختار|كتطلب|كتقلّب|نتا|تاخدها|تقرّر|تسنّى|تتسنانا|تُسأل|\w+تَ)(?!\w)"
)
# What bids a man alone; for staff, who are bidden by nouns: "writing", not "write".
BIDS_MEN = re.compile(
    r"(?<![\w\u064b-\u0652])[وف]?(اكتب|اختر|اضغط|اطلب|جرّب|ابدأ|احذف|اسأل|انظر|أضف|احفظ|اتصل|اذكر|قل|"
    r"استخدم|راجع|افتح|أغلق|أعطِ?|أحضر|دع|اعرض|خطّط|أعلن|خذ|اجعل|اقبل|انقل|تابع|ألغِ|اكتم|قابل|قارن|"
    r"اصنع|أنشئ|أوصِل|اخترع|ضيّق|أخبر)"
    r"(ه|ها|هم|نا|وا)?(?![\w\u064b-\u0652])"
)
# What makes the machine or whoever reads a man or a woman, or both at once, in Slavic languages.
OF_ONE_SEX = re.compile(
    r"(?<!\w)(?:[Яя] (?:не )?\w+(?:в|л|ла|вся|лся|лась)|Згод(?:ен|на)|Соглас(?:ен|на))(?!\w)"
    r"|\w\(-?л?а\)"
)
# What has a direction of its own: "2024-05-31" is drawn as "31-05-2024" among Arabic letters.
FROM_THE_LEFT = re.compile(r"(?<!\u2068)(?:\{(?:partner|organisations|address)\}|\d{4}-\d\d)")
# What a translation must leave as it is: values, marks of Telegram's HTML, commands.
KEPT = re.compile(r"\{\w+\}|%\(\w+\)s|</?[bi]>|(?<!\w)/[a-z]+\b")


def catalogue(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "wayhome.po").open("rb") as file:
        return read_po(file)


def template() -> Catalog:
    with (LOCALES / "wayhome.pot").open("rb") as file:
        return read_po(file)


def ids(texts: Catalog) -> set[object]:
    return {message.id for message in texts if message.id}


def strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string),)


def test_the_template_holds_every_text_of_the_code(tmp_path: Path) -> None:
    recipe = (HOUSE / "Makefile").read_text()
    options = re.search(r"pybabel --quiet extract (.+) -o locales/wayhome\.pot \.", recipe)
    assert options
    extracted = tmp_path / "now.pot"
    babel = HOUSE / ".venv" / "bin" / "pybabel"
    subprocess.run(
        [babel, "-q", "extract", *options[1].split(), "-o", extracted, "."], cwd=HOUSE, check=True
    )
    with extracted.open("rb") as file:
        now = read_po(file)

    assert ids(now) == ids(template()), "run: make messages"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    texts = catalogue(language)

    assert ids(texts) == ids(template())
    assert not [message.id for message in texts if message.id and not all(strings(message))]
    assert not [message.id for message in texts if message.fuzzy and message.id]


@pytest.mark.parametrize("language", [*TRANSLATED, "ary"])
def test_values_marks_and_commands_stay_as_they_are(language: str) -> None:
    for message in catalogue(language):
        if not isinstance(message.id, str) or not message.string:
            continue
        assert sorted(KEPT.findall(message.id)) == sorted(KEPT.findall(str(message.string)))


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_catalogue_is_passed_over_when_all_are_compiled(language: str) -> None:
    """As one would be whose head is marked for a second look: people would read English."""
    assert not catalogue(language).fuzzy


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("number", [0, 1, 2, 3, 5, 11, 21, 100])
def test_every_number_finds_its_form(language: str, number: int) -> None:
    translations = Catalogues.load().of(language)
    one, many = "Waiting {number} minute.", "Waiting {number} minutes."

    assert translations.ngettext(one, many, number) not in ("", one, many)


def test_arabic_counts_eleven_to_ninety_nine_as_one_thing_and_hundreds_as_another() -> None:
    texts = Catalogues.load().of("ar")
    assert texts.ngettext("{number} day", "{number} days", 14) == "{number} يومًا"
    assert texts.ngettext("{number} day", "{number} days", 100) == "{number} يوم"
    for message in catalogue("ar"):
        if isinstance(message.id, tuple):
            one, many = message.id
            dozen, hundred = (texts.ngettext(one, many, number) for number in (14, 100))
            assert dozen.count("ًا") >= hundred.count("ًا"), message.id


def test_what_darija_lacks_comes_in_arabic() -> None:
    texts = Catalogues.load()

    assert texts.of("ary").gettext("Invites") == texts.of("ar").gettext("Invites") != "Invites"


def test_arabic_and_darija_are_read_from_the_right() -> None:
    assert {each for each in LANGUAGES if direction(each) == "rtl"} == RIGHT_TO_LEFT


@pytest.mark.parametrize(
    ("language", "text"),
    [("ar", "◀️ Back"), ("ary", "◀️ Back"), ("ar", "Older ones ▶️")],
)
def test_what_points_back_points_to_the_right_where_one_reads_from_there(
    language: str, text: str
) -> None:
    """Not so "before" and "next", which stand side by side and point away from each other."""
    message = catalogue(language).get(text)

    assert message is not None
    assert ("▶️" in str(message.string)) is ("◀️" in text)
    assert ("◀️" in str(message.string)) is ("▶️" in text)


def test_french_marks_stand_with_the_word_before_them() -> None:
    """Where they could part, a question mark begins a line of its own on a narrow phone."""
    parting = re.compile(r" [:;?!»](?!\w)|« ")
    assert not [
        text for message in catalogue("fr") for text in strings(message) if parting.search(text)
    ]


@pytest.mark.parametrize("language", ["fr", "it", "sq"])
def test_an_apostrophe_is_one_sign(language: str) -> None:
    straight = re.compile(r"\w'\w")
    assert not [
        message.string
        for message in catalogue(language)
        if message.id and any(map(straight.search, strings(message)))
    ]


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_asked_and_when_it_is_asked_have_names_of_their_own(language: str) -> None:
    """They stand below each other among the places of the console."""
    texts = Catalogues.load().of(language)
    asked, whenever = (texts.gettext(name).casefold() for name in ("Questionnaires", "Check-ins"))
    assert asked[:6] != whenever[:6]


@pytest.mark.parametrize("language", ["ar", "ary"])
def test_a_name_or_a_date_within_a_sentence_is_read_in_its_own_direction(language: str) -> None:
    """And no name stands first, where it would turn the whole message around on some phones."""
    texts = [
        text
        for message in catalogue(language)
        if len(str(message.id).split()) > 2
        for text in strings(message)
        if message.id
    ]

    assert [text for text in texts if FROM_THE_LEFT.search(text)] == []
    assert [text for text in texts if text.lstrip("\u2068").startswith("{partner}")] == []


@pytest.mark.parametrize("language", ["ar", "ary"])
def test_the_chat_speaks_to_women_and_men_alike_in_arabic_and_darija(language: str) -> None:
    """Darija holds the texts of the chat and no others."""
    in_the_chat = ids(catalogue("ary"))
    said = {
        message.id: FOR_MEN.findall(text)
        for message in catalogue(language)
        if message.id in in_the_chat
        for text in strings(message)
        if FOR_MEN.search(text)
    }

    assert said == {}


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_nobody_is_a_man_or_a_woman_in_ukrainian_and_russian(language: str) -> None:
    said = {
        message.id: found[0]
        for message in catalogue(language)
        for text in strings(message)
        if message.id and (found := OF_ONE_SEX.search(text))
    }

    assert said == {}


def test_the_console_bids_women_and_men_alike_in_arabic() -> None:
    said = {
        message.id: found[0]
        for message in catalogue("ar")
        for text in strings(message)
        if message.id and (found := BIDS_MEN.search(text))
    }

    assert said == {}
