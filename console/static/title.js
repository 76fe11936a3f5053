// The title of a page that nobody looks at says that something new is there.

let plain = document.title;
let unseen = false;

function write() {
  document.title = unseen ? `• ${plain}` : plain;
}

export function entitle(title) {
  plain = title;
  write();
}

export function markTitle() {
  unseen = document.hidden;
  write();
}

addEventListener("visibilitychange", () => {
  unseen &&= document.hidden;
  write();
});
