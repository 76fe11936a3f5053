// Keeps the queue live, says when somebody new waits or answers, and lets hands stay on the keyboard.

import { isOn, ring, turn } from "./bell.js";
import { keepHalfWritten } from "./drafts.js";
import { keepFocus } from "./focus.js";
import { watchSigns } from "./signs.js";
import { follow } from "./stream.js";
import { entitle, markTitle } from "./title.js";

const place = document.querySelector("[data-queue]");
const news = document.querySelector("[data-news]");
const help = document.querySelector("dialog");
const soundButton = document.querySelector("[data-sound]");
const plainTitle = document.title.replace(/^\(\d+\+?\) /, "");

const lines = () => [...place.querySelectorAll("[data-case]")];
const link = (line) => line.querySelector(".who");
const casesIn = (lines) =>
  new Set([...lines.querySelectorAll("[data-case]:has(form)")].map((line) => line.dataset.case));

// Somebody new is told of at once; the lines change when nothing in them is being pressed.
let newest;
let later;
let known = casesIn(place);
let answered = [];
// When the last one came who waits, in whatever view.
let lastCame = place.dataset.came;
const newer = watchSigns(place);

function hear({ html, duty, waiting, came, signs }) {
  turnDuty(duty.trim());
  entitle(waiting ? `(${waiting}) ${plainTitle}` : plainTitle);
  const lines = document.createElement("template");
  lines.innerHTML = html;
  const cases = casesIn(lines.content);
  const ours = newer(signs);
  answered.push(...ours);
  if (ours.length) markTitle();
  const isNew = came > lastCame || [...cases].some((id) => !known.has(id));
  tell([isNew && "waits", ours.length && "own"].filter(Boolean));
  known = cases;
  lastCame = came;
  newest = lines.content;
  show();
}

// A button that is exchanged between being pressed and let go is never clicked.
function show() {
  clearTimeout(later);
  if (place.matches(":active")) {
    later = setTimeout(show, 100);
    return;
  }
  const before = casesIn(place);
  const line = document.activeElement.closest?.("[data-case]");
  keepFocus(place, () => place.replaceChildren(newest));
  // Somebody else claimed it: there is nothing to press any more, but the case is still there.
  if (line && document.activeElement === document.body) {
    place.querySelector(`[data-case="${line.dataset.case}"] .who`)?.focus({ preventScroll: true });
  }
  const came = [...casesIn(place)].filter((id) => !before.has(id));
  const fresh = new Set([...came, ...answered]);
  for (const each of lines()) each.classList.toggle("new", fresh.has(each.dataset.case));
  answered = [];
}

// The switch of duty follows the shifts. It is exchanged neither under a finger nor for its opposite
// before what it sent was answered.
const corner = document.querySelector(".self");
let duty;
let turning;
function turnDuty(newest) {
  clearTimeout(turning);
  if (newest === duty) return;
  const form = corner.querySelector("form");
  if (form.matches(":active, [data-sent]")) {
    turning = setTimeout(turnDuty, 100, newest);
    return;
  }
  duty = newest;
  keepFocus(corner, () => (form.outerHTML = newest));
}

// Both may come in one look, and neither may be swallowed by the other.
function tell(kinds) {
  if (!kinds.length) return;
  news.textContent = "";
  news.textContent = kinds.map((kind) => news.dataset[kind]).join(" ");
  for (const kind of kinds) ring(news.dataset[kind], kind);
}

follow(place.dataset.queue, {
  heard: hear,
  signedOut: () => {
    keepHalfWritten();
    location.reload();
  },
  gone: () => location.reload(),
});

soundButton.hidden = false;
soundButton.setAttribute("aria-pressed", isOn());
soundButton.addEventListener("click", () => soundButton.setAttribute("aria-pressed", turn(!isOn())));

function move(step) {
  const all = lines();
  const current = all.indexOf(document.activeElement.closest?.("[data-case]"));
  const next = current < 0 ? (step > 0 ? 0 : all.length - 1) : current + step;
  const target = all[Math.max(0, Math.min(all.length - 1, next))];
  if (target) link(target).focus();
}

const helpButton = document.querySelector("[data-help]");
helpButton.hidden = false;
helpButton.addEventListener("click", () => help.showModal());

const keys = {
  j: () => move(1),
  k: () => move(-1),
  c: () => document.activeElement.closest?.("[data-case]")?.querySelector("form")?.requestSubmit(),
  "/": (event) => {
    const search = document.querySelector("[data-search]");
    search.closest("details").open = true;
    search.focus();
    event.preventDefault();
  },
  "?": () => help.showModal(),
};

// Whoever dictates, or whose hand slips, turns single keys off. They stay so in this browser until
// they sign out, when all that it kept of this site goes.
const KEYS = "wayhome-keys";
const keysSwitch = help.querySelector("[data-keys]");
const areOff = () => localStorage.getItem(KEYS) === "off";
keysSwitch.checked = !areOff();
keysSwitch.addEventListener("change", () => {
  localStorage.setItem(KEYS, keysSwitch.checked ? "on" : "off");
});

// A keyboard of another script has them in the same place. Its signs are none of them, as § and £.
const ELSEWHERE = /^(?=[\p{L}\p{Nd}؟])[^\p{ASCII}\p{Script=Latin}]$/u;
function keyOf({ key, code, shiftKey }) {
  if (!ELSEWHERE.test(key)) return key;
  if (code === "Slash") return shiftKey ? "?" : "/";
  if (shiftKey) return key;
  return code.replace(/^(Key|Digit)/, "").toLowerCase();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open || areOff()) return;
  if (event.target.closest("input, textarea, select")) return;
  // A key's third sign is asked for by Ctrl and Alt on some systems, and by none of both on others.
  if (event.getModifierState("AltGraph")) return;
  const key = keyOf(event);
  if (/^\d$/.test(key)) document.querySelectorAll("[data-view]")[key]?.click();
  else keys[key]?.(event);
});
