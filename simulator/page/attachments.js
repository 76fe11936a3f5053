// Sending what is not words.

import { ask } from "./dialogs.js";
import { asContent, pickFile, sampleVoice } from "./files.js";
import { openMenu } from "./menus.js";

export class Attachments {
  /** `send` takes content as the phone API does, and resolves to whether it left. */
  constructor(send) {
    this.send = send;
  }

  openMenu(event) {
    const photo = () => this.sendFile("photo", "image/png,image/jpeg");
    const choices = [
      { icon: "photo", label: "Photo", act: photo },
      { icon: "file", label: "File", act: () => this.sendFile("document", "") },
      { icon: "pin", label: "Location", act: () => this.sendLocation() },
      { icon: "person", label: "My contact", act: () => this.sendContact() },
      { icon: "wave", label: "A sample voice message", act: () => this.sendSampleVoice() },
    ];
    openMenu("Attach", choices, event);
  }

  async sendFile(kind, accept) {
    const file = await pickFile(accept);
    if (file) await this.send({ [kind]: await asContent(file) });
  }

  async sendVoice({ voice, duration }) {
    return this.send({ voice: { ...(await asContent(voice)), duration } });
  }

  sendSampleVoice() {
    return this.sendVoice(sampleVoice());
  }

  /** The person's own. */
  sendContact() {
    return this.send({ contact: {} });
  }

  async sendLocation() {
    const where = await ask("share-location");
    if (!where) return;
    const [latitude, longitude] = [where.latitude, where.longitude].map(Number);
    await this.send({ location: { latitude, longitude } });
  }
}
