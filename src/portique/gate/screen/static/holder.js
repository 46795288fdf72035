/**
 * The screen that faces the queue: how to show the code, then "go ahead" or "see the agent".
 *
 * It never learns why, nor who: a refusal and a referral arrive as the same state.
 */

import { listen } from "./link.js";
import { allow, audible, play } from "./sounds.js";

const HEIGHT = 1000; // units of the drawing; its width follows the camera's shape
const BLINK_MS = 140; // between two decisions, so that two alike are seen as two
const DECIDED = new Set(["pass", "agent"]);

const drawing = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.getElementById("aims")));
const offline = /** @type {HTMLElement} */ (document.getElementById("offline"));
const sound = /** @type {HTMLElement} */ (document.getElementById("sound"));
const takeaway = /** @type {HTMLElement} */ (document.querySelector("[data-takeaway]"));
const mirror = document.body.dataset.mirror === "yes";
let turn = -1;
let received = "";
let cut = false;
let dead = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let later;

/**
 * @param {string} name
 */
function show(name) {
  document.body.dataset.state = name;
  for (const part of document.querySelectorAll("[data-show]")) {
    if (part instanceof HTMLElement) part.hidden = part.dataset.show !== name;
  }
}

/**
 * @param {{state: string, turn: number, advice: string | null, aspect: number, aims: any[]}} view
 */
function render(view) {
  const decided = DECIDED.has(view.state);
  const news = turn !== -1 && view.turn !== turn;
  if (decided && news) announce(view.state);
  else if (view.state !== received || news) settle(view.state);
  turn = view.turn;
  received = view.state;
  takeaway.hidden = !decided || view.advice !== "take-away";
  coach(view);
}

/**
 * Show a new decision with a blink and its sound.
 * @param {string} state
 */
function announce(state) {
  clearTimeout(later);
  show("between");
  play(state === "pass" ? "pass" : "agent");
  later = setTimeout(() => settle(state), BLINK_MS);
}

/**
 * @param {string} state
 */
function settle(state) {
  clearTimeout(later);
  show(state);
}

/**
 * Draw the codes seen, and say what would help.
 * @param {{state: string, advice: string | null, aspect: number, aims: any[]}} view
 */
function coach(view) {
  const width = Math.round(HEIGHT * view.aspect);
  drawing.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  drawing.replaceChildren(...view.aims.map((aim) => outline(aim, width)));
  document.body.dataset.aiming = view.aims.length ? "yes" : "no";
  const advised = view.aims.find((aim) => aim.advice)?.advice;
  const word = view.advice ?? advised ?? (view.aims.length ? "none" : "idle");
  for (const each of document.querySelectorAll("[data-advice]")) {
    if (each instanceof HTMLElement) each.hidden = each.dataset.advice !== word;
  }
}

/**
 * @param {{quad: [number, number][], advice: string | null}} aim
 * @param {number} width
 */
function outline(aim, width) {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
  const corners = aim.quad.map(([x, y]) => `${(mirror ? 1 - x : x) * width},${y * HEIGHT}`);
  shape.setAttribute("points", corners.join(" "));
  shape.setAttribute("class", aim.advice ? "seen doubtful" : "seen");
  return shape;
}

/** Without contact, or without a working gate, only an agent can tell. */
function distrust() {
  offline.hidden = !(cut || dead);
}

listen("/holder/stream", {
  state: render,
  cut: (lost) => {
    cut = lost;
    distrust();
  },
  alive: (works) => {
    dead = !works;
    document.body.dataset.alive = works ? "yes" : "no";
    distrust();
  },
  signedOut: () => location.reload(),
});

sound.hidden = audible();
document.addEventListener("pointerdown", async () => {
  await allow();
  sound.hidden = audible();
});
