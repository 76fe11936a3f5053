// While a voice note is recorded: how long it is, a way to send it, and one to drop it.

import { el, iconButton } from "./elements.js";
import { record } from "./microphone.js";
import { length } from "./times.js";

export class RecordingStrip {
  /** Null where there is no microphone. `send` gets what was recorded, unless it is dropped. */
  static async begin(send) {
    const recording = await record();
    return recording && new RecordingStrip(recording, send);
  }

  constructor(recording, send) {
    this.recording = recording;
    const time = el("span", { class: "seconds", role: "timer" }, length(0));
    this.ticking = setInterval(() => (time.textContent = length(recording.seconds)), 200);
    this.done = new Promise((resolve) => {
      this.element = el(
        "div",
        { class: "composer records" },
        iconButton("bin", "Drop the recording", async () => resolve(await this.stop())),
        el("span", { class: "lamp", "aria-hidden": "true" }),
        time,
        iconButton(
          "send",
          "Send the recording",
          async () => {
            send(await this.stop());
            resolve();
          },
          { class: "icon-button send" },
        ),
      );
    });
  }

  stop() {
    clearInterval(this.ticking);
    return this.recording.stop();
  }
}
