// Presses of inline buttons that wait for the bot's answer.

import { post } from "./api.js";

const PATIENCE = 15_000; // then a phone stops showing that it waits

export class Presses {
  constructor(changed) {
    this.changed = changed;
    this.waiting = new Set();
    this.early = new Set();
  }

  async begin(call) {
    const press = { ...call };
    this.waiting.add(press);
    this.changed();
    try {
      press.id = (await post("press", call)).callback_query_id;
    } catch (error) {
      this.forget(press);
      throw error;
    }
    // The stream may be ahead of the reply.
    if (this.early.delete(press.id)) this.forget(press);
    else setTimeout(() => this.forget(press), PATIENCE);
  }

  end(id) {
    const press = [...this.waiting].find((one) => one.id === id);
    if (press) this.forget(press);
    else this.early.add(id);
  }

  forget(press) {
    if (this.waiting.delete(press)) this.changed();
  }

  /** The data of the buttons of this message that wait. */
  waitingOn(chatId, messageId) {
    return [...this.waiting]
      .filter((press) => press.chat_id === chatId && press.message_id === messageId)
      .map((press) => press.data);
  }
}
