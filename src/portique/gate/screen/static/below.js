/** Say that a card goes on below the edge: the bar that would show it is hidden on some systems. */

import { element } from "./parts.js";

const SLACK_PX = 4;
const scrolling = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".scroll, .centre")]);
const centre = /** @type {HTMLElement} */ (document.querySelector(".centre"));

/** @returns {number} Where the part of the page that holds the card ends on the monitor. */
function edge() {
  const boxes = scrolling.filter((box) => getComputedStyle(box).overflowY === "auto");
  return Math.min(innerHeight, ...boxes.map((box) => box.getBoundingClientRect().bottom));
}

/** @returns {number} The height of the answers that stay in sight over the card's text. */
function answers() {
  const rulings = document.querySelector(".card .rulings");
  const sticks = rulings && getComputedStyle(rulings).position === "sticky";
  return sticks ? /** @type {HTMLElement} */ (rulings).offsetHeight : 0;
}

function look() {
  const card = document.querySelector(".card");
  const goesOn = card && card.getBoundingClientRect().bottom > edge() + SLACK_PX;
  centre.dataset.more = goesOn ? "yes" : "no";
  centre.style.setProperty("--answers", `${answers()}px`);
}

const sizes = new ResizeObserver(look);
for (const each of [...scrolling, element("stage")]) sizes.observe(each);
document.addEventListener("scroll", look, { capture: true, passive: true });
