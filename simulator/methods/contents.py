"""What a call wants said: words, pictures, voices, places."""

import re
from typing import Any

from simulator.bot_api.images import image_size
from simulator.bot_api.markup import parse_text
from simulator.bot_api.parameters import Parameters, Upload
from simulator.entities import TEXT_UNITS, Formatted
from simulator.errors import bad_request
from simulator.memory.files import StoredFile, new_file
from simulator.telegram import Telegram
from simulator.wire import Json, present, units

CAPTION_UNITS = 1024


def text(parameters: Parameters) -> Json:
    formatted = _formatted(parameters, "text", "entities")
    if not formatted.text:
        raise bad_request("message text is empty")
    if units(formatted.text) > TEXT_UNITS:
        raise bad_request("message is too long")
    return formatted.content()


def caption(parameters: Parameters) -> Json:
    formatted = _formatted(parameters, "caption", "caption_entities")
    if units(formatted.text) > CAPTION_UNITS:
        raise bad_request("message caption is too long")
    return present(caption=formatted.text, caption_entities=formatted.entities)


def voice(telegram: Telegram, parameters: Parameters) -> Json:
    file = sent_file(telegram, parameters, "voice", parameters.values.get("voice"))
    return {"voice": voice_view(file, parameters.integer("duration"))} | caption(parameters)


def photo(telegram: Telegram, parameters: Parameters) -> Json:
    file = sent_file(telegram, parameters, "photo", parameters.values.get("photo"))
    return {"photo": photo_view(file)} | caption(parameters)


def document(telegram: Telegram, parameters: Parameters) -> Json:
    file = sent_file(telegram, parameters, "document", parameters.values.get("document"))
    return {"document": file.document_view()} | caption(parameters)


def media(telegram: Telegram, parameters: Parameters) -> Json:
    """One InputMedia of the kinds that this simulator knows."""
    item = parameters.object("media")
    if item is None:
        raise bad_request("media is empty")
    kind = item.get("type")
    if kind not in ("photo", "document"):
        raise bad_request("unsupported media type")
    file = sent_file(telegram, parameters, kind, item.get("media"))
    view = photo_view(file) if kind == "photo" else file.document_view()
    return {kind: view} | caption(Parameters(item))


def location(parameters: Parameters) -> Json:
    latitude, longitude = parameters.number("latitude"), parameters.number("longitude")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise bad_request("invalid location specified")
    return {"location": {"latitude": latitude, "longitude": longitude}}


def contact(parameters: Parameters) -> Json:
    number, first_name = parameters.text("phone_number"), parameters.text("first_name")
    if not number:
        raise bad_request("phone number is empty")
    if not first_name:
        raise bad_request("first name is empty")
    names = present(last_name=parameters.text("last_name"))
    return {"contact": {"phone_number": number, "first_name": first_name, **names}}


def voice_view(file: StoredFile, duration: int) -> Json:
    return file.view() | {"duration": duration, "mime_type": file.mime_type or "audio/ogg"}


def photo_view(file: StoredFile) -> list[Json]:
    size = image_size(file.content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    return [file.view() | {"width": size[0], "height": size[1]}]


def sent_file(telegram: Telegram, parameters: Parameters, kind: str, given: Any) -> StoredFile:
    """The file that the call brings along (as `kind`, or attached), or names by its id."""
    name = str(given or "")
    upload = parameters.uploads.get(name.removeprefix("attach://") if name else kind)
    if upload:
        return telegram.world.add_file(_stored(kind, upload))
    if not name:
        raise bad_request(f"there is no {kind} in the request")
    if name in telegram.world.files:
        return telegram.world.files[name]
    if re.match(r"https?://", name):
        raise bad_request("failed to get HTTP URL content")
    raise bad_request("wrong file identifier/HTTP URL specified")


def _stored(kind: str, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    return new_file(kind, upload.content, upload.name, upload.mime_type)


def _formatted(parameters: Parameters, name: str, entities_name: str) -> Formatted:
    entities = [entity for entity in parameters.objects(entities_name) if _is_entity(entity)]
    if entities:
        formatted = Formatted(parameters.text(name), entities)
    else:
        formatted = parse_text(parameters.text(name), parameters.text("parse_mode"))
    return formatted.trimmed().detected()


def _is_entity(given: Json) -> bool:
    """Others are passed over, as the official server does."""
    span = (given.get("offset"), given.get("length"))
    return "type" in given and all(isinstance(number, int) and number >= 0 for number in span)
