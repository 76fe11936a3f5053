// What a message holds besides words: pictures, recordings, files, places, cards.

import { el, icon } from "./elements.js";
import { recording } from "./recording.js";

export function mediaOf(message, words) {
  if (message.photo) return picture(message.photo, words);
  if (message.voice) return recording(message.voice, words);
  if (message.document) return file(message.document);
  if (message.location) return place(message.location, words);
  if (message.contact) return card(message.contact);
  return null;
}

/** One line that stands for a message in lists and quotes. */
export function summaryOf(message, words) {
  if (message.text) return message.text;
  const kind = ["photo", "voice", "document", "location", "contact"].find((name) => message[name]);
  if (kind) return message.caption ? `${words[kind]}: ${message.caption}` : words[kind];
  return serviceWords(message) ?? "";
}

/** What happened, where a message is no talk but news of the chat itself. */
export function serviceWords(message) {
  if (message.forum_topic_created) return `Topic made: ${message.forum_topic_created.name}`;
  if (message.forum_topic_edited?.name) return `Topic renamed: ${message.forum_topic_edited.name}`;
  if (message.forum_topic_edited) return "Topic changed";
  if (message.forum_topic_closed) return "Topic closed";
  if (message.forum_topic_reopened) return "Topic reopened";
  if (message.pinned_message) return "A message was pinned";
  if (message.migrate_from_chat_id) return "This group became a supergroup";
  if (message.migrate_to_chat_id) return "This group moved to a supergroup";
  if (message.new_chat_members) return "Somebody joined";
  if (message.left_chat_member) return "Somebody left";
  return null;
}

function picture(photo, words) {
  const { url, width, height } = photo;
  return el(
    "a",
    { class: "picture", href: url, target: "_blank" },
    el("img", { src: url, width, height, alt: words.photo, loading: "lazy" }),
  );
}

function file(document) {
  return el(
    "a",
    { class: "file", href: document.url, download: document.file_name ?? "file" },
    el("span", { class: "disc" }, icon("file")),
    el(
      "span",
      { class: "two-lines" },
      el("bdi", {}, document.file_name ?? "file"),
      el("small", {}, size(document.file_size)),
    ),
  );
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

/** A drawing of a map, not a map: nothing is fetched from anywhere. */
function place({ latitude, longitude }, words) {
  const where = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const address = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=15/${latitude}/${longitude}`;
  return el(
    "a",
    { class: "place", href: address, target: "_blank", rel: "noopener noreferrer" },
    el("span", { class: "map" }, icon("pin")),
    el("span", { class: "two-lines" }, words.location, el("small", { dir: "ltr" }, where)),
  );
}

function card(contact) {
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(" ");
  return el(
    "span",
    { class: "card" },
    el("span", { class: "disc" }, icon("person")),
    el(
      "span",
      { class: "two-lines" },
      el("bdi", {}, name),
      el("small", { dir: "ltr" }, contact.phone_number),
    ),
  );
}
