// Keeps the queue live, says when somebody new waits, and lets hands stay on the keyboard.

const place = document.querySelector("[data-queue]");
const live = document.querySelector("[data-live]");
const news = document.querySelector("[data-news]");
const help = document.querySelector("dialog");
const soundButton = document.querySelector("[data-sound]");
const plainTitle = document.title.replace(/^\(\d+\+?\) /, "");

const lines = () => [...place.querySelectorAll("[data-case]")];
const link = (line) => line.querySelector(".who");
const waitingCases = () =>
  new Set(lines().filter((line) => line.querySelector("form")).map((line) => line.dataset.case));

function show({ html, waiting }) {
  const before = waitingCases();
  const focused = document.activeElement.closest?.("[data-case]");
  const wasLink = focused && document.activeElement === link(focused);
  place.innerHTML = html;
  document.title = waiting ? `(${waiting}) ${plainTitle}` : plainTitle;
  if (focused) {
    const again = place.querySelector(`[data-case="${focused.dataset.case}"]`);
    (wasLink ? again && link(again) : again?.querySelector("button"))?.focus();
  }
  const fresh = [...waitingCases()].filter((id) => !before.has(id));
  for (const id of fresh) place.querySelector(`[data-case="${id}"]`).classList.add("new");
  if (fresh.length) tell();
}

function tell() {
  news.textContent = "";
  news.textContent = news.dataset.words;
  if (soundButton.getAttribute("aria-pressed") !== "true") return;
  chime();
  // Nothing about anybody: a notification may lie on a locked screen.
  if (document.hidden && window.Notification?.permission === "granted") {
    new Notification("Wayhome", { body: news.dataset.words, tag: "wayhome-queue" });
  }
}

let audio;
function awaken() {
  if (soundButton.getAttribute("aria-pressed") !== "true") return;
  audio ??= new AudioContext();
  audio.resume();
}

function chime() {
  awaken();
  for (const [start, pitch] of [[0, 660], [0.18, 880]]) {
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const volume = new GainNode(audio, { gain: 0 });
    const at = audio.currentTime + start;
    volume.gain.setTargetAtTime(0.25, at, 0.01);
    volume.gain.setTargetAtTime(0, at + 0.12, 0.06);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.6);
  }
}

function connected(yes) {
  live.classList.toggle("connected", yes);
  live.querySelector("[data-when-live]").hidden = !yes;
  live.querySelector("[data-when-lost]").hidden = yes;
}

const events = new EventSource(place.dataset.queue);
events.addEventListener("open", () => connected(true));
events.addEventListener("error", () => connected(false));
events.addEventListener("message", (event) => show(JSON.parse(event.data)));
events.addEventListener("signed-out", () => location.reload());
live.hidden = false;

// Chosen once, it stays chosen in this browser, however often the page is opened anew.
const SOUND = "wayhome-sound";
soundButton.hidden = false;
soundButton.setAttribute("aria-pressed", localStorage.getItem(SOUND) === "on");
soundButton.addEventListener("click", async () => {
  const on = soundButton.getAttribute("aria-pressed") !== "true";
  soundButton.setAttribute("aria-pressed", on);
  localStorage.setItem(SOUND, on ? "on" : "off");
  if (!on) return;
  chime();
  if (window.Notification?.permission === "default") await Notification.requestPermission();
});

function move(step) {
  const all = lines();
  const current = all.indexOf(document.activeElement.closest?.("[data-case]"));
  const next = current < 0 ? (step > 0 ? 0 : all.length - 1) : current + step;
  const target = all[Math.max(0, Math.min(all.length - 1, next))];
  if (target) link(target).focus();
}

// A browser lets a page sound only once it was touched.
for (const touch of ["pointerup", "keydown"]) addEventListener(touch, awaken);

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

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (event.target.closest("input, textarea, select")) return;
  if (/^\d$/.test(event.key)) document.querySelectorAll("[data-view]")[event.key]?.click();
  else keys[event.key]?.(event);
});
