// The focus stays where it was while a newer part of a page takes the place of an older one.

const WORKED = "a, button, audio, summary";
const nameOf = (node) =>
  [node.tagName, node.form?.getAttribute("action") ?? node.getAttribute("href") ?? node.src].join();

export function keepFocus(place, change) {
  const held = document.activeElement;
  const wanted = place.contains(held) && nameOf(held);
  change();
  if (!wanted || held.isConnected) return;
  [...place.querySelectorAll(WORKED)]
    .find((node) => nameOf(node) === wanted)
    ?.focus({ preventScroll: true });
}
