// Up to where each person has read, by place; a message's id only ever grows within a chat.

import { recall, remember } from "./memory.js";
import { messagesIn, placeKey, topicsOf } from "./places.js";

function name(user) {
  return `read.${user.id}`;
}

export function markRead(user, key, messages) {
  const newest = messages.at(-1)?.id ?? 0;
  const read = recall(name(user)) ?? {};
  if ((read[key] ?? 0) >= newest) return;
  remember(name(user), { ...read, [key]: newest });
}

export function unreadIn(user, chat, topicId) {
  const read = recall(name(user))?.[placeKey(chat, topicId)] ?? 0;
  return messagesIn(chat, topicId).filter(
    (message) => message.id > read && message.from !== user.id,
  ).length;
}

export function unreadInChat(user, chat) {
  const topics = chat.is_forum ? topicsOf(chat) : [{ id: null }];
  return topics.reduce((sum, topic) => sum + unreadIn(user, chat, topic.id), 0);
}
