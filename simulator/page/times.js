// Times as phones write them, in the time zone of this computer. Bot API dates are in seconds.

/** Where the browser does not know the language: in figures, rather than in another language. */
function inWords(language, options) {
  if (known(language)) return new Intl.DateTimeFormat(language, options);
  return new Intl.DateTimeFormat("de", options.hour ? options : { dateStyle: "medium" });
}

function known(language) {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language).length > 0;
  } catch {
    return false; // no language at all
  }
}

const cache = new Map();

function formatter(language, name, options) {
  const key = `${language} ${name}`;
  if (!cache.has(key)) cache.set(key, inWords(language, options));
  return cache.get(key);
}

export function clockTime(date, language) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return formatter(language, "time", options).format(date);
}

export function dayName(date, language) {
  const options = { weekday: "long", day: "numeric", month: "long" };
  return formatter(language, "day", options).format(date);
}

export function shortDay(date, language) {
  return formatter(language, "short", { day: "numeric", month: "short" }).format(date);
}

export function fullTime(date, language = "en-GB") {
  const options = {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  };
  return formatter(language, "full", options).format(date);
}

export function ofSeconds(seconds) {
  return new Date(seconds * 1000);
}

export function sameDay(one, other) {
  return one.toDateString() === other.toDateString();
}

/** As minutes:seconds. */
export function length(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
