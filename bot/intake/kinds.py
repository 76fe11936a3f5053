#: The updates that Wayhome asks Telegram for.
UPDATE_KINDS = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
]
