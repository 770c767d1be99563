// Passkeys. A form says in data-passkey whether it wants to "create" or "get" one, and in data-begin where the server
// tells what is asked; the answer goes back in its hidden field "credential". Without this such a form stays hidden.
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const ids = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const creation = (o) => PublicKeyCredential.parseCreationOptionsFromJSON?.(o) ?? {
    ...o,
    challenge: bytes(o.challenge),
    user: { ...o.user, id: bytes(o.user.id) },
    excludeCredentials: ids(o.excludeCredentials),
  };
  const request = (o) => PublicKeyCredential.parseRequestOptionsFromJSON?.(o) ?? {
    ...o,
    challenge: bytes(o.challenge),
    allowCredentials: ids(o.allowCredentials),
  };
  const json = (c) => {
    if (c.toJSON) return c.toJSON();
    const r = c.response, response = { clientDataJSON: text(r.clientDataJSON) };
    if (r.attestationObject) {
      response.attestationObject = text(r.attestationObject);
      response.transports = r.getTransports?.() ?? [];
    } else {
      response.authenticatorData = text(r.authenticatorData);
      response.signature = text(r.signature);
      if (r.userHandle) response.userHandle = text(r.userHandle);
    }
    return {
      id: c.id,
      rawId: text(c.rawId),
      type: c.type,
      response,
      clientExtensionResults: c.getClientExtensionResults(),
    };
  };
  const asked = async (begin) => {
    const answer = await fetch(begin, { method: "POST" });
    if (!answer.ok) throw new Error(`${begin} answered ${answer.status}`);
    return (await answer.json()).publicKey;
  };

  const forms = [...document.querySelectorAll("form[data-passkey]")];
  // An answer is good once: who comes back to the page must not send the old one, which browsers keep in the field.
  addEventListener("pageshow", () => forms.forEach((form) => (form.elements.credential.value = "")));
  document.querySelectorAll("[data-without-passkey]").forEach((hint) => (hint.hidden = true));
  for (const form of forms) {
    form.hidden = false;
    // Heard before any other listener of the form, so that only the second, real sending is one for them.
    form.addEventListener("submit", async (event) => {
      const field = form.elements.credential, said = form.querySelector("[role=status]");
      if (field.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (form.dataset.asking) return;
      form.dataset.asking = "yes";
      said.textContent = "";
      try {
        const publicKey = await asked(form.dataset.begin);
        const credential = form.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey: creation(publicKey) })
          : await navigator.credentials.get({ publicKey: request(publicKey) });
        field.value = JSON.stringify(json(credential));
      } catch (error) {
        // InvalidStateError: this device has a key here already. NotAllowedError: the person said no, or time ran out.
        said.textContent = form.dataset[error.name === "InvalidStateError" ? "saidKnown" : "saidNot"] ?? "";
        return;
      } finally {
        delete form.dataset.asking;
      }
      form.requestSubmit();
    }, { capture: true });
  }
})();
