/**
 * Draw the board. What waits stays where it is: the selected card changes only
 * when the agent chooses another or the card is gone, and never under a finger.
 */

import { changed, element, fill, filled, relist } from "./parts.js";

/**
 * @typedef {Record<string, any> & {key: number, showing: number, outcome: string}} Card
 */

const STEADY_MS = 700; // after the card under a finger changed, presses meant for the other are ignored

/** @type {any} */
let board = { waiting: [], recent: [], alerts: [], locked: true };
/** @type {number | null} */
let key = null;
let steadyFrom = 0;
let known = new Set();
let first = true;

/**
 * Return the card that rulings apply to; null while nothing may be ruled on.
 * @returns {Card | null}
 */
export function selected() {
  if (board.locked || performance.now() < steadyFrom) return null;
  return board.waiting.find((/** @type {Card} */ card) => card.key === key) ?? null;
}

/** @returns {any} The newest state. */
export function state() {
  return board;
}

/**
 * Select a waiting card, or the next (+1) or previous (-1) one.
 * @param {{key?: number, step?: number}} which
 */
export function select(which) {
  const keys = board.waiting.map((/** @type {Card} */ card) => card.key);
  const place = which.step === undefined ? keys.indexOf(which.key) : keys.indexOf(key) + which.step;
  if (keys.length) key = keys[(place + keys.length) % keys.length];
  stage();
}

/**
 * Draw a state; return the sound it deserves.
 * @param {any} state
 * @returns {"agent" | "alert" | null}
 */
export function draw(state) {
  board = state;
  document.body.dataset.mode = state.mode.code;
  document.body.dataset.locked = state.locked ? "yes" : "no";
  element("lock").hidden = !state.locked;
  const present = state.waiting.some((/** @type {Card} */ card) => card.key === key);
  if (!present) {
    if (key !== null) steadyFrom = performance.now() + STEADY_MS;
    key = state.waiting[0]?.key ?? null;
  }
  stage();
  side();
  surroundings();
  return news();
}

/** The biggest part: the selected card, or the last one who passed, or calm. */
function stage() {
  const waiting = board.waiting.find((/** @type {Card} */ card) => card.key === key);
  const shown = waiting ?? board.recent[0] ?? null;
  const place = element("stage");
  if (changed(place, [shown, Boolean(waiting)])) {
    place.querySelector(".card")?.remove();
    element("calm").hidden = Boolean(shown);
    if (shown) place.append(card(shown, Boolean(waiting)));
  }
  for (const line of document.querySelectorAll("#waiting [data-key]")) {
    line.setAttribute("aria-current", String(Number(line.getAttribute("data-key")) === key));
  }
}

/**
 * @param {Card} values
 * @param {boolean} waits
 */
function card(values, waits) {
  const made = filled("card-template", values);
  made.dataset.outcome = values.ruled ? (values.ruled === "admit" ? "grant" : "refuse") : values.outcome;
  made.dataset.waits = waits ? "yes" : "no";
  return made;
}

function side() {
  relist(element("waiting"), board.waiting, (values) => {
    const made = line("waiting-template", values);
    const button = /** @type {HTMLElement} */ (made.querySelector("button"));
    button.dataset.key = String(values.key);
    button.setAttribute("aria-current", String(values.key === key));
    return made;
  });
  relist(element("recent"), board.recent, (values) => line("recent-template", values));
  element("waiting-count").textContent = String(board.waiting.length);
  element("queue").hidden = board.waiting.length < 2;
  fill(element("queue"), { count: board.waiting.length });
  element("waiting-none").hidden = board.waiting.length > 0;
  element("recent-none").hidden = board.recent.length > 0;
  element("set-aside").hidden = !board.setAside;
  element("set-aside").textContent = board.setAside ?? "";
}

/**
 * @param {string} template
 * @param {Card} values
 */
function line(template, values) {
  const shortName = values.name ?? values.nameless ?? values.outcomeWord;
  const made = filled(template, { ...values, shortName });
  made.dataset.outcome = values.ruled ? (values.ruled === "admit" ? "grant" : "refuse") : values.outcome;
  return made;
}

function surroundings() {
  for (const place of document.querySelectorAll("[data-count]")) {
    place.textContent = String(board.counts[place.getAttribute("data-count") ?? ""]);
  }
  fill(/** @type {HTMLElement} */ (document.querySelector(".tools")), board.mode);
  element("mode-badge").hidden = board.mode.code === "control";
  fill(element("mode-badge"), board.mode);
  element("fresh").dataset.state = board.freshness.state;
  fill(element("fresh"), board.freshness);
  relist(element("parts"), board.freshness.parts, (part) => {
    const made = filled("part-template", part);
    made.dataset.state = part.state;
    return made;
  });
  relist(element("faults"), board.faults, (fault) => filled("fault-template", fault));
  relist(element("alerts"), board.alerts, (alert) => {
    const made = filled("alert-template", alert);
    const button = /** @type {HTMLElement} */ (made.querySelector("[data-dismiss]"));
    button.dataset.alert = String(alert.alert);
    return made;
  });
  element("posture").hidden = !board.posture;
  if (board.posture) fill(element("posture"), board.posture);
}

/**
 * Say aloud what is new (for a screen reader) and return the sound it deserves.
 * @returns {"agent" | "alert" | null}
 */
function news() {
  const alerts = board.alerts.filter((/** @type {any} */ each) => !known.has(`a${each.alert}`));
  const cards = board.waiting.filter((/** @type {Card} */ each) => !known.has(`c${each.showing}`));
  known = new Set([
    ...board.alerts.map((/** @type {any} */ each) => `a${each.alert}`),
    ...board.waiting.map((/** @type {Card} */ each) => `c${each.showing}`),
  ]);
  const newest = cards.at(-1);
  if (newest) {
    const said = [newest.outcomeWord, newest.name ?? newest.nameless, newest.label, ...newest.reasons];
    element("announce").textContent = said.filter(Boolean).join(". ");
  }
  const quiet = first;
  first = false;
  if (quiet) return null;
  return alerts.length ? "alert" : cards.length ? "agent" : null;
}
