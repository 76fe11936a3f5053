// One message as a bubble.

import { tintOf } from "./avatar.js";
import { el, icon, iconButton } from "./elements.js";
import { inlineKeyboard } from "./inline-keyboard.js";
import { mediaOf, serviceWords, summaryOf } from "./media.js";
import { senderName } from "./places.js";
import { formatted } from "./richtext.js";
import { clockTime, fullTime, ofSeconds } from "./times.js";

/** Everything that a bubble's looks depend on; where it is unchanged, so is the bubble. */
export function messageItem(message, context) {
  const { user, state, chat, previous, waiting } = context;
  const view = {
    message,
    mine: message.from === user.id,
    follows: follows(message, previous),
    sender: chat.type === "private" ? null : senderName(message.from, state),
    quoted: quotedIn(message, chat, context),
    waiting,
  };
  return { key: message.id, mark: JSON.stringify(view), make: () => draw(view, context) };
}

function follows(message, previous) {
  return (
    Boolean(previous) &&
    previous.from === message.from &&
    !serviceWords(previous) &&
    message.date - previous.date < 300
  );
}

function quotedIn(message, chat, { state, words }) {
  const quoted = chat.messages.find((other) => other.id === message.reply_to);
  return quoted
    ? { id: quoted.id, name: senderName(quoted.from, state), words: summaryOf(quoted, words) }
    : null;
}

function draw(view, context) {
  const { message } = view;
  const service = serviceWords(message);
  if (service) return el("p", { class: "service", dir: "auto" }, service);
  const keyboard =
    message.inline_keyboard && inlineKeyboard(message, view.waiting, context.actions);
  const openMenu = (event) => {
    event.preventDefault();
    context.actions.openMenu(message, event);
  };
  return el(
    "article",
    {
      class: ["message", view.mine ? "mine" : "theirs", view.follows && "follows"]
        .filter(Boolean)
        .join(" "),
      tabindex: "-1",
      "aria-label": view.mine ? context.words.you : senderName(message.from, context.state),
      oncontextmenu: openMenu,
      ondblclick: () => context.actions.reply(message),
    },
    bubble(view, context),
    keyboard,
    iconButton("more", "What to do with this message", openMenu, {
      tabindex: "-1",
      class: "icon-button act",
    }),
  );
}

function bubble(view, context) {
  const { message } = view;
  const words = message.text ?? message.caption;
  const entities = message.entities ?? message.caption_entities;
  const media = mediaOf(message, context.words);
  return el(
    "div",
    {
      class: ["bubble", media && "with-media", message.protect_content && "protected"]
        .filter(Boolean)
        .join(" "),
    },
    view.sender && !view.mine && !view.follows ? sender(message, view.sender) : null,
    forwarded(message),
    view.quoted && quote(view.quoted, context),
    media,
    words &&
      el(
        "div",
        { class: "words", dir: "auto", "data-foot": footRoom(message, context) },
        formatted(words, entities, context.actions),
      ),
    foot(message, context),
  );
}

function sender(message, name) {
  return el("strong", { class: "sender", "data-tint": tintOf(message.from), dir: "auto" }, name);
}

function forwarded({ forward_origin: origin }) {
  if (!origin) return null;
  const name = origin.sender_user?.first_name ?? origin.sender_user_name ?? "somebody";
  return el("small", { class: "forwarded" }, icon("forward"), el("bdi", {}, name));
}

function quote(quoted, { actions }) {
  return el(
    "button",
    { type: "button", class: "quote", onclick: () => actions.goTo(quoted.id) },
    el("strong", { dir: "auto" }, quoted.name),
    el("span", { dir: "auto" }, quoted.words),
  );
}

function foot(message, { words, user }) {
  const sent = ofSeconds(message.date);
  return el(
    "footer",
    {},
    (message.reactions ?? []).map((reaction) =>
      el("span", { class: "reaction" }, reaction.emoji ?? "★"),
    ),
    message.protect_content ? mark("lock", "Can't be forwarded or saved") : null,
    message.silent ? mark("silent", "Came without a sound") : null,
    message.edit_date
      ? el("span", { title: fullTime(ofSeconds(message.edit_date)) }, words.edited)
      : null,
    el(
      "time",
      { datetime: sent.toISOString(), title: fullTime(sent) },
      clockTime(sent, user.language_code),
    ),
  );
}

/** What is as wide as the foot; style sheets can't ask for its width. */
function footRoom(message, { words, user }) {
  const marks = [message.protect_content, message.silent, ...(message.reactions ?? [])].filter(
    Boolean,
  );
  const edited = message.edit_date ? `${words.edited}\u2003` : "";
  return (
    "\u2003\u2002\u2005".repeat(marks.length) +
    edited +
    clockTime(ofSeconds(message.date), user.language_code)
  );
}

function mark(name, meaning) {
  return el(
    "span",
    { class: "mark", role: "img", title: meaning, "aria-label": meaning },
    icon(name),
  );
}
