// What a phone itself says, in its owner's language. Whoever works the page reads English: labels,
// hints and menus are for them.

const RIGHT_TO_LEFT = new Set(["ar", "ckb", "fa", "he", "prs", "ps", "sd", "ug", "ur"]);

export const LANGUAGES = ["en", "fr", "sq", "ar", "uk", "de", "es", "fa", "ps", "ru", "sr", "tr", "ur"];

const WORDS = {
  en: { message: "Message", menu: "Menu", start: "Start", unblock: "Unblock", edited: "edited", bot: "bot", chats: "Chats", general: "General", photo: "Photo", voice: "Voice message", document: "File", location: "Location", contact: "Contact", you: "You", ok: "OK", empty: "No messages yet" },
  fr: { message: "Message", menu: "Menu", start: "Démarrer", unblock: "Débloquer", edited: "modifié", bot: "bot", chats: "Discussions", general: "Général", photo: "Photo", voice: "Message vocal", document: "Fichier", location: "Position", contact: "Contact", you: "Vous", ok: "OK", empty: "Pas encore de messages" },
  sq: { message: "Mesazh", menu: "Menyja", start: "Nis", unblock: "Zhblloko", edited: "redaktuar", bot: "robot", chats: "Bisedat", general: "Të përgjithshme", photo: "Foto", voice: "Mesazh zanor", document: "Skedar", location: "Vendndodhje", contact: "Kontakt", you: "Ju", ok: "OK", empty: "Ende pa mesazhe" },
  ar: { message: "رسالة", menu: "القائمة", start: "ابدأ", unblock: "إلغاء الحظر", edited: "معدّلة", bot: "بوت", chats: "المحادثات", general: "عام", photo: "صورة", voice: "رسالة صوتية", document: "ملف", location: "موقع", contact: "جهة اتصال", you: "أنت", ok: "حسنًا", empty: "لا توجد رسائل بعد" },
  uk: { message: "Повідомлення", menu: "Меню", start: "Почати", unblock: "Розблокувати", edited: "змінено", bot: "бот", chats: "Чати", general: "Загальне", photo: "Фото", voice: "Голосове повідомлення", document: "Файл", location: "Місце", contact: "Контакт", you: "Ви", ok: "Гаразд", empty: "Ще немає повідомлень" },
};

export function wordsIn(language) {
  return WORDS[language.split("-")[0]] ?? WORDS.en;
}

export function directionOf(language) {
  return RIGHT_TO_LEFT.has(language.split("-")[0]) ? "rtl" : "ltr";
}

/** In its own words, as in a list of languages on a phone. */
export function nameOf(language) {
  return new Intl.DisplayNames([language], { type: "language" }).of(language);
}
