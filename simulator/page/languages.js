// What a phone itself says, in its owner's language. Whoever works the page reads English: labels,
// hints and menus are for them.

const RIGHT_TO_LEFT = new Set(["ar", "ckb", "fa", "he", "prs", "ps", "sd", "ug", "ur"]);

/** Each in its own words; browsers do not know them all. */
export const LANGUAGES = {
  en: "English",
  fr: "Français",
  sq: "Shqip",
  ar: "العربية",
  uk: "Українська",
  de: "Deutsch",
  es: "Español",
  fa: "فارسی",
  ka: "ქართული",
  ps: "پښتو",
  ru: "Русский",
  sr: "Srpski",
  tr: "Türkçe",
  ur: "اردو",
};

const WORDS = {
  en: {
    message: "Message",
    menu: "Menu",
    start: "Start",
    unblock: "Unblock",
    edited: "edited",
    bot: "bot",
    chats: "Chats",
    general: "General",
    photo: "Photo",
    voice: "Voice message",
    document: "File",
    location: "Location",
    contact: "Contact",
    you: "You",
    ok: "OK",
    empty: "No messages yet",
    members: "Members",
  },
  fr: {
    message: "Message",
    menu: "Menu",
    start: "Démarrer",
    unblock: "Débloquer",
    edited: "modifié",
    bot: "bot",
    chats: "Discussions",
    general: "Général",
    photo: "Photo",
    voice: "Message vocal",
    document: "Fichier",
    location: "Position",
    contact: "Contact",
    you: "Vous",
    ok: "OK",
    empty: "Pas encore de messages",
    members: "Membres",
  },
  sq: {
    message: "Mesazh",
    menu: "Menyja",
    start: "Nis",
    unblock: "Zhblloko",
    edited: "redaktuar",
    bot: "robot",
    chats: "Bisedat",
    general: "Të përgjithshme",
    photo: "Foto",
    voice: "Mesazh zanor",
    document: "Skedar",
    location: "Vendndodhje",
    contact: "Kontakt",
    you: "Ju",
    ok: "OK",
    empty: "Ende pa mesazhe",
    members: "Anëtarë",
  },
  ar: {
    message: "رسالة",
    menu: "القائمة",
    start: "ابدأ",
    unblock: "إلغاء الحظر",
    edited: "معدّلة",
    bot: "بوت",
    chats: "المحادثات",
    general: "عام",
    photo: "صورة",
    voice: "رسالة صوتية",
    document: "ملف",
    location: "موقع",
    contact: "جهة اتصال",
    you: "أنت",
    ok: "حسنًا",
    empty: "لا توجد رسائل بعد",
    members: "الأعضاء",
  },
  uk: {
    message: "Повідомлення",
    menu: "Меню",
    start: "Почати",
    unblock: "Розблокувати",
    edited: "змінено",
    bot: "бот",
    chats: "Чати",
    general: "Загальне",
    photo: "Фото",
    voice: "Голосове повідомлення",
    document: "Файл",
    location: "Місце",
    contact: "Контакт",
    you: "Ви",
    ok: "Гаразд",
    empty: "Ще немає повідомлень",
    members: "Учасники",
  },
};

export function wordsIn(language) {
  return WORDS[language.split("-")[0]] ?? WORDS.en;
}

export function directionOf(language) {
  return RIGHT_TO_LEFT.has(language.split("-")[0]) ? "rtl" : "ltr";
}

export function nameOf(language) {
  return LANGUAGES[language.split("-")[0]] ?? language;
}
