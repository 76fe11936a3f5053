// The keyboard that a bot leaves in place of the phone's own, and the button that hides it.

import { el, iconButton } from "./elements.js";

export class BotKeyboard {
  /** `press` gets the button that was pressed. */
  constructor(press) {
    this.press = press;
    this.element = el("div", { class: "keyboard-place" });
    this.toggle = iconButton("keys", "Show or hide the bot's keyboard", () => this.turn(), {
      class: "icon-button keys",
    });
  }

  /** `left`: {messageId, markup} of the message that left it; null where there is none. */
  show(left) {
    const mark = JSON.stringify(left);
    if (mark === this.mark) return;
    this.mark = mark;
    this.toggle.hidden = this.element.hidden = !left;
    this.element.replaceChildren(...(left ? [this.rows(left.markup)] : []));
  }

  rows(markup) {
    const press = (button) => {
      if (markup.one_time_keyboard) this.turn();
      this.press(button);
    };
    const key = (button) =>
      el("button", { type: "button", dir: "auto", onclick: () => press(button) }, button.text);
    return el(
      "div",
      { class: "reply-keyboard" },
      markup.keyboard.map((row) => el("div", { class: "row" }, row.map(key))),
    );
  }

  turn() {
    this.element.hidden = !this.element.hidden;
  }
}

/** What the newest message with a say in it left; null for no keyboard. */
export function keyboardLeftBy(messages) {
  const message = messages.findLast((one) => one.reply_keyboard);
  const markup = message?.reply_keyboard;
  return markup?.keyboard ? { messageId: message.id, markup } : null;
}
