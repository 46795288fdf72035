/**
 * Draw the board. The stage follows whoever came last, for that is who stands
 * at the gate; a card the agent chose or touched stays until it is answered or
 * left alone for a while, and whoever comes meanwhile is told of above it.
 */

import { changed, element, fill, filled, relist, toast } from "./parts.js";

/**
 * @typedef {Record<string, any> & {key: number, showing: number, outcome: string}} Card
 */

const STEADY_MS = 700; // after the card under a finger changed, presses meant for the other are ignored
const REPLACED_MS = 1500; // longer if it changed by itself, while it was being read
const HOLD_MS = 15000; // without a touch, the agent has left the card

/** @type {any} */
let board = { waiting: [], recent: [], alerts: [], locked: true };
/** @type {number | null} */
let key = null;
/** @type {number | null} */
let answered = null; // the card this page sent an answer for, until the board shows that answer
/** @type {number | null} */
let last = null; // the card of the last answer the board has shown
let steadyFrom = 0;
let heldUntil = 0; // until when the card on the stage is the agent's own choice
let met = 0; // the newest showing that was on the stage, or that the agent saw there was
/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let steadying;
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
  const from = which.step === -1 ? Math.max(0, keys.indexOf(key)) : keys.indexOf(key);
  const place = which.step === undefined ? keys.indexOf(which.key) : from + which.step;
  if (keys.length) key = keys[(place + keys.length) % keys.length];
  hold();
  if (key === newest()?.key) meet();
  stage();
  newcomer();
}

/** Keep the card on the stage for a while: the agent is at it. */
export function hold() {
  heldUntil = performance.now() + HOLD_MS;
  clearTimeout(leaving);
  leaving = setTimeout(() => {
    follow();
    stage();
    newcomer();
  }, HOLD_MS);
}

/** Go to whoever came last. */
export function selectNewest() {
  const last = newest();
  if (last) select({ key: last.key });
}

/** @returns {number[]} The showings of the cards that nobody stands behind any more. */
export function old() {
  return board.waiting.filter((/** @type {Card} */ card) => card.old).map((/** @type {Card} */ card) => card.showing);
}

/** @returns {Card | undefined} Whoever came last, as far as anybody is still there. */
function newest() {
  return board.waiting.find((/** @type {Card} */ card) => !card.old);
}

function meet() {
  met = Math.max(met, newest()?.showing ?? 0);
}

/**
 * Remember which card an answer is on its way for; null: it was not taken.
 * @param {number | null} asked
 */
export function answering(asked) {
  answered = asked;
}

/**
 * Draw a state; return the sound it deserves.
 * @param {any} state
 * @returns {"agent" | "alert" | null}
 */
export function draw(state) {
  board = state;
  document.body.dataset.mode = state.mode.code;
  element("lane").textContent = state.lane;
  document.body.dataset.locked = state.locked ? "yes" : "no";
  element("lock").hidden = !state.locked;
  follow();
  side();
  stage();
  newcomer();
  surroundings();
  return news();
}

/** Go on to whoever came last: at once, or when the agent has done with the card on the stage. */
function follow() {
  const is = (/** @type {Card} */ card) => card.key === key;
  const before = key;
  const waits = board.waiting.some(is);
  const settled = board.recent.some(is) && board.waiting.length > 0;
  const done = !waits && (key === answered || !settled);
  const held = waits && performance.now() < heldUntil;
  const came = (newest()?.showing ?? 0) > met;
  const past = board.waiting.some((/** @type {Card} */ card) => is(card) && card.old);
  if (done || (!held && (came || past))) {
    key = newest()?.key ?? null;
    meet();
  }
  if (key !== before) heldUntil = 0;
  if (!first && (key !== before || (!waits && known.has(`k${before}`)))) {
    steady(waits ? REPLACED_MS : STEADY_MS);
  }
  trace();
}

/**
 * Let no press through for a moment, and show it.
 * @param {number} duration
 */
function steady(duration) {
  steadyFrom = performance.now() + duration;
  document.body.dataset.steady = "yes";
  clearTimeout(steadying);
  steadying = setTimeout(() => {
    document.body.dataset.steady = "no";
  }, duration);
}

/** Tell of whoever came while the agent is at another card, without moving that one. */
function newcomer() {
  const last = newest();
  const place = element("newcomer");
  place.hidden = board.locked || !last || last.showing <= met;
  if (last) fill(place, { name: last.name ?? last.nameless });
}

/** Say what this page answered last, once the board shows it: it cannot be undone, so it is seen. */
function trace() {
  const news = board.recent.some((/** @type {Card} */ card) => card.key === answered);
  if (news) [last, answered] = [answered, null];
  const done = board.recent.find((/** @type {Card} */ card) => card.key === last);
  const said = done && !board.locked ? [done.name ?? done.nameless, done.ruledBy, done.time] : [];
  const words = said.filter(Boolean).join(" · ");
  const place = element("last");
  if (changed(place, words)) place.textContent = words;
  if (news && words && !place.checkVisibility()) toast(words, "done");
}

/** The biggest part: the selected card, or the last one who passed, or calm. */
function stage() {
  const is = (/** @type {Card} */ card) => card.key === key;
  const waiting = board.waiting.find(is);
  const shown = waiting ?? board.recent.find(is) ?? board.recent[0] ?? null;
  const place = element("stage");
  if (changed(place, [shown, Boolean(waiting), board.waiting.length > 0])) {
    const former = place.querySelector(".card");
    const made = shown && card(shown, Boolean(waiting));
    former?.remove();
    element("calm").hidden = Boolean(shown);
    if (made) place.append(made);
    if (waiting && former?.getAttribute("data-key") !== String(key)) toTop();
  }
  for (const line of document.querySelectorAll(".waiting [data-key]")) {
    const current = Number(line.getAttribute("data-key")) === key;
    line.setAttribute("aria-current", String(current));
    if (current) bringIntoList(/** @type {HTMLElement} */ (line));
  }
}

/** A card is read from its top, wherever the agent had scrolled to. */
function toTop() {
  for (const box of document.querySelectorAll(".scroll, .centre")) box.scrollTop = 0;
}

/**
 * Scroll the list, and nothing else, as little as shows the line.
 * @param {HTMLElement} line
 */
function bringIntoList(line) {
  const box = /** @type {HTMLElement} */ (line.closest(".waiting"));
  const lowest = line.offsetTop + line.offsetHeight - box.clientHeight;
  box.scrollTop = Math.min(line.offsetTop, Math.max(box.scrollTop, lowest));
}

/**
 * @param {Card} values
 * @param {boolean} waits
 */
function card(values, waits) {
  const made = filled("card-template", values);
  made.dataset.outcome = values.ruled ? (values.ruled === "admit" ? "grant" : "refuse") : values.outcome;
  made.dataset.waits = waits ? "yes" : "no";
  made.dataset.others = !waits && board.waiting.length ? "yes" : "no";
  made.dataset.key = String(values.key);
  return made;
}

function side() {
  const past = board.waiting.filter((/** @type {Card} */ each) => each.old);
  const present = board.waiting.length - past.length;
  relist(element("waiting"), board.waiting.slice(0, present), waitingLine);
  relist(element("old-cards"), past, waitingLine);
  element("old").hidden = past.length === 0;
  element("old-count").textContent = String(past.length);
  relist(element("recent"), board.recent, (values) => line("recent-template", values));
  element("waiting-count").textContent = String(present);
  element("queue").hidden = board.waiting.length < 2;
  fill(element("queue"), { count: board.waiting.length });
  element("waiting-none").hidden = present > 0;
  element("recent-none").hidden = board.recent.length > 0;
  element("set-aside").hidden = !board.setAside;
  element("set-aside").textContent = board.setAside ?? "";
}

/** @param {Card} values */
function waitingLine(values) {
  const made = line("waiting-template", values);
  const button = /** @type {HTMLElement} */ (made.querySelector("button"));
  button.dataset.key = String(values.key);
  button.setAttribute("aria-current", String(values.key === key));
  return made;
}

/**
 * @param {string} template
 * @param {Card} values
 */
function line(template, values) {
  const who = values.name ?? values.nameless;
  const made = filled(template, { ...values, who, shortName: who ?? values.outcomeWord });
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
  if (changed(element("asked"), board.asked)) element("asked").textContent = board.asked ?? "";
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
  const posture = element("posture");
  posture.hidden = !board.posture;
  posture.dataset.posture = board.posture?.code ?? "";
  if (board.posture) fill(posture, board.posture);
  if (board.posture?.code !== "evacuation") {
    /** @type {HTMLDialogElement} */ (element("end-dialog")).close();
  }
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
    ...board.waiting.map((/** @type {Card} */ each) => `k${each.key}`),
  ]);
  const [last] = cards;
  if (last) {
    const said = [last.outcomeWord, last.name ?? last.nameless, last.label, ...last.reasons];
    const ended = said.filter(Boolean).map((words) => (/[.!?…]$/.test(words) ? words : `${words}.`));
    element("announce").textContent = ended.join(" ");
  }
  const quiet = first;
  first = false;
  if (quiet) return null;
  return alerts.length ? "alert" : cards.length ? "agent" : null;
}
