// A stream that comes back, whatever ended it. By itself a browser gives up for ever once somebody
// else answers in our place, as a proxy does during a deploy, and hears nothing of a connection that
// went dead without a word.

const PAUSE = 3000;
// The other side is never silent for half as long (console/live.py).
const SILENCE = 40_000;

// Where a page says whether what it shows is of now.
const live = document.querySelector("[data-live]");
export function connected(yes) {
  live.hidden = false;
  live.classList.toggle("connected", yes);
  live.querySelector("[data-when-live]").hidden = !yes;
  live.querySelector("[data-when-lost]").hidden = yes;
}

export function follow(address, { heard, signedOut, gone }) {
  const ears = { heard, signedOut, gone };
  const events = new EventSource(address);
  let patience;

  function end() {
    clearTimeout(patience);
    events.close();
  }
  function again() {
    end();
    connected(false);
    setTimeout(follow, PAUSE, address, ears);
  }
  function wait() {
    clearTimeout(patience);
    patience = setTimeout(again, SILENCE);
  }

  wait();
  events.addEventListener("open", () => connected(true));
  for (const sign of ["open", "message", "here"]) events.addEventListener(sign, wait);
  events.addEventListener("message", (event) => heard(JSON.parse(event.data)));
  events.addEventListener("error", again);
  events.addEventListener("signed-out", () => {
    end();
    live.hidden = true;
    signedOut();
  });
  events.addEventListener("gone", () => {
    end();
    gone();
  });
}
