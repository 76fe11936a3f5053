"""How the bot stands in a chat, and how it hears that this has changed."""

from simulator.bot_api.views import chat_view, member_view
from simulator.memory.chats import Chat, Status
from simulator.telegram import Telegram


def change_bot_status(telegram: Telegram, chat: Chat, actor_id: int, status: Status) -> None:
    """The bot's status changes by what the actor did: a person, or the bot itself."""
    world = telegram.world
    before = member_view(world, chat, world.bot.id)
    chat.members[world.bot.id] = status
    change = {
        "chat": chat_view(world, chat),
        "from": world.sender_view(actor_id),
        "date": telegram.clock.seconds(),
        "old_chat_member": before,
        "new_chat_member": member_view(world, chat, world.bot.id),
    }
    telegram.updates.put("my_chat_member", change, chat.id)
