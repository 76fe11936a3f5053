"""Files that the bot wants to have."""

from simulator.bot_api.parameters import Parameters
from simulator.errors import bad_request
from simulator.telegram import Telegram
from simulator.wire import Json

LARGEST = 20 * 1024 * 1024


def get_file(telegram: Telegram, parameters: Parameters) -> Json:
    file = telegram.world.files.get(parameters.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > LARGEST:
        raise bad_request("file is too big")
    return file.view() | {"file_path": file.path}
