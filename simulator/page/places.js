// Where a person can be: the private chat with the bot, a group, or one topic of a forum.

/** The chats on a person's phone, the newest talk first. */
export function chatsOf(user, state) {
  const chats = state.chats.filter((chat) =>
    chat.type === "private"
      ? chat.id === user.id
      : chat.members.includes(user.id) && !chat.migrated_to,
  );
  return chats.sort((one, other) => newestDate(other) - newestDate(one));
}

function newestDate(chat) {
  return chat.messages.at(-1)?.date ?? 0;
}

/** General first, as a topic without an id; then the newest talk first. */
export function topicsOf(chat) {
  const newest = new Map(chat.messages.map((message) => [message.thread_id, message.id]));
  const topics = [...chat.topics].sort(
    (one, other) => (newest.get(other.id) ?? 0) - (newest.get(one.id) ?? 0),
  );
  return [{ id: null, name: null }, ...topics];
}

export function messagesIn(chat, topicId) {
  if (!chat.is_forum) return chat.messages;
  return chat.messages.filter((message) => (message.thread_id ?? null) === topicId);
}

export function placeKey(chat, topicId) {
  return topicId ? `${chat.id}/${topicId}` : String(chat.id);
}

export function chatName(chat, state) {
  return chat.type === "private" ? state.bot.name : chat.title;
}

export function personName(user) {
  return [user.first_name, user.last_name].filter(Boolean).join(" ");
}

export function senderName(id, state) {
  if (id === state.bot.id) return state.bot.name;
  const user = state.users.find((one) => one.id === id);
  return user ? personName(user) : "Somebody";
}
