// A stream that comes back, whatever ended it. By itself a browser gives up for ever once somebody
// else answers in our place, as a proxy does during a deploy, and hears nothing of a connection that
// went dead without a word.

const PAUSE = 3000;
// The other side is never silent for half as long (console/live.py).
const SILENCE = 40_000;

export function follow(address, { heard, found, lost, signedOut, gone }) {
  const ears = { heard, found, lost, signedOut, gone };
  const events = new EventSource(address);
  let patience;

  function end() {
    clearTimeout(patience);
    events.close();
  }
  function again() {
    end();
    lost?.();
    setTimeout(follow, PAUSE, address, ears);
  }
  function wait() {
    clearTimeout(patience);
    patience = setTimeout(again, SILENCE);
  }

  wait();
  events.addEventListener("open", () => found?.());
  for (const sign of ["open", "message", "here"]) events.addEventListener(sign, wait);
  events.addEventListener("message", (event) => heard(JSON.parse(event.data)));
  events.addEventListener("error", again);
  events.addEventListener("signed-out", () => {
    end();
    signedOut();
  });
  events.addEventListener("gone", () => {
    end();
    gone();
  });
}
