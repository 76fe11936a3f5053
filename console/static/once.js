// An impatient press sends nothing twice; where the connection lost it, it can soon be pressed again.
// Without a connection nothing is sent: the browser would put a page of its own in place of what was
// typed.

const PATIENCE = 5000;
const noConnection = document.querySelector("[data-no-connection]");

// A browser that takes itself for offline may be wrong, as on the machine that it asks itself.
async function sendOrSay(form, button) {
  try {
    await fetch("/static/icon.svg", { method: "HEAD", cache: "no-store" });
    form.dataset.reached = "yes";
    form.requestSubmit(button);
  } catch {
    // By keyboard no button is pressed.
    (button ?? form.querySelector("button:not([type])"))?.before(noConnection);
    noConnection.hidden = false;
    noConnection.scrollIntoView({ block: "nearest" });
  }
}
addEventListener("online", () => {
  if (noConnection) noConnection.hidden = true;
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  // It sends nothing, and a dialog may be closed as often as it is opened.
  if (form.method === "dialog") return;
  if (form.dataset.sent) return event.preventDefault();
  if (noConnection && !navigator.onLine && !form.dataset.reached && !event.defaultPrevented) {
    event.preventDefault();
    return sendOrSay(form, event.submitter);
  }
  delete form.dataset.reached;
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, PATIENCE);
});
// The Back button brings the page as it was left, and it may be used again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// What keeps a form from being sent is said, though it lies in a fold: a browser is silent about a
// field that it can't show.
document.addEventListener(
  "invalid",
  (event) => event.target.closest("details:not([open])")?.setAttribute("open", ""),
  true,
);
