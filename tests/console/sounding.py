"""What a page would let be heard, and would lay on the screen of whoever looks elsewhere."""

# Counts what would be heard, and keeps what would lie on the screen; nobody looks at the page.
LISTENING = """
  window.tones = 0;
  window.shown = [];
  window.lying = {};
  const Tone = window.OscillatorNode;
  window.OscillatorNode = class extends Tone {
    constructor(...all) { super(...all); window.tones += 1; }
  };
  window.Notification = class {
    static permission = "granted";
    constructor(title, { body, tag, renotify }) {
      window.shown.push(`${title}: ${body}`);
      // What bears the same tag takes its place, and only says so if it is told to.
      if (renotify) window.lying[tag] = body;
    }
  };
  Object.defineProperty(document, "hidden", { get: () => true });
"""
