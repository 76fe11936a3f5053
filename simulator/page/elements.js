// Building elements, and bringing lists of them up to date. Words only ever become text nodes.

const SVG = "http://www.w3.org/2000/svg";

/** Attributes by name, listeners as on…; false and undefined leave an attribute out. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child || child === 0));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A button that shows only an icon, and says what it does to whoever can't see or guess it. */
export function iconButton(name, label, onclick, attributes = {}) {
  const looks = { type: "button", class: "icon-button", title: label, "aria-label": label };
  return el("button", { ...looks, onclick, ...attributes }, icon(name));
}

const marks = new WeakMap();

/**
 * Lets `parent` show `items`, in their order: {key, mark, make}. An element whose mark is as
 * before stays untouched, so that scroll, focus and a voice that plays go on.
 */
export function keep(parent, items, leave = (element) => element.remove()) {
  const wanted = new Set(items.map((item) => String(item.key)));
  const known = new Map();
  for (const element of [...parent.children]) {
    const key = element.dataset.key;
    if (wanted.has(key)) known.set(key, element);
    else if (key !== undefined) {
      delete element.dataset.key;
      leave(element);
    }
  }
  let place = parent.firstElementChild;
  for (const item of items) {
    while (place && place.dataset.key === undefined) place = place.nextElementSibling;
    let element = known.get(String(item.key));
    if (!element || marks.get(element) !== item.mark) {
      const fresh = item.make(element);
      fresh.dataset.key = item.key;
      marks.set(fresh, item.mark);
      if (element) swap(element, fresh);
      if (element && place === element) place = fresh;
      element = fresh;
    }
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
}

/** Focus inside the old element moves to what stands for it in the new one. */
function swap(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(fresh);
  if (!focused) return;
  const same =
    focused.dataset.focus && fresh.querySelector(`[data-focus="${focused.dataset.focus}"]`);
  (same || fresh).focus({ preventScroll: true });
}
