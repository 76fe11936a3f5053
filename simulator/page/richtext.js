// Formatted text: the Bot API's entities as elements. Offsets count UTF-16 units, as JavaScript does.

import { el } from "./elements.js";

const SAFE_ADDRESS = /^(https?|mailto|tel|tg):/i;
const PLAIN = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

/** Nodes for `text`. `open` gets the address of a link, `command` the words of a command. */
export function formatted(text, entities, { open, command }) {
  const ordered = [...(entities ?? [])].sort(outerFirst);
  return nodes(text, ordered, 0, text.length, { open, command });
}

function outerFirst(one, other) {
  return one.offset - other.offset || other.length - one.length;
}

function nodes(text, entities, start, end, actions) {
  const made = [];
  const rest = [...entities];
  let position = start;
  while (rest.length) {
    const entity = rest.shift();
    const from = Math.max(entity.offset, position);
    const to = Math.min(entity.offset + entity.length, end);
    if (from >= to) continue;
    if (from > position) made.push(text.slice(position, from));
    const inside = [];
    while (rest.length && rest[0].offset < to) inside.push(rest.shift());
    made.push(
      element(entity, text.slice(from, to), nodes(text, inside, from, to, actions), actions),
    );
    // What crosses the end of this entity goes on behind it.
    const crossing = inside.filter((other) => other.offset + other.length > to);
    rest.unshift(...crossing.map((other) => cutBefore(other, to)));
    position = to;
  }
  if (position < end) made.push(text.slice(position, end));
  return made;
}

function cutBefore(entity, start) {
  return { ...entity, offset: start, length: entity.offset + entity.length - start };
}

function element(entity, words, children, { open, command }) {
  switch (entity.type) {
    case "spoiler":
      return spoiler(children);
    case "text_link":
      return link(entity.url, children, open);
    case "url":
      return link(/^[a-z]+:/i.test(words) ? words : `https://${words}`, children, open);
    case "email":
      return link(`mailto:${words}`, children, open);
    case "phone_number":
      return link(`tel:${words.replace(/[^+\d]/g, "")}`, children, open);
    case "bot_command":
      return el(
        "button",
        { type: "button", class: "inline-link", onclick: () => command(words) },
        children,
      );
    case "mention":
    case "hashtag":
    case "cashtag":
    case "text_mention":
      return el("span", { class: "tag" }, children);
    default:
      return el(PLAIN[entity.type] ?? "span", {}, children);
  }
}

function link(address, children, open) {
  if (!SAFE_ADDRESS.test(address)) return el("span", {}, children);
  const follow = (event) => {
    if (open(address)) event.preventDefault();
  };
  return el(
    "a",
    { href: address, target: "_blank", rel: "noopener noreferrer", onclick: follow },
    children,
  );
}

/** Hidden from eyes and screen readers alike until it is pressed. */
function spoiler(children) {
  const hidden = el("span", { class: "spoiler-words", "aria-hidden": "true" }, children);
  const cover = el(
    "button",
    { type: "button", class: "spoiler", "aria-label": "Show hidden words" },
    hidden,
  );
  cover.addEventListener(
    "click",
    () => cover.replaceWith(el("span", { class: "revealed" }, children)),
    { once: true },
  );
  return cover;
}
