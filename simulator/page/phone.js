// One person's phone: the frame, the screen that is open, and what pops up on it.

import { post, Refusal } from "./api.js";
import { avatar, topicPicture } from "./avatar.js";
import { ChatList } from "./chatlist.js";
import { Conversation } from "./conversation.js";
import { ask } from "./dialogs.js";
import { el, icon, iconButton } from "./elements.js";
import { directionOf, nameOf, wordsIn } from "./languages.js";
import { startCode } from "./links.js";
import { recall, remember } from "./memory.js";
import { openMenu } from "./menus.js";
import { chatName, chatsOf, personName, placeKey } from "./places.js";
import { Popups } from "./popups.js";
import { Presses } from "./presses.js";
import { clockTime } from "./times.js";

export class Phone {
  constructor(user, hide) {
    this.user = user;
    this.words = wordsIn(user.language_code);
    this.place = recall(`place.${user.id}`) ?? {};
    this.drafts = new Map();
    this.presses = new Presses(() => this.draw());
    this.list = new ChatList((chat, topicId) =>
      this.go({ chat: chat.id, topic: topicId, open: topicId !== undefined || !chat.is_forum }),
    );
    this.time = el("time", {});
    this.head = el("header", { class: "head" });
    this.screen = el("div", { class: "screen" });
    this.popups = new Popups([this.head, this.screen], this.words);
    this.element = this.frame(hide);
  }

  frame(hide) {
    const { user } = this;
    const name = personName(user);
    return el(
      "section",
      { class: "phone", "aria-label": `${name}'s phone`, "data-user": user.id },
      el(
        "div",
        { class: "caption" },
        el("h2", { dir: "auto" }, name),
        el("span", { lang: user.language_code }, nameOf(user.language_code)),
        iconButton("close", `Put ${name}'s phone away`, hide),
      ),
      el(
        "div",
        { class: "case", lang: user.language_code, dir: directionOf(user.language_code) },
        el(
          "div",
          { class: "status-bar", "aria-hidden": "true" },
          this.time,
          el("i", { class: "battery" }),
        ),
        this.head,
        this.screen,
        this.popups.toast,
        this.popups.alert,
      ),
    );
  }

  update(state) {
    this.state = state;
    this.user = state.users.find((user) => user.id === this.user.id);
    this.draw();
  }

  tick(now) {
    const time = clockTime(now, this.user.language_code);
    if (this.time.textContent !== time) this.time.textContent = time;
  }

  // Where the person is

  /** The open chat and topic; without any, the list. Who is in one chat only is always in it. */
  get here() {
    const chats = chatsOf(this.user, this.state);
    if (chats.length === 1 && !chats[0].is_forum)
      return { chat: chats[0], topicId: null, only: true };
    const chat = chats.find((one) => one.id === this.place.chat);
    if (!chat) return {};
    if (!chat.is_forum) return { chat, topicId: null };
    const topicId = this.place.topic ?? null;
    const exists = topicId === null || chat.topics.some((topic) => topic.id === topicId);
    return this.place.open && exists ? { chat, topicId } : { chat };
  }

  go(place) {
    this.place = place;
    remember(`place.${this.user.id}`, place);
    this.draw();
    this.screen.querySelector("textarea, .chats button")?.focus();
  }

  goBack() {
    const { chat, topicId } = this.here;
    this.go(chat.is_forum && topicId !== undefined ? { chat: chat.id } : {});
  }

  draw() {
    const { chat, topicId, only } = this.here;
    if (topicId !== undefined) this.drawConversation(chat, topicId);
    else this.drawList(chat);
    this.drawHead(chat, topicId, only);
  }

  drawConversation(chat, topicId) {
    const key = placeKey(chat, topicId);
    if (this.conversation?.key !== key) {
      this.leaveConversation();
      this.conversation = new Conversation(this, chat, topicId, this.drafts.get(key));
      this.screen.replaceChildren(this.conversation.element);
    }
    this.conversation.update(this.state, chat);
  }

  drawList(chat) {
    this.leaveConversation();
    if (this.list.element.parentElement !== this.screen)
      this.screen.replaceChildren(this.list.element);
    if (chat) this.list.showTopics(chat, this.user, this.state, this.words);
    else this.list.showChats(this.user, this.state, this.words);
  }

  leaveConversation() {
    if (!this.conversation) return;
    this.drafts.set(this.conversation.key, this.conversation.composer.draft);
    this.conversation.close();
    this.conversation = null;
  }

  drawHead(chat, topicId, only) {
    const topic = chat?.topics.find((one) => one.id === topicId);
    const view = this.headWords(chat, topicId, topic);
    const mark = JSON.stringify([view, only]);
    if (mark === this.headMark) return;
    this.headMark = mark;
    const back = chat && !only;
    this.head.replaceChildren(
      back ? iconButton("back", "Back", () => this.goBack()) : "",
      chat ? this.picture(chat, topic, view.name) : "",
      el(
        "span",
        { class: "two-lines" },
        el("strong", { dir: "auto" }, view.name),
        view.about && el("small", { dir: "auto" }, view.about),
      ),
      view.closed ? icon("lock") : "",
      iconButton("more", "More on this phone", (event) => this.openPhoneMenu(event)),
    );
  }

  picture(chat, topic, name) {
    if (topic) return topicPicture(topic);
    return avatar(chat.type === "private" ? this.state.bot.id : chat.id, name);
  }

  headWords(chat, topicId, topic) {
    if (!chat) return { name: this.words.chats };
    const name = chatName(chat, this.state);
    if (chat.type === "private") return { name, about: this.words.bot };
    if (topicId === undefined || !chat.is_forum)
      return { name, about: `${this.words.members}: ${chat.members.length}` };
    return { name: topic?.name ?? this.words.general, about: name, closed: topic?.closed };
  }

  // What the person does

  openPhoneMenu(event) {
    openMenu(
      "This phone",
      [
        { icon: "link", label: "Open a link…", act: () => this.openLink() },
        this.user.blocked
          ? { icon: "block", label: "Unblock the bot", act: () => this.setBlocked(false) }
          : {
              icon: "block",
              label: "Block the bot",
              grave: true,
              act: () => this.setBlocked(true),
            },
      ],
      event,
    );
  }

  async openLink() {
    const given = await ask("open-link");
    if (!given) return;
    const code = startCode(given.link, this.state.bot);
    if (code === null) this.say("That is no link to this bot");
    else this.start(code);
  }

  start(payload) {
    this.go({ chat: this.user.id, open: true });
    return this.attempt(() => post("start", { user_id: this.user.id, payload }));
  }

  setBlocked(blocked) {
    return this.attempt(() => post(blocked ? "block" : "unblock", { user_id: this.user.id }));
  }

  press(chatId, messageId, data) {
    const call = { user_id: this.user.id, chat_id: chatId, message_id: messageId, data };
    return this.attempt(() => this.presses.begin(call));
  }

  waitingOn(chatId, messageId) {
    return this.presses.waitingOn(chatId, messageId);
  }

  async attempt(action) {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.say(error.message);
    }
  }

  // What pops up

  answered(answer) {
    this.presses.end(answer.callback_query_id);
    if (answer.url)
      this.conversation?.follow(answer.url) || window.open(answer.url, "_blank", "noopener");
    if (!answer.text) return;
    if (answer.show_alert) this.popups.warn(answer.text);
    else this.say(answer.text);
  }

  say(words) {
    this.popups.say(words);
  }
}
