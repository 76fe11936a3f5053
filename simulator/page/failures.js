// Making Telegram fail, and seeing plainly that it does.

import { post } from "./api.js";
import { el } from "./elements.js";

const HOW = {
  429: "refuses with 429, too many requests",
  500: "refuses with 500, internal server error",
  502: "refuses with 502, bad gateway",
  bad_json: "answers with what is no JSON",
  hang: "never answers",
  reset_before: "cuts the connection before the call counts",
  accept_then_reset: "cuts the connection after the call counted",
};

export class FailurePanel {
  constructor() {
    this.form = document.getElementById("failing");
    this.banner = document.getElementById("failure");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.form.hidePopover();
      post("failures", wanted(new FormData(this.form)));
    });
  }

  show(failure) {
    const mark = JSON.stringify(failure);
    if (mark === this.mark) return;
    this.mark = mark;
    const off = failure.mode === "none" || failure.count === 0;
    const end = el("button", { type: "button", onclick: () => post("failures", { mode: "none" }) }, "End it");
    this.banner.replaceChildren(...(off ? [] : [el("p", {}, inWords(failure)), end]));
  }
}

function wanted(form) {
  const others = form.get("others").split(/[\s,]+/).filter(Boolean);
  const count = Number(form.get("count"));
  return {
    mode: form.get("mode"),
    methods: [...form.getAll("method"), ...others],
    retry_after: Number(form.get("retry_after")) || 1,
    ...(count ? { count } : {}),
  };
}

function inWords({ mode, methods, count, retry_after: seconds, probability, chat_id: chat }) {
  return [
    `Telegram ${HOW[mode]}`,
    methods.length ? ` to ${methods.join(", ")}` : " to every call",
    chat ? ` in chat ${chat}` : "",
    mode === "429" ? `, retry after ${seconds} s` : "",
    probability < 1 ? `, ${Math.round(probability * 100)} times in a hundred` : "",
    count ? `, ${count} more ${count === 1 ? "time" : "times"}.` : ", until you end it.",
  ].join("");
}
