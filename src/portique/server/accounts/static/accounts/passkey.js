// Passkeys: ask the browser, put its answer into the form, send the form.
// A form names what it does (data-passkey: get, create) and where its options are: in the page
// (data-given) or at an address (data-options).

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function named(list) {
  return (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
}

async function options(form) {
  const { given, options: address } = form.dataset;
  if (given) return JSON.parse(document.getElementById(given).textContent);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no options");
  return answer.json();
}

async function create({ publicKey }) {
  const selection = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: named(publicKey.excludeCredentials),
      authenticatorSelection: { ...publicKey.authenticatorSelection, ...selection },
    },
  });
}

async function get({ publicKey }) {
  const challenge = bytes(publicKey.challenge);
  const allowCredentials = named(publicKey.allowCredentials);
  return navigator.credentials.get({ publicKey: { ...publicKey, challenge, allowCredentials } });
}

function plain(credential) {
  const { id, type, authenticatorAttachment, response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    answer.attestationObject = text(response.attestationObject);
    answer.transports = response.getTransports?.() ?? [];
  } else {
    answer.authenticatorData = text(response.authenticatorData);
    answer.signature = text(response.signature);
    answer.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return {
    id,
    type,
    rawId: text(credential.rawId),
    authenticatorAttachment,
    response: answer,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function ask(form) {
  for (const each of form.querySelectorAll(".error")) each.hidden = true;
  try {
    const asked = await options(form);
    const credential =
      form.dataset.passkey === "create"
        ? await create(asked.creation_options)
        : await get(asked.request_options);
    form.elements.credential.value = JSON.stringify(plain(credential));
    form.submit();
  } catch (fault) {
    complaintOf(form, fault.name).hidden = false;
  }
}

// Each sentence names the browser's faults that it is for (data-faults); the one without is for all others.
function complaintOf(form, name) {
  return form.querySelector(`.error[data-faults~="${name}"]`) ?? form.querySelector(".error:not([data-faults])");
}

// Browsers refuse passkeys to pages without a name: those at an address of digits.
const isNumbered = /^[\d.]+$|^\[/.test(location.hostname);

if (isNumbered) {
  for (const note of document.querySelectorAll("[data-without-passkeys]")) note.hidden = true;
  for (const note of document.querySelectorAll("[data-without-name]")) note.hidden = false;
} else if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.querySelector("button").addEventListener("click", () => ask(form));
  }
  for (const note of document.querySelectorAll("[data-without-passkeys]")) note.hidden = true;
}
