/**
 * Everything the agent's screen does, by one key each.
 *
 * Digits go by their place on the keyboard, so that French keyboards need no
 * Shift. They can be turned off (WCAG 2.1.4), and do nothing while typing.
 */

import { toast, wanted } from "./parts.js";
import { answering, select, selected, state } from "./show.js";
import { send } from "./send.js";

let ruling = false;

/**
 * Give a ruling on a card; one at a time.
 * @param {{showing: number, key: number} | null} card
 * @param {string} answer
 * @param {string} reason
 */
export async function ruleOn(card, answer, reason) {
  if (!card || ruling) return;
  ruling = true;
  answering(card.key);
  document.body.dataset.busy = "yes";
  const result = await send("/agent/rule", { showing: card.showing, ruling: answer, reason });
  ruling = false;
  document.body.dataset.busy = "no";
  if (result.ok) return;
  answering(null);
  toast(result.error);
}

/** @param {number} key */
export function choose(key) {
  select({ key });
}

/**
 * Dismiss the alert of a button, or the first one.
 * @param {HTMLElement} [button]
 */
export async function dismissFirst(button) {
  const alert = button ? Number(button.dataset.alert) : state().alerts[0]?.alert;
  if (alert === undefined) return;
  const result = await send("/agent/dismiss", { alert });
  if (!result.ok) toast(result.error);
}

/** @param {KeyboardEvent} event */
export function keyPressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || typing(event.target)) return;
  const dialog = document.querySelector("dialog[open]");
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (event.key === "?" && !dialog) return summon("help-dialog", event);
  if (!wanted("keys-on")) return;
  if (digit) press(dialog ? `#${dialog.id} :is([data-manual], [data-card])` : ".card[data-waits=yes] [data-ruling]", digit);
  else if (!dialog) command(event);
}

/** @param {KeyboardEvent} event */
function command(event) {
  switch (event.key.toLowerCase()) {
    case "arrowdown":
      event.preventDefault();
      return select({ step: 1 });
    case "arrowup":
      event.preventDefault();
      return select({ step: -1 });
    case "n":
      return click("#newcomer");
    case "r":
      return summon("old-dialog", event);
    case "f":
      return summon("forgotten-dialog", event);
    case "m":
      return summon("manual-dialog", event);
    case "c":
      return summon("mode-dialog", event);
    case "e":
      return summon("end-dialog", event);
    case "i":
      return click("[data-way=entry][data-step='1']");
    case "o":
      return click("[data-way=exit][data-step='1']");
    case "x":
      return void dismissFirst();
    case "l":
      return click("#lock-now");
  }
}

/**
 * @param {string} id
 * @param {KeyboardEvent} event
 */
function summon(id, event) {
  event.preventDefault();
  if (id !== "help-dialog" && document.body.dataset.locked === "yes") return;
  click(`[data-open=${id}]`);
}

/**
 * Press the n-th button that a digit stands for.
 * @param {string} buttons
 * @param {string} digit
 */
function press(buttons, digit) {
  /** @type {HTMLElement | undefined} */ (document.querySelectorAll(buttons)[Number(digit) - 1])?.click();
}

/** @param {string} button */
function click(button) {
  const found = document.querySelector(button);
  if (found instanceof HTMLElement && found.checkVisibility()) found.click();
}

/** @param {EventTarget | null} target */
function typing(target) {
  return target instanceof HTMLInputElement && !["radio", "checkbox"].includes(target.type);
}
