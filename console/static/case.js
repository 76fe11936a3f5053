// Brings a case up to date while somebody reads or writes, without touching what they type.

import { ring } from "./bell.js";
import { forgetHalfWritten, keepHalfWritten, saidAlready } from "./drafts.js";
import { keepFocus } from "./focus.js";
import { watchSigns } from "./signs.js";
import { connected, follow } from "./stream.js";
import { markTitle } from "./title.js";

const page = document.querySelector("[data-case-events]");
const LIVING = [
  "head", "contact", "first-words-hint", "last-words", "talk", "whose", "seen", "at-hint", "unsent",
];
// As after a stream that was lost (stream.js).
const PAUSE = 3000;
// A form that was refused or taken back leaves its own address behind, which shows nothing by itself.
const home = page.dataset.caseEvents.replace(/\/events.*$/, "");
if (location.pathname !== home) history.replaceState(null, "", home);

let newest;
let later;
let asked = 0;
let shown = 0;

async function refresh() {
  const turn = ++asked;
  try {
    const response = await fetch(`${home}?by-itself`);
    if (!response.ok) throw new Error(response.status);
    // To the door: the stream says so, too, and nothing that was typed leaves.
    if (response.redirected) return;
    take(turn, await response.text());
    connected(true);
  } catch {
    connected(false);
    if (turn === asked) setTimeout(() => turn === asked && refresh(), PAUSE);
  }
}

// An answer that was overtaken by a newer one is thrown away.
function take(turn, html) {
  if (turn < shown) return;
  shown = turn;
  newest = new DOMParser().parseFromString(html, "text/html");
  if (!newest.getElementById("head")) return leave();
  page.dataset.mark = newest.querySelector("[data-mark]").dataset.mark;
  show();
}

// It was closed, and opens only to whoever says why: the person's words don't stay behind, and what
// was typed is kept, though it was just being sent.
function leave() {
  sent = undefined;
  leaveFor(home);
}

// At once: a voice that was recorded holds up nobody who may not stay.
function leaveFor(address) {
  document.querySelector("[data-voice]")?.remove();
  location.replace(address);
}

// A recording that is being played goes on, and what is being pressed stays until it is let go.
const inUse = (part) =>
  part.matches(":active") || [...part.querySelectorAll("audio")].some((audio) => !audio.paused);

// Only what differs is exchanged: what is selected or half heard beside it stays as it is.
function renew(old, now) {
  if (old.isEqualNode(now)) return;
  const [were, are] = [[...old.childNodes], [...now.childNodes]];
  if (!old.cloneNode().isEqualNode(now.cloneNode())) old.replaceWith(now);
  else if (were.length > are.length) old.replaceChildren(...are);
  else {
    were.forEach((each, index) => renew(each, are[index]));
    old.append(...are.slice(were.length));
  }
}

// Whether it could be brought up to date.
function swap(id) {
  const [old, now] = [document.getElementById(id), newest.getElementById(id)];
  if (!old || !now || old.isEqualNode(now)) return true;
  if (inUse(old)) return false;
  keepFocus(page, () => renew(old, now.cloneNode(true)));
  return true;
}

// What sends is exchanged only for nothing, or nothing for it: a second press of the same button is
// known as one, and the next tap finds the sentence that stood there.
function comeOrGo(id) {
  const [old, now] = [document.getElementById(id), newest.getElementById(id)];
  if (!old || !now) return true;
  return !old.firstElementChild === !now.firstElementChild || swap(id);
}

function show() {
  clearTimeout(later);
  const swapped = [...LIVING.map(swap), comeOrGo("at-once")];
  const waits = !swapped.every(Boolean);
  mirror();
  // Nobody closes a case over what they have not been shown.
  if (waits) later = setTimeout(show, 200);
  else swap("read");
  if (!waits) pointToNewest();
}

// Whoever sits in a case hears of what comes in there, in their others, and of the next person, too.
const news = document.querySelector("[data-news]");
const newer = watchSigns(page);
const lineOf = (what) => news.querySelector(`[data-${what}]`);
// Who waits since before the page was opened is nobody new.
let before;
let known;
let told = [];
function tell(what) {
  const line = lineOf(what);
  line.hidden = false;
  // Read aloud once more, though it stands there already.
  line.replaceChildren(line.textContent);
  markTitle();
  ring(line.textContent, what);
}

// What came in is pointed to until it was in sight, between the bars at the top and at the bottom.
let unseen = false;
const sight = new IntersectionObserver(
  ([{ isIntersecting }]) => {
    unseen = !isIntersecting;
    lineOf("here").classList.toggle("unseen", isIntersecting);
    if (isIntersecting) sight.disconnect();
  },
  { rootMargin: "-64px 0px -80px" },
);
function pointToNewest() {
  sight.disconnect();
  const newest = document.getElementById("newest");
  if (unseen && newest) sight.observe(newest);
}

function hear({ mark, newest, signs }) {
  before ??= newest;
  known ??= newest;
  if (newest <= before) lineOf("waits").hidden = true;
  const cases = newer(signs);
  if (cases.includes(page.dataset.case)) {
    unseen = true;
    tell("here");
  }
  const others = cases.filter((id) => id !== page.dataset.case);
  // What is in their hands no more is for others to look at.
  told = [...new Set([...told, ...others])].filter((id) => id in signs);
  lineOf("own").hidden = !told.length;
  lineOf("own").href = told.length === 1 ? `/cases/${told[0]}` : "/queue";
  if (others.length) tell("own");
  // Nobody has them yet: said last, it is what lies on top.
  if (newest > known) tell("waits");
  known = newest;
  news.dataset.live = "";
  if (mark === page.dataset.mark) return pointToNewest();
  refresh();
}

// Spans and their clock age though nothing happens. Nobody reads a page that is hidden.
const MINUTE = 60_000;
let aged = false;
function catchUp() {
  if (!aged || document.hidden || !document.getElementById("head")) return;
  aged = false;
  refresh();
}
setInterval(() => {
  aged = true;
  catchUp();
}, MINUTE);
addEventListener("visibilitychange", catchUp);

// Whoever leaves for another page finds what they had begun when they come back.
let sent;
let brokenOff;
let isGone = false;
const keep = () => !isGone && keepHalfWritten(sent, brokenOff);
const breakOff = () => ([sent, brokenOff] = [undefined, sent ?? brokenOff]);
addEventListener("submit", (event) => {
  if (!event.defaultPrevented) sent = event.target;
});
// The load was stopped, and they went on.
addEventListener("input", (event) => {
  if (event.target.form === sent) sent = undefined;
  if (event.target.form === brokenOff) brokenOff = undefined;
});
// Whoever leaves by a link breaks off what is being sent.
addEventListener("click", ({ target }) => {
  const link = target.closest("a[href]");
  if (link && link.pathname !== location.pathname) breakOff();
});
// So does whoever stays after all, asked whether to leave a recording behind.
addEventListener("beforeunload", (event) => setTimeout(() => event.defaultPrevented && breakOff()));
addEventListener("pagehide", keep);
// A phone ends what lies behind another app without a word.
addEventListener("visibilitychange", () => document.hidden && keep());

// Perhaps nobody sits here any more: what is the person's leaves the screen, what is typed stays.
function cover() {
  clearTimeout(later);
  for (const part of page.querySelectorAll("[data-theirs]")) part.remove();
  page.querySelector("[data-signed-out]").hidden = false;
}

follow(page.dataset.caseEvents, {
  heard: hear,
  signedOut: cover,
  // Not this reader's any more: what stands on the screen goes, too, and nothing of it is kept.
  gone: () => {
    isGone = true;
    forgetHalfWritten();
    leaveFor("/queue");
  },
});

const words = document.querySelector("[data-send]");
function mirror() {
  if (words) document.querySelector("[data-mirror]").textContent = words.value.trim() || "…";
}
words?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) words.form.requestSubmit();
});
words?.addEventListener("input", mirror);
document.querySelector("[data-send-key]")?.removeAttribute("hidden");

// The Back button brings the page as it was left. What was sent is not to be sent once more, what was
// not is still there.
addEventListener("pageshow", ({ persisted }) => {
  sent = undefined;
  const [navigation] = performance.getEntriesByType("navigation");
  const said = saidAlready();
  const cameBack = persisted || navigation?.type === "back_forward";
  for (const field of [words, document.getElementById("note")]) {
    // Another tab, or a colleague, may have written since.
    if (cameBack && said.has(field?.value.trim())) field.value = "";
  }
  mirror();
});
