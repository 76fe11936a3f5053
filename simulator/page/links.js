// Links into the bot, as invites carry them.

const CODE = /^[A-Za-z0-9_-]{1,64}$/;
const TELEGRAM = /^(?:https?:\/\/)?(?:t\.me|telegram\.me)\/(\w+)\/?(?:\?(.*))?$/i;

/** What /start is to carry; null where this leads elsewhere. */
export function startCode(link, bot) {
  const words = link.trim().replace(/^\/start\s*/, "");
  if (CODE.test(words)) return words;
  const [, username, query] = TELEGRAM.exec(words) ?? [];
  if (username?.toLowerCase() !== bot.username.toLowerCase()) return null;
  return new URLSearchParams(query ?? "").get("start") ?? "";
}
