// Tell the server that somebody is there; when nobody was for too long, leave: the server then
// asks who it is. What the server decides holds; this page only stops showing what it shows.

const TELL_EVERY_MS = 30_000;
const LOOK_EVERY_MS = 5_000;
const idleMs = Number(document.body.dataset.idleS) * 1000;
const token = document.querySelector("#leave input[name=csrfmiddlewaretoken]")?.value ?? "";
let touched = Date.now();
let told = Date.now();

for (const kind of ["pointerdown", "keydown", "wheel", "touchmove"]) {
  addEventListener(kind, () => (touched = Date.now()), { passive: true });
}

async function ask(method) {
  const headers = { "X-CSRFToken": token };
  const answer = await fetch(document.body.dataset.touch, { method, headers });
  if (answer.redirected || !answer.ok) location.replace(location.pathname + location.search);
}

setInterval(() => {
  const now = Date.now();
  if (now - touched >= idleMs) {
    ask("GET").catch(() => {}); // no touch: another tab may be in use, and this one stays
  } else if (touched > told && now - told >= TELL_EVERY_MS) {
    told = now;
    ask("POST").catch(() => {});
  }
}, LOOK_EVERY_MS);
