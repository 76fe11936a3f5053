// The bot's commands above the field, picked by hand or while typing "/".

import { el } from "./elements.js";

let count = 0;

export class Suggestions {
  /** `pick` gets the chosen command. */
  constructor(pick) {
    this.pick = pick;
    this.id = `commands-${(count += 1)}`;
    this.element = el("ul", {
      class: "suggestions",
      role: "listbox",
      id: this.id,
      "aria-label": "Commands",
      hidden: true,
    });
    this.shown = [];
  }

  get open() {
    return !this.element.hidden;
  }

  get chosen() {
    return this.shown[this.index];
  }

  show(commands) {
    this.shown = commands;
    this.index = 0;
    this.element.hidden = commands.length === 0;
    this.element.replaceChildren(
      ...commands.map((command, index) =>
        el(
          "li",
          {
            role: "option",
            id: `${this.id}-${index}`,
            // Before the field loses its focus.
            onpointerdown: (event) => event.preventDefault(),
            onclick: () => this.pick(command),
          },
          el("strong", { dir: "ltr" }, `/${command.command}`),
          el("span", { dir: "auto" }, command.description),
        ),
      ),
    );
    this.mark();
  }

  move(step) {
    this.index = (this.index + step + this.shown.length) % this.shown.length;
    this.mark();
    this.element.children[this.index].scrollIntoView({ block: "nearest" });
  }

  mark() {
    [...this.element.children].forEach((child, index) =>
      child.setAttribute("aria-selected", index === this.index),
    );
  }

  /** For the field's aria-activedescendant. */
  get activeId() {
    return this.open ? `${this.id}-${this.index}` : null;
  }
}
