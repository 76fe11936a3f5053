"""What a phone sends, in the fields of the Bot API."""

import base64
import binascii

from simulator.bot_api.parameters import Parameters
from simulator.errors import bad_request
from simulator.memory.files import StoredFile, new_file
from simulator.memory.users import User
from simulator.memory.world import World
from simulator.methods.contents import caption, location, photo_view, voice_view
from simulator.wire import Json, present

FILES = ("voice", "photo", "document")


def phone_content(world: World, user: User, parameters: Parameters) -> Json:
    """Everything but words. A file is `{base64, …}`, or its base64 with the rest beside it."""
    if "location" in parameters:
        return location(Parameters(parameters.object("location") or {}))
    if "contact" in parameters:
        return {"contact": _contact(user, parameters.object("contact") or {})}
    for kind in FILES:
        if kind in parameters:
            return _file_content(world, kind, parameters) | caption(parameters)
    raise bad_request("nothing to send")


def _file_content(world: World, kind: str, parameters: Parameters) -> Json:
    given = parameters.values[kind]
    fields = Parameters(
        given if isinstance(given, dict) else {**parameters.values, "base64": given}
    )
    file = world.add_file(_file(kind, fields))
    match kind:
        case "voice":
            return {"voice": voice_view(file, fields.integer("duration", 1))}
        case "photo":
            return {"photo": photo_view(file)}
        case _:
            return {"document": file.document_view()}


def _file(kind: str, fields: Parameters) -> StoredFile:
    try:
        content = base64.b64decode(fields.text("base64"), validate=True)
    except binascii.Error:
        raise bad_request("base64 expected") from None
    if not content:
        raise bad_request("file must be non-empty")
    return new_file(
        kind, content, fields.text("file_name") or None, fields.text("mime_type") or None
    )


def _contact(user: User, given: Json) -> Json:
    """Without a number it is the person's own card."""
    if given.get("phone_number"):
        return {"first_name": user.first_name, **given}
    return {
        "phone_number": f"+999{user.id}",
        "first_name": user.first_name,
        "user_id": user.id,
        **present(last_name=user.last_name),
    }
