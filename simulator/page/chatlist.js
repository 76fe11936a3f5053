// The list of a person's chats, or of the topics of one.

import { avatar, topicPicture } from "./avatar.js";
import { el, keep } from "./elements.js";
import { summaryOf } from "./media.js";
import { chatName, chatsOf, messagesIn, senderName, topicsOf } from "./places.js";
import { clockTime, ofSeconds, sameDay, shortDay } from "./times.js";
import { unreadIn, unreadInChat } from "./unread.js";

export class ChatList {
  /** `open` gets a chat, and the topic where it was one. */
  constructor(open) {
    this.open = open;
    this.element = el("ul", { class: "chats" });
  }

  showChats(user, state, words) {
    const rows = chatsOf(user, state).map((chat) =>
      this.row({
        key: chat.id,
        name: chatName(chat, state),
        picture: () =>
          avatar(chat.type === "private" ? state.bot.id : chat.id, chatName(chat, state)),
        newest: chat.messages.at(-1),
        unread: unreadInChat(user, chat),
        choose: () => this.open(chat),
        ...{ chat, user, state, words },
      }),
    );
    keep(this.element, rows);
  }

  showTopics(chat, user, state, words) {
    const rows = topicsOf(chat).map((topic) =>
      this.row({
        key: topic.id ?? "general",
        name: topic.name ?? words.general,
        picture: () => topicPicture(topic),
        newest: messagesIn(chat, topic.id).at(-1),
        unread: unreadIn(user, chat, topic.id),
        choose: () => this.open(chat, topic.id),
        note: topic.closed ? "closed" : "",
        ...{ chat, user, state, words },
      }),
    );
    keep(this.element, rows);
  }

  row({ key, name, picture, newest, unread, choose, note = "", chat, user, state, words }) {
    const summary = newest ? summaryOf(newest, words) : words.empty;
    const by =
      newest && chat.type !== "private"
        ? newest.from === user.id
          ? words.you
          : senderName(newest.from, state)
        : "";
    const time = newest
      ? when(ofSeconds(newest.date), new Date(state.now), user.language_code)
      : "";
    const make = () =>
      el(
        "li",
        {},
        el(
          "button",
          { type: "button", onclick: choose, "data-focus": "row" },
          picture(),
          el(
            "span",
            { class: "row-words" },
            el(
              "span",
              { class: "line" },
              el("strong", { dir: "auto" }, name),
              el("time", {}, time),
            ),
            el(
              "span",
              { class: "line" },
              el("span", { class: "summary", dir: "auto" }, by && el("b", {}, `${by}: `), summary),
              unread
                ? el("span", { class: "badge" }, unread, el("span", { class: "unseen" }, " unread"))
                : null,
            ),
          ),
        ),
      );
    return { key, mark: JSON.stringify([name, summary, by, time, unread, note]), make };
  }
}

function when(date, now, language) {
  return sameDay(date, now) ? clockTime(date, language) : shortDay(date, language);
}
