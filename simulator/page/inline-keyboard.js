// Buttons under a message.

import { el, icon } from "./elements.js";

/** `waiting`: the data of buttons whose press the bot has not answered yet. */
export function inlineKeyboard(message, waiting, actions) {
  return el(
    "div",
    { class: "inline-keyboard" },
    message.inline_keyboard.map((row, line) =>
      el(
        "div",
        { class: "row" },
        row.map((button, column) => inlineButton(button, `${line}.${column}`)),
      ),
    ),
  );

  function inlineButton(button, place) {
    const waits = button.callback_data !== undefined && waiting.includes(button.callback_data);
    return el(
      "button",
      {
        type: "button",
        dir: "auto",
        class: waits ? "waits" : undefined,
        "aria-busy": waits ? "true" : undefined,
        "data-focus": place,
        onclick: () => actions.pressInline(message, button),
      },
      button.text,
      button.url ? icon("open") : null,
      button.copy_text ? icon("copy") : null,
    );
  }
}
