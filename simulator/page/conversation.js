// One open chat or topic on one phone: what was said, and the field below.

import { post, Refusal } from "./api.js";
import { Attachments } from "./attachments.js";
import { avatar } from "./avatar.js";
import { keyboardLeftBy } from "./bot-keyboard.js";
import { Composer } from "./composer.js";
import { el, icon } from "./elements.js";
import { History } from "./history.js";
import { startCode } from "./links.js";
import { summaryOf } from "./media.js";
import { openMenu } from "./menus.js";
import { messagesIn, placeKey, senderName } from "./places.js";
import { commandsFor, commandWords, hasMenuButton, textOf } from "./profile.js";
import { markRead } from "./unread.js";

export class Conversation {
  constructor(phone, chat, topicId, draft) {
    this.phone = phone;
    this.topicId = topicId;
    this.key = placeKey(chat, topicId);
    this.history = new History("Messages");
    this.pinned = el("button", { type: "button", class: "pinned", hidden: true });
    this.attachments = new Attachments((content) => this.send(content));
    this.composer = new Composer(this.composerActions(), phone.words, draft);
    this.element = el(
      "div",
      { class: "conversation" },
      this.pinned,
      this.history.element,
      this.composer.element,
    );
  }

  close() {
    this.history.close();
  }

  update(state, chat) {
    const { user, words } = this.phone;
    this.state = state;
    this.chat = chat;
    this.messages = messagesIn(chat, this.topicId);
    this.history.update(this.messages, {
      user,
      state,
      chat,
      words,
      actions: this.messageActions(),
      waitingOn: (message) => this.phone.waitingOn(chat.id, message.id),
    });
    this.composer.update({
      state: this.composerState(),
      commands: commandsFor(user, chat, state.bot),
      menuButton: hasMenuButton(chat, state.bot),
      keyboard: keyboardLeftBy(this.messages),
      isGone: (message) => !chat.messages.some((other) => other.id === message.id),
    });
    this.history.introduce(this.messages.length ? null : this.introduction());
    this.showPinned();
    if (this.element.checkVisibility()) markRead(user, this.key, this.messages);
  }

  composerState() {
    const { user } = this.phone;
    if (this.chat.type !== "private") return "open";
    if (user.blocked) return "blocked";
    return this.messages.some((message) => message.from === user.id) ? "open" : "new";
  }

  /** What a phone shows of a bot before anything was said. */
  introduction() {
    const { bot } = this.state;
    if (this.chat.type !== "private") return null;
    const about = textOf(bot, "description", this.phone.user.language_code);
    return el(
      "div",
      { class: "intro" },
      avatar(bot.id, bot.name),
      el("strong", {}, bot.name),
      about && el("p", { dir: "auto" }, about),
    );
  }

  showPinned() {
    const newest = this.messages.findLast((message) => this.chat.pinned?.includes(message.id));
    this.pinned.hidden = !newest;
    if (!newest) return;
    const words = el("span", { dir: "auto" }, summaryOf(newest, this.phone.words));
    this.pinned.replaceChildren(icon("pinned"), words);
    this.pinned.onclick = () => this.history.goTo(newest.id);
  }

  // What can be done with messages

  messageActions() {
    return {
      open: (address) => this.follow(address),
      command: (words) => this.say(words),
      goTo: (id) => this.history.goTo(id),
      reply: (message) => this.reply(message),
      openMenu: (message, event) => this.openMessageMenu(message, event),
      pressInline: (message, button) => this.pressInline(message, button),
    };
  }

  openMessageMenu(message, event) {
    const { user } = this.phone;
    const mine = message.from === user.id;
    const words = message.text ?? message.caption;
    openMenu(
      "This message",
      [
        { icon: "reply", label: "Reply", act: () => this.reply(message) },
        words &&
          !message.protect_content && {
            icon: "copy",
            label: "Copy the words",
            act: () => this.copy(words),
          },
        mine &&
          message.text && { icon: "edit", label: "Edit", act: () => this.composer.edit(message) },
        (mine || this.chat.type === "private") && {
          icon: "bin",
          label: "Delete",
          grave: true,
          act: () => this.delete(message),
        },
      ].filter(Boolean),
      event,
    );
  }

  reply(message) {
    this.composer.reply(message, senderName(message.from, this.state));
  }

  async copy(words) {
    try {
      await navigator.clipboard.writeText(words);
      this.phone.say("Copied");
    } catch {
      this.phone.say("This browser doesn't let the page copy");
    }
  }

  delete(message) {
    return this.act("delete", { message_id: message.id });
  }

  /** Whether the link was followed here: into the bot. */
  follow(address) {
    const code = startCode(address, this.state.bot);
    if (code === null) return false;
    this.phone.start(code);
    return true;
  }

  async pressInline(message, button) {
    if (button.url) return this.follow(button.url) || window.open(button.url, "_blank", "noopener");
    if (button.copy_text) return this.copy(button.copy_text.text);
    if (button.callback_data === undefined)
      return this.phone.say("Buttons of this kind do nothing here");
    return this.phone.press(this.chat.id, message.id, button.callback_data);
  }

  // Writing

  composerActions() {
    return {
      say: (words, answered) => this.say(words, answered),
      sayCommand: (command) => this.say(commandWords(command, this.chat, this.state.bot)),
      edit: (message, text) => this.act("edit", { message_id: message.id, text }),
      editLast: () => this.editLast(),
      attach: (event) => this.attachments.openMenu(event),
      pressReply: (button) => this.pressReply(button),
      sendVoice: (sound) => this.attachments.sendVoice(sound),
      sendSampleVoice: () => this.sendSampleVoice(),
      start: () => this.phone.start(""),
      unblock: () => this.phone.setBlocked(false),
    };
  }

  say(text, answered) {
    return this.send({ text, reply_to: answered?.id });
  }

  send(content) {
    return this.act("send", { thread_id: this.topicId, ...content });
  }

  /** Whether the simulator took it; where it did not, the phone says why. */
  async act(what, details) {
    try {
      await post(what, { user_id: this.phone.user.id, chat_id: this.chat.id, ...details });
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.phone.say(error.message);
      return false;
    }
  }

  editLast() {
    const own = this.messages.findLast(
      (message) => message.from === this.phone.user.id && message.text,
    );
    if (own) this.composer.edit(own);
  }

  pressReply(button) {
    if (button.request_contact) return this.attachments.sendContact();
    if (button.request_location) return this.attachments.sendLocation();
    return this.say(button.text);
  }

  async sendSampleVoice() {
    const sent = await this.attachments.sendSampleVoice();
    if (sent) this.phone.say("No microphone here: a sample was sent");
  }
}
