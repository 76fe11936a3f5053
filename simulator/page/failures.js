// Making Telegram fail, and seeing plainly that it does.

import { post } from "./api.js";
import { el } from "./elements.js";

const HOW = {
  429: (calls) => `refuses ${calls} with 429, too many requests`,
  500: (calls) => `refuses ${calls} with 500, internal server error`,
  502: (calls) => `refuses ${calls} with 502, bad gateway`,
  no_reason: (calls) => `refuses ${calls} with 503 and no reason`,
  latin1: (calls) => `answers ${calls} with a proxy's page in Latin-1`,
  bad_json: (calls) => `answers ${calls} with what is no JSON`,
  hang: (calls) => `never answers ${calls}`,
  reset_before: (calls) => `cuts the connection of ${calls} before the call counts`,
  accept_then_reset: (calls) => `cuts the connection of ${calls} after the call counted`,
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
    const end = el(
      "button",
      { type: "button", onclick: () => post("failures", { mode: "none" }) },
      "End it",
    );
    this.banner.replaceChildren(...(off ? [] : [el("p", {}, inWords(failure)), end]));
  }
}

function wanted(form) {
  const others = form
    .get("others")
    .split(/[\s,]+/)
    .filter(Boolean);
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
    `Telegram ${HOW[mode](methods.join(", ") || "every call")}`,
    chat ? ` in chat ${chat}` : "",
    mode === "429" ? `, retry after ${seconds} s` : "",
    probability < 1 ? `, ${Math.round(probability * 100)} times in a hundred` : "",
    count ? `, ${count} more ${count === 1 ? "time" : "times"}.` : ", until you end it.",
  ].join("");
}
