// Records a worker's voice in the page, to be listened to before it goes, and kept until it is taken:
// no page that a browser comes back to has it any more.

const form = document.querySelector("[data-voice]");
const recording = form.querySelector("input[type=file]");
const button = form.querySelector("[data-record]");
const news = form.querySelector("[data-voice-news]");
const clock = form.querySelector("[data-voice-clock]");
const player = form.querySelector("[data-voice-player]");
// The first is played by Telegram as it is; the second our side puts into the first.
const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const LONGEST = 120;
// Enough for speech, and two minutes of it stay well below what may be sent.
const BITS = 24_000;

const kind =
  navigator.mediaDevices &&
  window.MediaRecorder &&
  KINDS.find((each) => MediaRecorder.isTypeSupported(each));
let recorder;
let asking = false;
let sending = false;
let token = document.body.dataset.formToken;

function say(which) {
  news.textContent = which ? news.dataset[which] : "";
  button.textContent = which === "running" ? button.dataset.stop : button.dataset.start;
  recording.disabled = which === "running";
}

function offer() {
  const [file] = recording.files;
  if (player.src) URL.revokeObjectURL(player.src);
  player.hidden = !file;
  if (file) player.src = URL.createObjectURL(file);
  else player.removeAttribute("src");
}

async function start() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const pieces = [];
  const began = performance.now();
  recording.value = "";
  recording.setCustomValidity("");
  offer();
  recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: BITS });
  const ticking = setInterval(() => {
    const seconds = Math.floor((performance.now() - began) / 1000);
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds >= LONGEST) recorder.stop();
  }, 250);
  recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
  recorder.addEventListener("stop", () => {
    clearInterval(ticking);
    for (const track of stream.getTracks()) track.stop();
    const kept = new DataTransfer();
    kept.items.add(new File(pieces, "voice", { type: kind }));
    say("done");
    recording.files = kept.files;
    offer();
  });
  recorder.start();
  clock.textContent = "0:00";
  say("running");
}

async function press() {
  if (recorder?.state === "recording") return recorder.stop();
  if (asking) return;
  asking = true;
  try {
    await start();
  } catch {
    say("refused");
  } finally {
    asking = false;
  }
}

// What is too long is said here, before it takes minutes on a slow line to hear of it.
recording.addEventListener("change", () => {
  const isTooLong = recording.files[0]?.size > recording.dataset.largest;
  recording.setCustomValidity(isTooLong ? recording.dataset.tooLong : "");
  recording.reportValidity();
  say("");
  offer();
});
// Taken or not, what the page says of it is news to whoever waits.
async function send() {
  const answer = await fetch(form.getAttribute("action"), {
    method: "POST",
    headers: { "X-Form-Token": token },
    body: new FormData(form),
    redirect: "manual",
  });
  if (answer.type === "opaqueredirect") {
    recording.value = "";
    location.hash = "newest";
    return location.reload();
  }
  if (answer.status === 401) document.querySelector("[data-signed-out]").hidden = false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  // Whoever signed in anew meanwhile sends it from that session.
  token = page.body.dataset.formToken ?? token;
  say("lost");
  const why = page.getElementById("refused");
  if (why) news.textContent = why.textContent;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  // It is whole only once it is stopped, and nobody has heard it yet.
  if (recorder?.state === "recording") return recorder.stop();
  if (sending) return;
  sending = true;
  say("sending");
  try {
    await send();
  } catch {
    say("lost");
  } finally {
    sending = false;
  }
});

// Nothing else keeps it: whatever else is sent from this page, or pressed, asks first.
addEventListener("beforeunload", (event) => {
  const hasOne = recorder?.state === "recording" || recording.files.length;
  if (hasOne && form.isConnected) event.preventDefault();
});

if (kind) {
  form.querySelector("[data-recorder]").hidden = false;
  button.addEventListener("click", press);
}
