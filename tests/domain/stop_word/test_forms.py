"""Every slip of a stop word is that word, and nothing that people write otherwise is."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from domain.stop_word.forms import LONGEST, folded, forms, probes
from domain.stop_word.ordinary import is_ordinary, seldom_sent
from handlers.menus import COMMANDS

HOUSE = Path(__file__).parents[3]
SHARED = HOUSE.parent / "shared/data/distress"
# What somebody may think of, in every language and script that the bot speaks.
WORDS = (
    "lavender", "blue teapot", "kaleidoscope", "penguin", "marzipan", "old lighthouse",
    "luleshtrydhe", "bretkosë jeshile", "shqiponja e vogël", "kaçurrel", "dallëndyshe",
    "coccinelle", "tournesol", "pamplemousse", "caramel salé", "mariposa azul", "girasol",
    "berenjena", "farfalla rossa", "mongolfiera", "liquirizia", "caranguejo", "jabuticaba",
    "Schmetterling", "Regenschirm", "Eichhörnchen", "słonecznik", "jarzębina", "hulajnoga",
    "лаванда", "соняшник", "метелик", "білий їжачок", "хризантема", "одуванчик", "подснежник",
    "черепаха", "πεταλούδα", "ηλιοτρόπιο", "χελιδόνι", "زعفران", "الفراشة الزرقاء",
    "قرنفلة", "za3fran", "سنجاب الزيتون", "🐢🌙🍉", "🦔🪁🧵", "lavender 🐢", "teapot 1977",
)  # fmt: skip
LETTERS = (
    "abcdefghijklmnopqrstuvwxyzабвгдежзиклмнопрстуфхцчшщьюяїґαβγδεη🐢🌙7"
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
)


def test_all_of_these_may_be_chosen() -> None:
    refused = [word for word in WORDS if is_ordinary(word)]

    assert refused == []


def slip(word: str, kind: str, at: int, letter: str) -> str:
    match kind:
        case "more":
            return word[:at] + letter + word[at:]
        case "less":
            return word[:at] + word[at + 1 :]
        case "other":
            return word[:at] + letter + word[at + 1 :]
        case _:
            return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


@given(
    st.sampled_from(WORDS),
    st.sampled_from(["more", "less", "other", "swapped"]),
    st.integers(0, 2 * LONGEST),
    st.sampled_from(LETTERS),
)
def test_one_slip_is_the_same_word(word: str, kind: str, at: int, letter: str) -> None:
    typed = slip(word, kind, at % len(word), letter)

    assert not forms(word).isdisjoint(probes(typed)), typed


@pytest.mark.parametrize("word", WORDS)
def test_case_marks_spaces_and_lengthened_letters_are_no_matter(word: str) -> None:
    for typed in (
        word.upper(),
        word.title(),
        f"  {word} !!",
        f"{word}…؟)))",
        f"\u200f{word}\u202c",
        word.replace(" ", ""),
        word + word[-1] * 5 if word[-1].isalpha() else word,
        "".join(f"{letter}\u0301" for letter in word),
        word.replace("a", "а").replace("o", "о") if word.isascii() else word,
    ):
        assert not forms(word).isdisjoint(probes(typed)), typed


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        ("лаванда", "lavanda"),
        ("lavanda", "лаванда"),
        ("хризантема", "hrizantema"),
        ("хризантема", "khryzantema"),
        ("соняшник", "sonyashnyk"),
        ("πεταλούδα", "petalouda"),
        ("za3fran", "زعفران"),
        ("زعفران", "za3fran"),
    ],
)
def test_the_word_may_be_typed_in_another_script(word: str, typed: str) -> None:
    assert not forms(word).isdisjoint(probes(typed))


def messages() -> Iterator[str]:
    """The examples written for the watch, everything that the bot says in any language, each alone
    and in pieces as people write, the words of every day, and, where they lie beside the house,
    the development set and its news and requests.
    """
    examples = (HOUSE / "tests/domain/distress/held_out.jsonl").read_text().splitlines()
    for file in sorted([*SHARED.glob("*.jsonl"), *SHARED.glob("benign/*.jsonl")]):
        examples += file.read_text().splitlines()
    said = [json.loads(line)["text"] for line in examples]
    for catalogue in sorted((HOUSE / "locales").glob("*/LC_MESSAGES/wayhome.po")):
        with catalogue.open("rb") as file_:
            for message in read_po(file_):
                if isinstance(message.string, str):
                    said += [str(message.id), message.string]
    for words in said:
        yield words
        yield from filter(None, map(str.strip, re.split(r"[,.;:!?\n،؟]", words)))
    for list_ in sorted((HOUSE / "domain/stop_word/words").iterdir()):
        for word in list_.read_text().split():
            yield from (word, word.capitalize(), f"{word} 🙏", f"{word}!!")


def test_ten_thousand_ordinary_messages_freeze_nobody() -> None:
    ordinary = set(messages())
    known = frozenset(form for word in WORDS for form in forms(word))

    assert len(ordinary) > 10_000
    assert [message for message in ordinary if not known.isdisjoint(probes(message))] == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the messages are not in ../shared/data/distress")
def test_nor_do_those_of_the_development_set_which_lies_beside_the_house() -> None:
    assert len(set(messages())) > 15_000


@pytest.mark.parametrize(
    "word",
    ["please help", "Thank you", "police", "Fatmira", "Albania", "Shqipëri", "добрый день",
     "спасибо", "pryvit", "شكرا", "صباح الخير", "καλημέρα", "12345678", "hello🐢", "Mama mia",
     "mirëmëngjesi", "schmerzen", "okay okay", "lbareh ghedda", "passaport", "salam alaykum",
     "kidayra", "tbarkallah", "كيدايرة", "عيد مبارك", "ma3lich", "kalofsh mirë", "на добраніч",
     "солнышко"],
)  # fmt: skip
def test_words_of_every_day_names_and_words_of_distress_are_ordinary(word: str) -> None:
    assert is_ordinary(word)


@pytest.mark.parametrize(
    "word",
    [
        "noooooo",
        "Stoooop",
        "okkkkkk",
        "даааааа",
        "لاااااااا",
        "aaaaaaa",
        "thannnnks",
        "i love youuuu",
    ],
)
def test_words_of_every_day_are_so_however_long_a_letter_is_held_down(word: str) -> None:
    assert is_ordinary(word)


@pytest.mark.parametrize("command", [*COMMANDS, "wayhome"])
def test_the_bots_own_commands_freeze_nobody(command: str) -> None:
    assert is_ordinary(f"/{command}")


@pytest.mark.parametrize(
    ("text", "number"),
    [("👨‍👩‍👧", 1), ("🇦🇱🇲🇦", 2), ("🐢🌙🍉", 3), ("🐢🐢🌙", 2), ("👩🏽‍🌾 🦔 🪁", 3)],
)
def test_what_shows_as_one_picture_is_one(text: str, number: int) -> None:
    assert seldom_sent(text) == number


def test_faces_and_hearts_are_sent_too_often() -> None:
    assert seldom_sent("😂😂❤️🙏👍🏽") == 0
    assert seldom_sent("🐢🐢🌙🍉") == 3


@given(st.text(max_size=300))
def test_any_text_is_compared_without_an_error(text: str) -> None:
    folded(text)
    assert len(forms(text[:LONGEST])) <= 96 or len(folded(text[:LONGEST])) > LONGEST
    probes(text)
