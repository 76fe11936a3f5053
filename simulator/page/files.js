// Files from this computer, and the voice notes of those who have no microphone at hand.

export function pickFile(accept) {
  const input = Object.assign(document.createElement("input"), { type: "file", accept });
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve(input.files[0] ?? null), { once: true });
    input.addEventListener("cancel", () => resolve(null), { once: true });
    input.click();
  });
}

/** As the phone API takes files. */
export async function asContent(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { base64: btoa(binary), mime_type: blob.type || undefined, file_name: blob.name };
}

const RATE = 8000;
const SECONDS = 3;

/** Three seconds that rise and fall like a question asked without words. */
export function sampleVoice() {
  const samples = new Int16Array(RATE * SECONDS);
  for (let index = 0; index < samples.length; index += 1) {
    const time = index / RATE;
    const syllable = Math.sin(Math.PI * ((time * 3) % 1)) ** 2;
    const pitch = 150 + 40 * Math.sin(time * 2.1);
    const tone = [1, 2, 3, 5].reduce(
      (sum, part) => sum + Math.sin(2 * Math.PI * pitch * part * time) / part,
      0,
    );
    samples[index] = 7000 * syllable * tone;
  }
  return {
    voice: new Blob([waveHeader(samples.byteLength), samples], { type: "audio/wav" }),
    duration: SECONDS,
  };
}

function waveHeader(length) {
  const view = new DataView(new ArrayBuffer(44));
  const write = (offset, letters) =>
    [...letters].forEach((letter, index) => view.setUint8(offset + index, letter.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + length, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // uncompressed
  view.setUint16(22, 1, true); // mono
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, length, true);
  return view.buffer;
}
