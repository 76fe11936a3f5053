// Recording a voice note.

const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];

/** A running recording; null where there is no microphone, or no leave to use it. */
export async function record() {
  try {
    const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
    return new Recording(sound);
  } catch {
    return null;
  }
}

class Recording {
  constructor(sound) {
    this.sound = sound;
    this.recorder = new MediaRecorder(sound, {
      mimeType: KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)),
    });
    this.parts = [];
    this.recorder.addEventListener("dataavailable", (event) => this.parts.push(event.data));
    this.since = performance.now();
    this.recorder.start();
  }

  get seconds() {
    return (performance.now() - this.since) / 1000;
  }

  /** What was recorded, as {voice, duration}. */
  async stop() {
    const duration = Math.max(1, Math.round(this.seconds));
    const ended = new Promise((resolve) =>
      this.recorder.addEventListener("stop", resolve, { once: true }),
    );
    this.recorder.stop();
    await ended;
    for (const track of this.sound.getTracks()) track.stop();
    const [type] = this.recorder.mimeType.split(";");
    return { voice: new Blob(this.parts, { type }), duration };
  }
}
