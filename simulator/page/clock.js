// The simulated time, and moving it ahead.

import { post, Refusal } from "./api.js";
import { fullTime } from "./times.js";

const place = (id) => document.getElementById(id);

export class ClockBar {
  constructor(refuse) {
    this.refuse = refuse;
    this.buttons = [...document.querySelectorAll(".steps button")];
    for (const button of this.buttons.filter((one) => one.dataset.seconds)) {
      button.addEventListener("click", () => this.move(Number(button.dataset.seconds)));
    }
    const form = place("go-to");
    // Before it is open: afterwards somebody may have typed already.
    form.addEventListener("beforetoggle", (event) => event.newState === "open" && this.offer(form));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.hidePopover();
      this.move((new Date(form.elements.instant.value) - this.now) / 1000);
    });
    setInterval(() => this.draw(), 1000);
  }

  /** Now, as the simulator told it, and as it has gone on since. */
  get now() {
    return new Date(this.told + (performance.now() - this.heard));
  }

  set(now) {
    this.told = Date.parse(now);
    this.heard = performance.now();
    this.setBusy(Boolean(this.moving));
    this.draw();
  }

  draw() {
    if (this.told === undefined) return;
    const shown = fullTime(this.now);
    if (place("now").textContent !== shown) place("now").textContent = shown;
    place("now").setAttribute("datetime", this.now.toISOString());
    if (this.moving)
      place("moving").value = (this.now - this.moving.from) / (this.moving.to - this.moving.from);
    this.ticked?.(this.now);
  }

  offer(form) {
    const local = new Date(this.now - this.now.getTimezoneOffset() * 60_000);
    form.elements.instant.value = form.elements.instant.min = local.toISOString().slice(0, 16);
  }

  async move(seconds) {
    this.moving = { from: this.now, to: new Date(this.now.getTime() + seconds * 1000) };
    this.setBusy(true);
    this.draw();
    try {
      this.set((await post("clock", { seconds })).now);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refuse(error.message);
    } finally {
      this.moving = null;
      this.setBusy(false);
    }
  }

  setBusy(busy) {
    place("moving").hidden = !busy;
    for (const button of this.buttons) button.disabled = busy;
  }
}
