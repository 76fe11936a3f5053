"""Answers to pressed buttons."""

from simulator.bot_api.parameters import Parameters
from simulator.errors import bad_request
from simulator.simulator import Simulator
from simulator.wire import units

ANSWER_UNITS = 200


def answer_callback_query(simulator: Simulator, parameters: Parameters) -> bool:
    callback = simulator.world.callbacks.get(parameters.text("callback_query_id"))
    if callback is None or not callback.is_open(simulator.clock.seconds()):
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = parameters.text("text")
    if units(text) > ANSWER_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    with simulator.changing():
        callback.answered = True
        simulator.answers.append(
            {
                "user_id": callback.user_id,
                "callback_query_id": callback.id,
                "text": text,
                "show_alert": parameters.flag("show_alert"),
                "url": parameters.text("url"),
            }
        )
    return True
