// Passkeys: the server offers, the browser asks its owner, the server checks the answer.

// No, and why, in the reader's language.
class Refused extends Error {}

async function post(address, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Form-Token": document.body.dataset.formToken ?? "",
    },
    body: JSON.stringify(body),
  });
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

for (const place of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
  const [button, refusal] = [place.querySelector("button"), place.querySelector("[role=alert]")];
  place.hidden = false;
  button.addEventListener("click", async () => {
    refusal.hidden = true;
    button.disabled = true;
    try {
      await use(place);
    } catch (error) {
      // Closing the browser's own question is no failure worth a sentence.
      if (error.name !== "NotAllowedError") {
        // What failed otherwise says so in a browser's words, or a programmer's.
        refusal.textContent = (error instanceof Refused && error.message) || place.dataset.failed;
        refusal.hidden = false;
      }
    }
    button.disabled = false;
  });
}
