// Which phones lie on the table: kept in the address, so that a link shows the same ones.

import { el, icon, keep } from "./elements.js";
import { recall, remember } from "./memory.js";
import { chatsOf, personName } from "./places.js";
import { unreadInChat } from "./unread.js";

const ROOM = 350; // a phone with its margin, in pixels

export class Shelf {
  /** `changed` is called when other phones are to be shown. */
  constructor(changed) {
    this.list = document.getElementById("shelf");
    this.changed = changed;
    this.shown = read();
    this.chosen = null;
    addEventListener("hashchange", () => {
      this.shown = read() ?? this.shown;
      changed();
    });
  }

  /** The people whose phones are shown, in the order in which they were put there. */
  peopleIn(state) {
    this.shown ??= firstChoice(state);
    return this.shown.map((id) => state.users.find((user) => user.id === id)).filter(Boolean);
  }

  /** The person whose phone is shown where only one fits. */
  currentIn(state) {
    const people = this.peopleIn(state);
    return people.find((user) => user.id === this.chosen) ?? people[0];
  }

  draw(state) {
    const shown = this.peopleIn(state).map((user) => user.id);
    keep(
      this.list,
      inOrder(state).map((user) => this.chip(user, state, shown)),
    );
  }

  chip(user, state, shown) {
    const on = shown.includes(user.id);
    const current = user.id === this.currentIn(state)?.id;
    const visible = on && (current || !onlyOneFits());
    const unread = chatsOf(user, state).reduce((sum, chat) => sum + unreadInChat(user, chat), 0);
    const make = () =>
      el(
        "li",
        {},
        el(
          "button",
          { type: "button", class: "chip", "aria-pressed": String(on), "data-current": current, "data-focus": "chip", onclick: () => this.choose(user.id) },
          el("bdi", {}, personName(user)),
          unread && !visible ? el("span", { class: "badge" }, unread, el("span", { class: "unseen" }, " unread")) : null,
        ),
      );
    return { key: user.id, mark: JSON.stringify([personName(user), on, current, visible, unread]), make };
  }

  /** Where one phone fits, this turns to it; else it puts it on the table, or away. */
  choose(id) {
    const on = this.shown.includes(id);
    if (onlyOneFits()) this.show(id);
    else if (on) this.hide(id);
    else this.show(id);
  }

  show(id) {
    this.chosen = id;
    this.keep(this.shown.includes(id) ? this.shown : [...this.shown, id]);
  }

  hide(id) {
    this.keep(this.shown.filter((other) => other !== id));
  }

  keep(shown) {
    this.shown = shown;
    remember("shown", shown);
    history.replaceState(null, "", `#${shown.join(",")}`);
    this.changed();
  }
}

export function onlyOneFits() {
  return matchMedia("(max-width: 760px)").matches;
}

function read() {
  const ids = location.hash.slice(1).split(",").map(Number).filter(Boolean);
  return ids.length ? ids : recall("shown");
}

/** People who only talk with the bot, then those in groups, who are its owners' staff. */
function inOrder(state) {
  const inGroups = (user) => chatsOf(user, state).length > 1;
  return [...state.users].sort((one, other) => inGroups(one) - inGroups(other));
}

/** Some of both, as many as there is room for. */
function firstChoice(state) {
  const room = Math.max(1, Math.floor(innerWidth / ROOM));
  const ordered = inOrder(state);
  const alone = ordered.filter((user) => chatsOf(user, state).length === 1);
  const staff = ordered.filter((user) => !alone.includes(user));
  const people = [...alone.slice(0, 2), ...staff, ...alone.slice(2)].slice(0, room);
  return people.map((user) => user.id);
}
