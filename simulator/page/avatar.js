// A round picture for somebody who has none: initials on a colour that stays theirs.

import { el, icon } from "./elements.js";

const TINTS = 6;

export function tintOf(id) {
  return String(Math.abs(id) % TINTS);
}

export function topicPicture(topic) {
  const looks = {
    class: "avatar square",
    "data-tint": tintOf(topic.id ?? 0),
    "aria-hidden": "true",
  };
  return el("span", looks, icon(topic.closed ? "lock" : "hash"));
}

export function avatar(id, name) {
  const initials = name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? "");
  return el(
    "span",
    { class: "avatar", "data-tint": tintOf(id), "aria-hidden": "true" },
    initials.join(""),
  );
}
