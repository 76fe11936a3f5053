// Which phones lie on the table: kept in the address, so that a link shows the same ones.

import { el, icon, keep } from "./elements.js";
import { recall, remember } from "./memory.js";
import { chatsOf, personName } from "./places.js";
import { unreadInChat } from "./unread.js";

const ROOM = 350; // a phone with its margin, in pixels

export class Shelf {
  /** `changed` is called when other phones are to be shown. `state` is the newest, set from outside. */
  constructor(changed) {
    this.list = document.getElementById("shelf");
    this.changed = changed;
    this.shown = read();
    this.chosen = null;
    this.state = null;
    addEventListener("hashchange", () => {
      this.shown = read() ?? this.shown;
      changed();
    });
  }

  /** The people whose phones are shown, in the order in which they were put there. */
  get people() {
    const { users } = this.state;
    const known = this.shown?.map((id) => users.find((user) => user.id === id)).filter(Boolean);
    // What was remembered may be of a world that is forgotten.
    const choose = !known || (this.shown.length > 0 && known.length === 0);
    return choose ? firstChoice(this.state) : known;
  }

  /** The person whose phone is shown where only one fits. */
  get current() {
    const { people } = this;
    return people.find((user) => user.id === this.chosen) ?? people[0];
  }

  get ids() {
    return this.people.map((user) => user.id);
  }

  draw() {
    keep(
      this.list,
      inOrder(this.state).map((user) => this.chip(user)),
    );
  }

  chip(user) {
    const on = this.ids.includes(user.id);
    const current = user.id === this.current?.id;
    const visible = on && (current || !onlyOneFits());
    const unread = chatsOf(user, this.state).reduce(
      (sum, chat) => sum + unreadInChat(user, chat),
      0,
    );
    const make = () =>
      el(
        "li",
        {},
        el(
          "button",
          {
            type: "button",
            class: "chip",
            "aria-pressed": String(on),
            "data-current": current,
            "data-focus": "chip",
            onclick: () => this.choose(user.id),
          },
          el("bdi", {}, personName(user)),
          unread && !visible
            ? el("span", { class: "badge" }, unread, el("span", { class: "unseen" }, " unread"))
            : null,
        ),
      );
    return {
      key: user.id,
      mark: JSON.stringify([personName(user), on, current, visible, unread]),
      make,
    };
  }

  /** Where one phone fits, this turns to it; else it puts it on the table, or away. */
  choose(id) {
    if (this.ids.includes(id) && !onlyOneFits()) this.hide(id);
    else this.show(id);
  }

  show(id) {
    this.chosen = id;
    this.settle([...new Set([...this.ids, id])]);
  }

  hide(id) {
    this.settle(this.ids.filter((other) => other !== id));
  }

  settle(shown) {
    this.shown = shown;
    remember("shown", shown);
    history.replaceState(null, "", `#${shown.join(",")}`);
    this.changed();
  }
}

function onlyOneFits() {
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
  return [...alone.slice(0, 2), ...staff, ...alone.slice(2)].slice(0, room);
}
