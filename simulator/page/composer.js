// The field in which a person writes, and what lies around it.

import { BotKeyboard } from "./bot-keyboard.js";
import { el, icon, iconButton } from "./elements.js";
import { summaryOf } from "./media.js";
import { RecordingStrip } from "./recording-strip.js";
import { Suggestions } from "./suggestions.js";

export class Composer {
  /** `actions`: say, edit, sendVoice, attach, pressReply, editLast, start, unblock. */
  constructor(actions, words, draft) {
    this.actions = actions;
    this.words = words;
    this.commands = [];
    this.about = null; // {kind: "reply" | "edit", message}
    this.suggestions = new Suggestions((command) => this.sayCommand(command));
    this.field = this.makeField(draft);
    this.menu = el(
      "button",
      {
        type: "button",
        class: "menu-button",
        "aria-label": "The bot's commands",
        onclick: () => this.toggleCommands(),
      },
      icon("menu"),
      el("span", {}, words.menu),
    );
    this.keyboard = new BotKeyboard((button) => actions.pressReply(button));
    this.send = iconButton("send", "Send", null, { type: "submit", class: "icon-button send" });
    this.mic = iconButton("mic", "Record a voice message", () => this.startRecording(), {
      class: "icon-button send",
    });
    this.strip = el("div", { class: "strip", hidden: true });
    this.form = el(
      "form",
      { class: "composer" },
      this.menu,
      iconButton("clip", "Attach", (event) => actions.attach(event)),
      this.field,
      this.keyboard.toggle,
      this.send,
      this.mic,
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.big = el("button", { type: "button", class: "big" });
    this.element = el(
      "div",
      { class: "below" },
      this.suggestions.element,
      this.strip,
      this.form,
      this.keyboard.element,
      this.big,
    );
    this.showSend();
  }

  makeField(draft) {
    const field = el("textarea", {
      rows: 1,
      dir: "auto",
      placeholder: this.words.message,
      "aria-label": "Message",
      "aria-autocomplete": "list",
      "aria-controls": this.suggestions.id,
      oninput: () => this.typed(),
      onkeydown: (event) => this.pressed(event),
      onblur: () => this.suggest([]),
    });
    field.value = draft ?? "";
    return field;
  }

  get draft() {
    return this.about?.kind === "edit" ? "" : this.field.value;
  }

  /** `keyboard`: what the bot left, for BotKeyboard; `state`: "open", "blocked" or "new". */
  update({ state, commands, menuButton, keyboard, isGone }) {
    this.commands = commands;
    this.menu.hidden = !menuButton || commands.length === 0;
    if (this.about && isGone(this.about.message)) this.forget();
    this.keyboard.show(keyboard);
    this.field.placeholder = keyboard?.markup.input_field_placeholder || this.words.message;
    const open = state === "open";
    this.form.hidden = !open;
    this.big.hidden = open;
    this.keyboard.element.classList.toggle("unusable", !open);
    this.big.textContent = state === "blocked" ? this.words.unblock : this.words.start;
    this.big.onclick = state === "blocked" ? this.actions.unblock : this.actions.start;
  }

  // Writing

  typed() {
    this.showSend();
    const word = /^\/(\w*)$/.exec(this.field.value)?.[1];
    const fitting = this.commands.filter((command) =>
      command.command.startsWith(word?.toLowerCase()),
    );
    this.suggest(word === undefined ? [] : fitting);
  }

  suggest(commands) {
    this.suggestions.show(commands);
    this.showActive();
  }

  showActive() {
    if (this.suggestions.open)
      this.field.setAttribute("aria-activedescendant", this.suggestions.activeId);
    else this.field.removeAttribute("aria-activedescendant");
  }

  toggleCommands() {
    const open = this.suggestions.open;
    this.field.focus();
    this.suggest(open ? [] : this.commands);
  }

  pressed(event) {
    if (event.isComposing) return;
    if (this.suggestions.open && this.pressedInSuggestions(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && this.about) {
      this.forget();
    } else if (event.key === "ArrowUp" && !this.field.value) {
      event.preventDefault();
      this.actions.editLast();
    }
  }

  pressedInSuggestions(event) {
    const { key } = event;
    if (key === "ArrowDown") this.suggestions.move(1);
    else if (key === "ArrowUp") this.suggestions.move(-1);
    else if (key === "Enter") this.sayCommand(this.suggestions.chosen);
    else if (key === "Tab") this.write(`/${this.suggestions.chosen.command} `);
    else if (key === "Escape") this.suggest([]);
    else return false;
    event.preventDefault();
    this.showActive();
    return true;
  }

  write(words) {
    this.field.value = words;
    this.typed();
  }

  sayCommand(command) {
    this.write("");
    this.actions.sayCommand(command);
  }

  async submit() {
    const words = this.field.value;
    if (!words.trim()) return;
    const { about } = this;
    this.forget();
    this.write("");
    const sent =
      about?.kind === "edit"
        ? this.actions.edit(about.message, words)
        : this.actions.say(words, about?.message);
    if (!(await sent) && !this.field.value) this.write(words);
  }

  showSend() {
    const empty = !this.field.value.trim();
    this.send.hidden = empty;
    this.mic.hidden = !empty;
  }

  // Answering and changing

  reply(message, name) {
    this.setAbout({ kind: "reply", message }, name);
  }

  edit(message) {
    this.setAbout({ kind: "edit", message }, "Edit");
    this.write(message.text);
  }

  setAbout(about, title) {
    this.about = about;
    this.strip.replaceChildren(
      icon(about.kind),
      el(
        "span",
        { class: "two-lines" },
        el("strong", { dir: "auto" }, title),
        el("span", { dir: "auto" }, summaryOf(about.message, this.words)),
      ),
      iconButton("close", about.kind === "edit" ? "Leave it as it was" : "Don't answer it", () =>
        this.forget(),
      ),
    );
    this.strip.hidden = false;
    this.field.focus();
  }

  forget() {
    if (this.about?.kind === "edit") this.write("");
    this.about = null;
    this.strip.hidden = true;
  }

  // Speaking

  async startRecording() {
    const strip = await RecordingStrip.begin((sound) => this.actions.sendVoice(sound));
    if (!strip) return this.actions.sendSampleVoice();
    this.form.replaceWith(strip.element);
    strip.element.querySelector(".send").focus();
    await strip.done;
    strip.element.replaceWith(this.form);
    this.mic.focus();
  }
}
