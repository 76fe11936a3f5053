// Passkeys: the server offers, the browser asks its owner, the server checks the answer.

// No, and why, in the reader's language.
class Refused extends Error {}
class SignedOut extends Error {}

async function post(address, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Form-Token": document.body.dataset.formToken ?? "",
    },
    body: JSON.stringify(body),
  });
  if (response.status === 401) throw new SignedOut();
  const said = await response.json();
  if (!response.ok) throw new Refused(said.refused);
  return said;
}

async function ask(options, isNew) {
  if (isNew) {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey });
}

async function use(place) {
  const address = place.dataset.passkey;
  const { options, sealed } = await post(`${address}/offer`, {});
  const answer = await ask(options, "new" in place.dataset);
  const next = new URLSearchParams({ next: place.dataset.next ?? "/" });
  const { go } = await post(`${address}?${next}`, { answer: answer.toJSON(), sealed });
  location.assign(go);
}

function reasonOf(error, { dataset }) {
  if (error instanceof Refused && error.message) return error.message;
  // So browsers call it that this device has a passkey of theirs. What fails otherwise says so in a
  // browser's words, or a programmer's.
  return error.name === "InvalidStateError" ? dataset.known : dataset.failed;
}

// Under any other address a browser asks for none, and says why in a programmer's words.
const only = document.querySelector("[data-passkeys-of]");
const here = new URL(only.dataset.passkeysOf).origin === location.origin;
only.hidden = here;

for (const place of here ? document.querySelectorAll("[data-passkey]") : []) {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
  const [button, refusal] = [place.querySelector("button"), place.querySelector("[role=alert]")];
  place.hidden = false;
  button.addEventListener("click", async () => {
    refusal.hidden = true;
    button.disabled = true;
    try {
      await use(place);
    } catch (error) {
      // To the door, and back to this page.
      if (error instanceof SignedOut) return location.reload();
      // Closing the browser's own question is no failure worth a sentence.
      if (error.name !== "NotAllowedError") {
        refusal.textContent = reasonOf(error, place);
        refusal.hidden = false;
      }
    }
    button.disabled = false;
  });
}
