// A small menu at a place on the screen: arrows walk, Escape and a press elsewhere close.

import { el, icon } from "./elements.js";

const MARGIN = 8;

/** `choices`: {icon, label, act, grave?}. `at`: a pointer's event, or the button that opened it. */
export function openMenu(label, choices, at) {
  const opener = document.activeElement;
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label, popover: "auto" });
  menu.append(
    ...choices.map((choice) =>
      el(
        "button",
        {
          type: "button",
          role: "menuitem",
          tabindex: "-1",
          class: choice.grave ? "grave" : undefined,
          onclick: () => {
            menu.hidePopover();
            choice.act();
          },
        },
        icon(choice.icon),
        choice.label,
      ),
    ),
  );
  menu.addEventListener("keydown", (event) => walk(menu, event));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    if (menu.contains(document.activeElement) || document.activeElement === document.body)
      opener?.focus();
    menu.remove();
  });
  document.body.append(menu);
  menu.showPopover();
  put(menu, at);
  menu.firstElementChild.focus();
}

function put(menu, event) {
  const around = event.currentTarget.getBoundingClientRect();
  const byPointer = event.type === "contextmenu" && event.clientX;
  const [x, y] = byPointer ? [event.clientX, event.clientY] : [around.left, around.bottom + 4];
  const { width, height } = menu.getBoundingClientRect();
  const above = byPointer ? y - height : around.top - height - 4;
  const top = y + height + MARGIN > innerHeight ? Math.max(MARGIN, above) : y;
  menu.style.left = `${Math.max(MARGIN, Math.min(x, innerWidth - width - MARGIN))}px`;
  menu.style.top = `${top}px`;
}

function walk(menu, event) {
  const choices = [...menu.children];
  const here = choices.indexOf(document.activeElement);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (next === undefined) return;
  event.preventDefault();
  choices.at(next % choices.length).focus();
}
