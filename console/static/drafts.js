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

function keep(lines) {
  if (lines.length) sessionStorage.setItem(KEPT, JSON.stringify({ whose, lines }));
  else sessionStorage.removeItem(KEPT);
}

const notHere = () => waiting.filter((line) => !fieldOf(line));

export function keepHalfWritten(sent) {
  const here = [...document.querySelectorAll(WORDS)]
    .filter((field) => field.form && field.form !== sent && field.value.trim())
    .map(({ id, form, value, defaultValue }) => {
      return { id, action: form.getAttribute("action"), value, was: defaultValue };
    });
  keep([...notHere(), ...here]);
}

// Never over what somebody typed there, or what the page says by now: below what was taken back into
// a field that had been empty.
function giveBack(field, { value, was }) {
  const now = field.defaultValue;
  if (field.value !== now || (was && now && now !== was)) return;
  field.value = was || !now || now === value ? value : `${now}\n${value}`;
  if (value !== now) field.closest("details")?.setAttribute("open", "");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

if (whose) {
  for (const line of waiting) if (fieldOf(line)) giveBack(fieldOf(line), line);
  keep(notHere());
  addEventListener("submit", (event) => keepHalfWritten(event.target));
}
