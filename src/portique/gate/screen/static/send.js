/** Requests that change something: one way, with the page's own token. */

const language = document.body.dataset.language ?? "fr";

/**
 * Send a request and return what the gate answers.
 * @param {string} path
 * @param {Record<string, unknown>} body
 * @returns {Promise<{ok: boolean, status: number, error?: string, said?: string, people?: any[]}>} status 0: no answer
 */
export async function send(path, body) {
  try {
    const answer = await fetch(`${path}?lang=${language}`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-Portique-Token": document.body.dataset.token ?? "",
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(8000),
    });
    return { ...(await answer.json()), ok: answer.ok, status: answer.status };
  } catch {
    return { ok: false, status: 0 };
  }
}

/**
 * Have a form send its fields as one object, and say what was wrong.
 * @param {HTMLFormElement} form
 * @param {() => void} done
 */
export function wire(form, done) {
  const error = form.querySelector("[data-error]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await send(form.dataset.post ?? "", Object.fromEntries(new FormData(form)));
    for (const field of form.querySelectorAll("[data-digits]")) {
      if (field instanceof HTMLInputElement) {
        field.value = "";
        field.setAttribute("aria-invalid", String(!answer.ok));
        if (!answer.ok) field.focus();
      }
    }
    if (error instanceof HTMLElement) {
      error.textContent = answer.ok ? "" : (answer.error ?? error.dataset.lost ?? "");
    }
    if (answer.ok) done();
  });
  for (const key of form.querySelectorAll(".keypad button")) {
    key.addEventListener("click", () => press(form, /** @type {HTMLElement} */ (key)));
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} key
 */
function press(form, key) {
  const field = form.querySelector("[data-digits]");
  if (!(field instanceof HTMLInputElement)) return;
  field.value = "erase" in key.dataset ? field.value.slice(0, -1) : field.value + key.dataset.digit;
}
