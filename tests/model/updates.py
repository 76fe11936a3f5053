"""Updates as Telegram sends them."""

from typing import Any


def real_updates(chat_id: int) -> list[dict[str, Any]]:
    """One of each kind that Wayhome asks for, as Telegram sends them."""
    user = {"id": chat_id, "is_bot": False, "first_name": "Amal", "language_code": "sq"}
    chat = {"id": chat_id, "type": "private", "first_name": "Amal"}
    message = {"message_id": 7, "date": 1_777_000_000, "chat": chat, "from": user}
    bold = {"type": "bold", "offset": 0, "length": 2}
    file = {"file_id": "f", "file_unique_id": "u"}
    member = {"user": user, "status": "member"}
    return [
        {"message": message | {"text": "do të më vrasë", "entities": [bold]}},
        {"message": message | {"text": "/start abc", "reply_to_message": message | {"text": "x"}}},
        {"message": message | {"voice": file | {"duration": 3, "mime_type": "audio/ogg"}}},
        {"message": message | {"photo": [file | {"width": 1, "height": 1}], "caption": "look"}},
        {"message": message | {"contact": {"phone_number": "+355", "first_name": "Vera"}}},
        {"message": message | {"location": {"latitude": 41.3, "longitude": 19.8}}},
        {"edited_message": message | {"text": "il va me tuer", "edit_date": 1_777_000_009}},
        {
            "callback_query": {
                "id": "9",
                "from": user,
                "chat_instance": "1",
                "data": "h",
                "message": message | {"text": "…"},
            }
        },
        {
            "my_chat_member": {
                "chat": chat,
                "from": user,
                "date": 1_777_000_000,
                "old_chat_member": member,
                "new_chat_member": {"user": user, "status": "kicked", "until_date": 0},
            }
        },
    ]
