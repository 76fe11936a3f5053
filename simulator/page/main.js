// The page: phones on a table, a clock above them, and a Telegram that can be made to fail.

import { post, watch } from "./api.js";
import { ClockBar } from "./clock.js";
import { ask, readyDialogs } from "./dialogs.js";
import { el, keep } from "./elements.js";
import { FailurePanel } from "./failures.js";
import { LANGUAGES } from "./languages.js";
import { Phone } from "./phone.js";
import { Shelf } from "./shelf.js";

const table = document.getElementById("phones");
const lost = document.getElementById("lost");
const phones = new Map();
const failures = new FailurePanel();
const shelf = new Shelf(() => draw());
const clock = new ClockBar((words) => tell(words));
let state = null;

clock.ticked = (now) => phones.forEach((phone) => phone.tick(now));

function phoneOf(user) {
  if (!phones.has(user.id)) phones.set(user.id, new Phone(user, () => shelf.hide(user.id)));
  return phones.get(user.id);
}

function show(fresh) {
  state = shelf.state = fresh;
  document.title = `Phones with ${state.bot.name}`;
  clock.set(state.now);
  failures.show(state.failures);
  draw();
}

function draw() {
  if (!state) return;
  const { people, current } = shelf;
  keep(
    table,
    people.map((user) => ({ key: user.id, mark: "phone", make: () => phoneOf(user).element })),
  );
  for (const user of people) {
    phoneOf(user).element.toggleAttribute("data-current", user === current);
    phoneOf(user).update(state);
  }
  shelf.draw();
}

function tell(words) {
  lost.replaceChildren(...(words ? [el("p", {}, words)] : []));
}

async function addPhone() {
  const given = await ask("new-phone");
  if (!given) return;
  const user = await post("users", given);
  shelf.show(user.id);
}

readyDialogs();
document.getElementById("add-phone").addEventListener("click", addPhone);
document
  .querySelector("#new-phone select")
  .append(
    ...Object.entries(LANGUAGES).map(([code, name]) =>
      el("option", { value: code, lang: code }, name),
    ),
  );
table.addEventListener("focusin", (event) => {
  const phone = event.target.closest(".phone");
  if (phone) shelf.chosen = Number(phone.dataset.user);
});

watch({
  onState: show,
  onAnswer: (answer) => phones.get(answer.user_id)?.answered(answer),
  onConnection: (there) => tell(there ? "" : "The simulator doesn't answer. Trying again …"),
});
