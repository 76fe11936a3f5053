// What stands half-written in the other forms of a page outlives the sending of one, whatever comes of
// that. It lies in this tab alone, for whoever wrote it, until its field is there again.

const KEPT = "wayhome-half-written";
// What browsers are told to complete nowhere is kept nowhere, either.
const WORDS = "textarea[id], input[dir=auto][id]:not([type=search], [autocomplete])";

const whose = document.querySelector(".self a[href='/account']")?.title;
const kept = JSON.parse(sessionStorage.getItem(KEPT));
const waiting = kept && kept.whose === whose ? kept.lines : [];

const fieldOf = ({ id, action }) => {
  const field = document.getElementById(id);
  return field?.form?.getAttribute("action") === action ? field : null;
};

export const forgetHalfWritten = () => keep(notHere());

function keep(lines) {
  if (lines.length) sessionStorage.setItem(KEPT, JSON.stringify({ whose, lines }));
  else sessionStorage.removeItem(KEPT);
}

const notHere = () => waiting.filter((line) => !fieldOf(line));

// What is chosen beside words says when they go, and whether they may: it comes back with them. What
// has to be said anew each time does not.
const BESIDE = "input[type=checkbox]:not([required]), input[type=datetime-local]";

function chosenBeside(form) {
  return [...form.querySelectorAll(BESIDE)]
    .filter((each) => (each.type === "checkbox" ? each.checked : each.value))
    .map(({ name, value }) => ({ name, value }));
}

// `brokenOff`: its words were on their way, and nobody knows yet whether they arrived.
export function keepHalfWritten(sent, brokenOff) {
  const here = [...document.querySelectorAll(WORDS)]
    .filter((field) => field.form && field.form !== sent && field.value.trim())
    .map(({ id, form, value, defaultValue }) => {
      const action = form.getAttribute("action");
      const begun = form === brokenOff;
      return { id, action, value, was: defaultValue, begun, beside: chosenBeside(form) };
    });
  keep([...notHere(), ...here]);
}

// What was on its way, and stands on the page as said or noted, has arrived.
export function saidAlready() {
  const ours = document.querySelectorAll("#talk :is(.ours, .noted) .bubble");
  return new Set([...ours].map((bubble) => bubble.textContent.trim()));
}

function choose(form, { name, value }) {
  for (const each of form.querySelectorAll(BESIDE)) {
    if (each.name !== name || (each.type === "checkbox" && each.value !== value)) continue;
    if (each.type === "checkbox") each.checked = true;
    else each.value = value;
    each.closest("details")?.setAttribute("open", "");
  }
}

// Never over what somebody typed there, or what the page says by now: below what was taken back into
// a field that had been empty.
function giveBack(field, { value, was, beside = [] }) {
  const now = field.defaultValue;
  if (field.value !== now || (was && now && now !== was)) return;
  field.value = was || !now || now === value ? value : `${now}\n${value}`;
  if (value !== now) {
    field.closest("details")?.setAttribute("open", "");
    for (const each of beside) choose(field.form, each);
  }
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

if (whose) {
  const said = saidAlready();
  for (const line of waiting) {
    const hasArrived = line.begun && said.has(line.value.trim());
    if (fieldOf(line) && !hasArrived) giveBack(fieldOf(line), line);
  }
  keep(notHere());
  addEventListener("submit", (event) => keepHalfWritten(event.target));
}
