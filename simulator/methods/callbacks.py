"""Answers to pressed buttons."""

from simulator.bot_api.parameters import Parameters
from simulator.errors import bad_request
from simulator.telegram import Telegram
from simulator.wire import units

ANSWER_UNITS = 200


def answer_callback_query(telegram: Telegram, parameters: Parameters) -> bool:
    callback = telegram.world.callbacks.get(parameters.text("callback_query_id"))
    if callback is None or not callback.is_open(telegram.clock.seconds()):
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = parameters.text("text")
    if units(text) > ANSWER_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    with telegram.changing():
        callback.answered = True
        telegram.answers.append(
            {
                "user_id": callback.user_id,
                "callback_query_id": callback.id,
                "text": text,
                "show_alert": parameters.flag("show_alert"),
                "url": parameters.text("url"),
            }
        )
    return True
