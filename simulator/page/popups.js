// What pops up on a phone: a remark that passes, or words that must be put away.

import { el } from "./elements.js";

const PASSES = 4000;

export class Popups {
  /** `beneath`: what nobody can use while words wait to be put away. */
  constructor(beneath, words) {
    this.beneath = beneath;
    this.words = words;
    this.toast = el("div", { class: "toast", role: "status" });
    this.alert = el("div", { class: "alert-place", hidden: true });
  }

  say(words) {
    clearTimeout(this.passing);
    this.toast.replaceChildren(el("p", { dir: "auto" }, words));
    this.passing = setTimeout(() => this.toast.replaceChildren(), PASSES);
  }

  warn(words) {
    const before = document.activeElement;
    const close = () => {
      this.cover(false);
      before?.focus();
    };
    const button = el(
      "button",
      { type: "button", class: "primary", onclick: close },
      this.words.ok,
    );
    const onkeydown = (event) => event.key === "Escape" && close();
    this.alert.replaceChildren(
      el(
        "div",
        { class: "alert", role: "alertdialog", "aria-label": "The bot says", onkeydown },
        el("p", { dir: "auto" }, words),
        button,
      ),
    );
    this.cover(true);
    button.focus();
  }

  cover(covered) {
    this.alert.hidden = !covered;
    for (const element of this.beneath) element.inert = covered;
  }
}
