/** The agent's screen: put together what is shown, what is typed and what is touched. */

import { draw, hold, old, select, selected, selectNewest } from "./show.js";
import { listen } from "./link.js";
import { send, wire } from "./send.js";
import { allow, play } from "./sounds.js";
import { element, wanted, toast } from "./parts.js";
import "./below.js";
import "./forgotten.js";
import { choose, dismissFirst, keyPressed, ruleOn } from "./keys.js";

const PRESENCE_MS = 15000; // how often a touch or a key tells the gate that somebody is there
let presence = 0;

listen(`/agent/stream?lang=${document.body.dataset.language}`, {
  state: (state) => {
    const lockedBefore = document.body.dataset.locked === "yes";
    const news = draw(state);
    if (state.locked && !lockedBefore) {
      closeDialogs();
      element("pin").focus();
    }
    if (news && wanted("sound-on")) {
      play(news);
      navigator.vibrate?.(news === "alert" ? [200, 100, 200] : 120);
    }
  },
  cut: (lost) => {
    element("offline").hidden = !lost;
    document.body.dataset.cut = lost ? "yes" : "no";
    if (lost) closeDialogs();
  },
  alive: (works) => {
    element("stalled").hidden = works;
  },
  signedOut: () => location.reload(),
});

document.addEventListener("keydown", (event) => {
  here();
  keyPressed(event);
});
document.addEventListener("pointerdown", here);
for (const kind of ["pointerdown", "keydown", "wheel"]) element("stage").addEventListener(kind, hold, { passive: true });
element("newcomer").addEventListener("click", selectNewest);

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!button) return;
  const { open, ruling, reason, key, manual, way, step } = button.dataset;
  if (open) openDialog(open);
  else if (ruling && reason) await ruleOn(selected(), ruling, reason);
  else if (key) choose(Number(key));
  else if (manual) await admit(manual);
  else if (way) await report(send("/agent/count", { direction: way, step: Number(step) }));
  else if ("dismiss" in button.dataset) await dismissFirst(button);
  else if ("next" in button.dataset) select({ step: 1 });
});

element("lock-now").addEventListener("click", () => report(send("/agent/lock", {})));
element("sign-out").addEventListener("click", async () => {
  await send("/agent/sign-out", {});
  location.reload();
});

const modes = /** @type {HTMLDialogElement} */ (element("mode-dialog"));
modes.addEventListener("close", async () => {
  const mode = new FormData(/** @type {HTMLFormElement} */ (element("mode-form"))).get("mode");
  if (modes.returnValue === "confirm") await report(send("/agent/mode", { mode }));
  modes.returnValue = "";
});

/** @type {number[]} */
let filed = []; // the cards there were when the agent was asked
const filing = /** @type {HTMLDialogElement} */ (element("old-dialog"));
filing.addEventListener("close", async () => {
  if (filing.returnValue === "confirm") await report(send("/agent/rule-left", { showings: filed }));
  filing.returnValue = "";
});

element("end-evacuation").addEventListener("click", async () => {
  const answer = await send("/agent/end-evacuation", {});
  const error = element("end-error");
  if (!answer.ok) error.textContent = answer.error ?? error.dataset.lost ?? "";
  else {
    /** @type {HTMLDialogElement} */ (element("end-dialog")).close();
    toast(answer.said, "done");
  }
});

const lock = document.querySelector("#lock form");
if (lock instanceof HTMLFormElement) wire(lock, () => {});

/** Tell the gate, now and then, that somebody is at the screen. */
function here() {
  void allow();
  if (performance.now() - presence < PRESENCE_MS || document.body.dataset.locked === "yes") return;
  presence = performance.now();
  void send("/agent/alive", {});
}

/** Nothing may stand before the news that the screen is cut off or locked. */
function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog")) dialog.close("cancel");
}

/** @param {string} id */
function openDialog(id) {
  const dialog = /** @type {HTMLDialogElement} */ (element(id));
  element("end-error").textContent = "";
  dialog.showModal();
  if (id === "mode-dialog") checkPresentMode(dialog);
  if (id === "old-dialog") filed = old();
}

/**
 * Begin where things stand: an arrow key then goes to the next mode, Enter changes nothing.
 * @param {HTMLDialogElement} dialog
 */
function checkPresentMode(dialog) {
  for (const choice of dialog.querySelectorAll("input")) {
    choice.checked = choice.value === document.body.dataset.mode;
    if (choice.checked) choice.focus();
  }
}

/** @param {string} reason */
async function admit(reason) {
  /** @type {HTMLDialogElement} */ (element("manual-dialog")).close();
  await report(send("/agent/manual", { reason }));
}

/** @param {ReturnType<typeof send>} sending */
async function report(sending) {
  const answer = await sending;
  if (!answer.ok) toast(answer.error);
  else if (answer.said) toast(answer.said, "done");
}
