// Sounds when somebody new waits or a person of the reader's own does something, if they wished it.

// Chosen once, it stays chosen in this browser until they sign out, however often a page is opened.
const SOUND = "wayhome-sound";
// Of a chime, in seconds.
const LENGTH = 0.8;
let audio;
let silentFrom = 0;

export const isOn = () => localStorage.getItem(SOUND) === "on";

export function turn(on) {
  localStorage.setItem(SOUND, on ? "on" : "off");
  if (on) {
    chime();
    if (window.Notification?.permission === "default") Notification.requestPermission();
  }
  return on;
}

// What is newer takes the place of what is older of the same kind, and of no other.
export function ring(words, kind) {
  if (!isOn()) return;
  chime();
  if (document.hidden && window.Notification?.permission === "granted") show(words, kind);
}

function show(words, kind) {
  try {
    // Nothing about anybody: a notification may lie on a locked screen.
    new Notification("Wayhome", { body: words, tag: `wayhome-${kind}`, renotify: true });
  } catch {
    // Chrome on a phone says yes to whoever asks, and then shows none of a page's.
  }
}

// One after the other. Of those that a browser holds back until a touch it hears no more than two.
function chime() {
  awaken();
  if (silentFrom > audio.currentTime + LENGTH) return;
  const begin = Math.max(audio.currentTime, silentFrom);
  silentFrom = begin + LENGTH;
  for (const [start, pitch] of [[0, 660], [0.18, 880]]) {
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const volume = new GainNode(audio, { gain: 0 });
    const at = begin + start;
    volume.gain.setTargetAtTime(0.25, at, 0.01);
    volume.gain.setTargetAtTime(0, at + 0.12, 0.06);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.6);
  }
}

function awaken() {
  audio ??= new AudioContext();
  audio.resume();
}

// A browser lets a page sound only once it was touched.
for (const touch of ["pointerup", "keydown"]) addEventListener(touch, () => isOn() && awaken());
