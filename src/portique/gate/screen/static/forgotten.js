/** The forgotten card: letters and class, a name, done. No name stays when the dialog closes. */

import { element, filled, toast } from "./parts.js";
import { send } from "./send.js";

const dialog = /** @type {HTMLDialogElement} */ (element("forgotten-dialog"));
const form = /** @type {HTMLFormElement} */ (element("forgotten-form"));
const candidates = element("candidates");
let asked = 0; // an answer that comes after another question, or after the end, names nobody

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const mine = ++asked;
  const { letters, label } = Object.fromEntries(new FormData(form));
  const answer = await send("/agent/find-forgotten", { letters, label });
  if (mine !== asked) return;
  say(answer);
  list(answer.people ?? []);
  candidates.querySelector("button")?.focus();
});

candidates.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!button || dialog.dataset.busy === "yes") return;
  dialog.dataset.busy = "yes";
  const reason = new FormData(form).get("reason");
  const answer = await send("/agent/forgotten", { card: button.dataset.card, reason });
  dialog.dataset.busy = "no";
  if (!answer.ok) return say(answer);
  dialog.close();
  toast(answer.said, "done");
});

dialog.addEventListener("close", () => {
  asked += 1;
  form.reset();
  say({ ok: true });
  list([]);
});

/** @param {{ok: boolean, error?: string}} answer */
function say(answer) {
  const place = element("forgotten-error");
  place.textContent = answer.ok ? "" : (answer.error ?? place.dataset.lost ?? "");
}

/** @param {{card: string, name: string, label: string}[]} people */
function list(people) {
  candidates.hidden = people.length === 0;
  candidates.replaceChildren(
    ...people.map((one, place) => {
      const made = filled("candidate-template", { ...one, number: place + 1 });
      const button = /** @type {HTMLElement} */ (made.querySelector("[data-card]"));
      button.dataset.card = one.card;
      return made;
    }),
  );
}
