// An impatient press sends nothing twice; where the connection lost it, it can soon be pressed again.

const PATIENCE = 5000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, PATIENCE);
});
// The Back button brings the page as it was left, and it may be used again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
