"""Keyboards under messages and in place of the phone's own: checked as Telegram checks them."""

import json

from simulator.errors import bad_request
from simulator.wire import Json

CALLBACK_BYTES = range(1, 65)
# As JSON. No page of Telegram's says how many; bots are refused from about here on.
KEYBOARD_BYTES = 10_000
INLINE_ACTIONS = frozenset(
    {
        "callback_data",
        "url",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)


def checked_markup(markup: object, *, inline_only: bool = False) -> Json:
    """The markup, without empty rows; ApiError where Telegram would refuse it."""
    if markup is None or markup == "":
        return {}
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline_keyboard(markup["inline_keyboard"])
    if inline_only and markup:
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        return _reply_keyboard(markup)
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    return {}


def _inline_keyboard(buttons: object) -> Json:
    rows = _rows(buttons, "inline keyboard")
    for row in rows:
        for button in row:
            _check_inline_button(button)
    if len(json.dumps(rows, ensure_ascii=False).encode()) > KEYBOARD_BYTES:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if rows else {}


def _reply_keyboard(markup: Json) -> Json:
    rows = _rows(markup["keyboard"], "keyboard")
    buttons = [[_reply_button(button) for button in row] for row in rows]
    return {**markup, "keyboard": buttons} if buttons else {}


def _rows(rows: object, name: str) -> list[list[Json]]:
    if not isinstance(rows, list):
        raise bad_request(f'field "{name.replace(" ", "_")}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(f"can't parse {name}: expected an Array of Array of Button")
    return [row for row in rows if row]


def _check_inline_button(button: object) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be Object")
    if not str(button.get("text", "")).strip():
        raise bad_request("can't parse inline keyboard button: Text buttons must have text")
    if button.keys().isdisjoint(INLINE_ACTIONS):
        raise bad_request("Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button:
        data = str(button["callback_data"])
        if len(data.encode()) not in CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not _is_address(str(button["url"])):
        raise bad_request(
            f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL"
        )


def _is_address(url: str) -> bool:
    scheme, _, rest = url.partition("://")
    return scheme in ("http", "https", "tg") and bool(rest) and " " not in url


def _reply_button(button: object) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise bad_request("can't parse keyboard button: Text buttons must have text")
    return button
