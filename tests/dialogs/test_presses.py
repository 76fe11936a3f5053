"""Buttons that are written down and drawn again."""

from aiogram.types import InlineKeyboardButton

from dialogs.presses import AskForHuman, button, drawn_before, keyboard


def test_a_keyboard_that_waited_is_drawn_as_it_was() -> None:
    link = InlineKeyboardButton(text="Map", url="https://example.org/")
    drawn = keyboard([button("Talk to a person", AskForHuman())], [link])
    assert drawn_before(drawn.model_dump(mode="json", exclude_none=True)) == drawn
