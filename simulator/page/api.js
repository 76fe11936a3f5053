// The phone API: docs/simulator.md has its calls.

/** Its message is what the simulator said, without the kind of error in front. */
export class Refusal extends Error {}

async function answerOf(request) {
  const response = await request.catch(() => {
    throw new Refusal("The simulator doesn't answer.");
  });
  const said = await response.json();
  if (!response.ok) throw new Refusal(said.description.replace(/^[\w ]+: /, ""));
  return said;
}

export function get(path) {
  return answerOf(fetch(`/phone/${path}`));
}

export function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return answerOf(fetch(`/phone/${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** Calls back with every new state, every answer to a press, and whether the simulator is there. */
export function watch({ onState, onAnswer, onConnection }) {
  const events = new EventSource("/phone/events");
  let loading = false;
  let stale = false;

  async function load() {
    stale = true;
    if (loading) return;
    loading = true;
    try {
      while (stale) {
        stale = false;
        onState(await get("state"));
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // the stream will tell when it is back
    } finally {
      loading = false;
    }
  }

  events.addEventListener("change", load);
  events.addEventListener("answer", (event) => onAnswer(JSON.parse(event.data)));
  events.addEventListener("open", () => onConnection(true));
  events.addEventListener("error", () => onConnection(false));
}
