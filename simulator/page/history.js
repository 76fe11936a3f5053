// The messages of one place, oldest above. What arrives does not move what somebody reads.

import { el, icon, keep } from "./elements.js";
import { messageItem } from "./message.js";
import { dayName, ofSeconds, sameDay } from "./times.js";

const NEAR = 90;

export class History {
  constructor(label) {
    this.list = el("div", { class: "messages" });
    this.scroller = el(
      "div",
      {
        class: "scroller",
        role: "log",
        "aria-label": label,
        tabindex: "0",
        onkeydown: (event) => this.walk(event),
      },
      this.list,
    );
    this.toNewest = el(
      "button",
      {
        type: "button",
        class: "to-newest",
        "aria-label": "To the newest message",
        hidden: true,
        onclick: () => this.scrollToEnd(),
      },
      icon("down"),
    );
    this.element = el("div", { class: "history" }, this.scroller, this.toNewest);
    this.scroller.addEventListener("scroll", () => this.showWay(), { passive: true });
    // A keyboard that opens, or a picture that comes, must not hide the newest message.
    this.sizes = new ResizeObserver(() => {
      this.showWay();
      if (this.atEnd) this.scrollToEnd("instant");
    });
    this.sizes.observe(this.scroller);
    this.sizes.observe(this.list);
    this.atEnd = true;
    this.filled = false;
  }

  /** Stands where messages will be; null for nothing. */
  introduce(element) {
    this.intro?.remove();
    this.intro = element;
    if (element) this.scroller.prepend(element);
  }

  close() {
    this.sizes.disconnect();
  }

  update(messages, context) {
    const grown = messages.at(-1)?.id > (this.newest ?? 0);
    const ownIsNew = grown && messages.at(-1).from === context.user.id;
    // Who has just scrolled away has done so, although the event of it may still be to come.
    this.showWay();
    this.newest = messages.at(-1)?.id;
    keep(this.list, [...this.items(messages, context)], fadeAway);
    if (ownIsNew) this.atEnd = true;
    if (this.atEnd) this.scrollToEnd(this.filled && grown ? "smooth" : "instant");
    else if (grown) this.toNewest.classList.add("news");
    this.filled = true;
  }

  *items(messages, context) {
    let previous = null;
    for (const message of messages) {
      const date = ofSeconds(message.date);
      if (!previous || !sameDay(date, ofSeconds(previous.date))) {
        const day = dayName(date, context.user.language_code);
        yield {
          key: `day-${date.toDateString()}`,
          mark: day,
          make: () => el("p", { class: "service" }, day),
        };
        previous = null;
      }
      yield this.lively(
        messageItem(message, { ...context, previous, waiting: context.waitingOn(message) }),
      );
      previous = message;
    }
  }

  /** New messages come in with a movement; what is redrawn or there from the start does not. */
  lively(item) {
    const { make } = item;
    const arrives = this.filled;
    return {
      ...item,
      make(old) {
        const element = make();
        if (arrives && !old) element.classList.add("arrives");
        return element;
      },
    };
  }

  goTo(messageId) {
    const element = this.list.querySelector(`[data-key="${messageId}"]`);
    if (!element) return;
    element.scrollIntoView({ block: "center", behavior: "smooth" });
    element.classList.add("found");
    element.addEventListener("animationend", () => element.classList.remove("found"), {
      once: true,
    });
  }

  scrollToEnd(behavior = "smooth") {
    this.atEnd = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior });
    this.lastTop = this.scroller.scrollTop;
  }

  showWay() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const near = scrollHeight - scrollTop - clientHeight < NEAR;
    // A smooth scroll to the end passes through places that are not the end.
    if (near || scrollTop < (this.lastTop ?? 0)) this.atEnd = near;
    this.lastTop = scrollTop;
    this.toNewest.hidden = this.atEnd;
    if (this.atEnd) this.toNewest.classList.remove("news");
  }

  /** Up and down walk from message to message; Enter opens what can be done with one. */
  walk(event) {
    const here = document.activeElement;
    const messages = [...this.list.querySelectorAll(".message")];
    if (here !== this.scroller && !messages.includes(here)) return;
    if (event.key === "Enter" && messages.includes(here)) {
      event.preventDefault();
      here.querySelector(".act").click();
    }
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !messages.length) return;
    event.preventDefault();
    const from = here === this.scroller ? messages.length : messages.indexOf(here);
    const next = messages[Math.min(Math.max(from + step, 0), messages.length - 1)];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
}

function fadeAway(element) {
  element.classList.add("goes");
  element.setAttribute("aria-hidden", "true");
  element.inert = true;
  // Animations that are switched off never end.
  const animations = element.getAnimations();
  Promise.allSettled(animations.map((animation) => animation.finished)).then(() =>
    element.remove(),
  );
}
