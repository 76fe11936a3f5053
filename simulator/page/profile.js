// What a bot says of itself, as one person sees it: in her language before any other. Of its commands
// the narrowest scope.

export function commandsFor(user, chat, bot) {
  const language = user.language_code.split("-")[0];
  for (const scope of scopes(user, chat)) {
    const commands = bot.commands[`${scope}|${language}`] ?? bot.commands[`${scope}|`];
    if (commands) return commands;
  }
  return [];
}

function scopes(user, chat) {
  if (chat.type === "private") return [`chat:${chat.id}`, "all_private_chats", "default"];
  const made = chat.members[0] === user.id; // a group's first member made it, and administers it
  return [
    `chat_member:${chat.id}:${user.id}`,
    ...(made ? [`chat_administrators:${chat.id}`] : []),
    `chat:${chat.id}`,
    ...(made ? ["all_chat_administrators"] : []),
    "all_group_chats",
    "default",
  ];
}

/** Whether the bot left the menu button as the list of commands. */
export function hasMenuButton(chat, bot) {
  const button = bot.menu_buttons[chat.id] ?? bot.menu_buttons.default;
  return chat.type === "private" && button?.type !== "web_app";
}

/** Its `name`, `description` or `short_description`; "" where it has none. */
export function textOf(bot, name, language) {
  return bot.texts[`${name}|${language.split("-")[0]}`] ?? bot.texts[`${name}|`] ?? "";
}

/** In groups a command names its bot, so that no other takes it for its own. */
export function commandWords(command, chat, bot) {
  return chat.type === "private" ? `/${command.command}` : `/${command.command}@${bot.username}`;
}
