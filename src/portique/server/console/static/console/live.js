/** The live page: lines as they come, cards that wait, answers. The server draws all HTML. */

import { call, prepare, sayPolitely, sayUrgently } from "./calls.js";
import { listen } from "./stream.js";

const LINES_MAX = 200;
const TOAST_MS = 7000;
const ROOMY = "(min-width: 900px)"; // alerts lie open beside what waits; on a phone they fold into a line

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const page = element("live");
const token = /** @type {HTMLInputElement} */ (element("token").querySelector("input")).value;
let passed = 0;

/**
 * Make the one element that a text of the server's holds; it escaped what people wrote.
 * @param {string} html
 */
function drawn(html) {
  const made = document.createElement("template");
  made.innerHTML = html.trim();
  return /** @type {HTMLElement} */ (made.content.firstElementChild);
}

/** @param {any} message */
function show(message) {
  if (message.seen) drop(element("alerts").querySelector(`[data-alert="${Number(message.seen)}"]`));
  if (message.line) list(message.line);
  if (message.alert) raise(message);
  if (message.card) place(message);
  else if (message.line && !message.alert) tellPassed();
  count();
}

/** @param {string} html */
function list(html) {
  const lines = element("lines");
  lines.prepend(drawn(html));
  while (lines.children.length > LINES_MAX) lines.lastElementChild?.remove();
}

/** @param {any} message */
function raise(message) {
  element("alerts").prepend(drawn(message.alert));
  call("alert");
  sayUrgently(message.say);
}

/** Put a referral's card in its place, or take it away; a card being answered keeps the focus. */
function place(/** @type {any} */ message) {
  const cards = element("waiting");
  const former = cards.querySelector(`[data-card="${CSS.escape(message.card)}"]`);
  if (!message.referral) {
    drop(former);
    sayPolitely(message.say);
    return;
  }
  const card = drawn(message.referral);
  const focused = former?.contains(document.activeElement) ?? false;
  if (former) former.replaceWith(card);
  else cards.append(card);
  if (focused) focusOn(card);
  if (message.kind === "decision") {
    call("refer");
    const waiting = cards.querySelectorAll('[data-waits="yes"]').length;
    const { one = "", many = "" } = element("called").dataset;
    sayUrgently(waiting > 1 ? `${many.replace("{n}", String(waiting))} · ${message.say}` : `${one} · ${message.say}`);
  }
}

/** @param {Element | null} part */
function drop(part) {
  if (!part) return;
  const focused = part.contains(document.activeElement);
  const next = part.nextElementSibling ?? part.previousElementSibling;
  part.remove();
  if (focused) focusOn(next);
}

/** Give the focus to the first thing that can be done there; never lose it to the page's top. */
function focusOn(/** @type {Element | null} */ part) {
  const button = /** @type {HTMLElement | null} */ (part?.querySelector("button") ?? null);
  (button ?? element("waiting-title")).focus();
}

/** Say, now and then, how many lines went by. */
function tellPassed() {
  passed += 1;
  sayPolitely((element("called").dataset.passed ?? "").replace("{n}", String(passed)));
}

function count() {
  const waiting = element("waiting").querySelectorAll('[data-waits="yes"]').length;
  element("waiting-count").textContent = String(waiting);
  element("nobody").hidden = element("waiting").children.length > 0;
  const alerts = element("alerts");
  element("alerts-part").hidden = alerts.children.length === 0;
  element("alerts-count").textContent = String(alerts.children.length);
  element("newest").textContent = alerts.querySelector(".short")?.textContent ?? "";
}

/**
 * @param {"live" | "cut" | "over"} state
 * @param {number} ageS
 */
function showLink(state, ageS) {
  const link = element("link");
  link.dataset.state = state;
  for (const part of link.querySelectorAll("[data-when]")) {
    /** @type {HTMLElement} */ (part).hidden = part.getAttribute("data-when") !== state;
  }
  element("age").textContent = ageS < 120 ? `${ageS} s` : `${Math.round(ageS / 60)} min`;
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading;

/** @param {string} words */
function toast(words) {
  element("toast").textContent = words;
  clearTimeout(fading);
  fading = setTimeout(() => {
    element("toast").textContent = "";
  }, TOAST_MS);
}

/** Send a form without leaving the page, and say what came of it. */
page.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": token },
    });
    if (answer.status === 401 || answer.redirected) return location.reload();
    toast((await answer.json()).said);
  } catch {
    toast(element("toast").dataset.lost ?? "");
  }
});

prepare();
/** @type {HTMLDetailsElement} */ (element("alerts-fold")).open = matchMedia(ROOMY).matches;
listen(page.dataset.stream ?? "", Number(page.dataset.cursor), {
  line: show,
  lanes: (html) => {
    element("lanes").innerHTML = html;
  },
  link: showLink,
});
