// A voice note that can be played. One plays at a time.

import { el, icon } from "./elements.js";
import { length } from "./times.js";

const BARS = 28;
let playing = null;

export function recording(voice, words) {
  const audio = new Audio();
  audio.preload = "none";
  audio.src = voice.url;
  const bars = heights(voice.file_unique_id).map((height) => el("i", { "data-height": height }));
  const time = el("small", {}, length(voice.duration));
  const button = el("button", { type: "button", class: "disc" });

  function show() {
    button.replaceChildren(icon(audio.paused ? "play" : "pause"));
    button.setAttribute(
      "aria-label",
      `${words.voice}, ${length(voice.duration)}: ${audio.paused ? "play" : "pause"}`,
    );
  }
  function advance() {
    const total =
      Number.isFinite(audio.duration) && audio.duration ? audio.duration : voice.duration;
    const done = audio.ended ? 0 : audio.currentTime / total;
    bars.forEach((bar, index) => bar.toggleAttribute("data-heard", (index + 0.5) / BARS < done));
    time.textContent = length(
      audio.currentTime && !audio.ended ? audio.currentTime : voice.duration,
    );
  }
  button.addEventListener("click", async () => {
    if (!audio.paused) return audio.pause();
    playing?.pause();
    playing = audio;
    try {
      await audio.play();
    } catch {
      time.textContent = "This browser can't play it";
    }
  });
  for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, show);
  for (const event of ["timeupdate", "ended"]) audio.addEventListener(event, advance);
  show();
  return el(
    "div",
    { class: "recording" },
    button,
    el("span", { class: "wave", "aria-hidden": "true" }, bars),
    time,
  );
}

/** Not the sound's own shape: the same note always looks the same, and no two look alike. */
function heights(seed) {
  let number = [...seed].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);
  return Array.from({ length: BARS }, () => {
    number = (number * 1664525 + 1013904223) >>> 0;
    return String(1 + ((number >>> 24) % 6));
  });
}
