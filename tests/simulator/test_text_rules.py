"""How words are measured, marked and refused."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import LinkPreviewOptions, MessageEntity
from hypothesis import given
from hypothesis import strategies as st

from simulator.bot_api.markup import parse_text
from simulator.entities import Formatted
from simulator.errors import ApiError
from simulator.memory.users import User
from simulator.wire import cut_units, units
from tests.simulator.conformance import plain
from tests.simulator_server import RunningSimulator

FAMILY = "👩‍👧"


async def test_4096_units_pass_and_one_more_is_too_long(bot: Bot, amal: User) -> None:
    await bot.send_message(amal.id, "<b>" + "x" * 4094 + "</b>🏠", parse_mode="HTML")
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await bot.send_message(amal.id, "x" * 4095 + "🏠")


@pytest.mark.parametrize("words", ["", "  \n ", "<b> </b>"])
async def test_a_message_without_words_is_refused(bot: Bot, amal: User, words: str) -> None:
    with pytest.raises(TelegramBadRequest, match="message text is empty"):
        await bot.send_message(amal.id, words, parse_mode="HTML")


async def test_a_long_message_from_a_phone_leaves_in_parts(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    telegram.send_text(amal, "x" * 4095 + "🏠" * 500)
    _, first, second = await bot.get_updates()
    assert first.message
    assert second.message
    assert (len(first.message.text or ""), second.message.text) == (4095, "🏠" * 500)


async def test_marks_become_entities_in_utf16(bot: Bot, amal: User) -> None:
    sent = await bot.send_message(
        amal.id,
        f'{FAMILY} <b>bold <i>both</i></b> <a href="https://example.org/?a=1&amp;b=2">there</a>'
        " <tg-spoiler>x</tg-spoiler> <blockquote expandable>q</blockquote>"
        '<pre><code class="language-python">p</code></pre> &lt;&#39;',
        parse_mode="HTML",
    )
    assert sent.text == f"{FAMILY} bold both there x qp <'"
    assert [(entity.type, entity.extract_from(sent.text)) for entity in sent.entities or []] == [
        ("bold", "bold both"),
        ("italic", "both"),
        ("text_link", "there"),
        ("spoiler", "x"),
        ("expandable_blockquote", "q"),
        ("pre", "p"),
    ]
    assert [entity.url for entity in sent.entities or [] if entity.url] == [
        "https://example.org/?a=1&b=2"
    ]


async def test_entities_can_be_given_instead_of_marks(bot: Bot, amal: User) -> None:
    bold = MessageEntity(type="bold", offset=2, length=5)
    sent = await bot.send_message(amal.id, "  Hello  ", entities=[bold], parse_mode=None)
    assert sent.text == "Hello"
    assert sent.entities
    assert [plain(entity) for entity in sent.entities] == [
        {"type": "bold", "offset": 0, "length": 5}
    ]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<foo>", 'Unsupported start tag "foo" at byte offset 2'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("1 <", "Unclosed start tag at byte offset 2"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_broken_marks_are_refused_in_telegrams_words(
    bot: Bot, amal: User, source: str, reason: str
) -> None:
    with pytest.raises(TelegramBadRequest) as refused:
        await bot.send_message(amal.id, source, parse_mode="HTML")
    assert refused.value.message == f"Bad Request: can't parse entities: {reason}"


async def test_other_kinds_of_marks_are_refused_loudly(bot: Bot, amal: User) -> None:
    with pytest.raises(TelegramBadRequest, match="unsupported parse_mode"):
        await bot.send_message(amal.id, "*bold*", parse_mode="MarkdownV2")


async def test_what_was_asked_about_the_message_is_recorded(
    telegram: RunningSimulator, bot: Bot, amal: User
) -> None:
    sent = await bot.send_message(
        amal.id,
        "https://example.org",
        protect_content=True,
        disable_notification=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert sent.has_protected_content
    assert sent.link_preview_options
    assert sent.link_preview_options.is_disabled
    [message] = telegram.from_bot(amal)
    assert (message.protected, message.silent) == (True, True)


def test_a_link_ends_before_what_turns_directions() -> None:
    [link] = Formatted("\u2068https://example.org/\u2069", []).detected().entities

    assert (link["offset"], link["length"]) == (1, len("https://example.org/"))


@given(st.text(), st.integers(0, 20))
def test_cutting_splits_no_character(text: str, length: int) -> None:
    part = cut_units(text, length)
    assert text.startswith(part)
    assert units(part) <= length
    assert part == text or units(text[: len(part) + 1]) > length


@given(st.text(alphabet="<>/b i&;a\"'=🏠\n"))
def test_any_text_is_read_or_refused_and_entities_lie_inside(source: str) -> None:
    try:
        formatted = parse_text(source, "HTML").trimmed().detected()
    except ApiError:
        return
    for entity in formatted.entities:
        assert entity["length"] > 0
        assert 0 <= entity["offset"] <= units(formatted.text) - entity["length"]


@given(st.text(alphabet="ab 🏠/@.:#\n"))
def test_detected_entities_say_what_they_mark(text: str) -> None:
    formatted = Formatted(text, []).detected()
    for entity in formatted.entities:
        start = cut_units(text, entity["offset"])
        marked = cut_units(text[len(start) :], entity["length"])
        assert units(marked) == entity["length"]
        assert marked.strip() == marked
