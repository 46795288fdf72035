/* Counts a code down and shows who it is for arriving. Without it, the page says until when, and its
   link looks again. A page that can't be asked for twice says where to go then, in data-then. */

const POLL_MS = 2000;
const place = document.querySelector("[data-arrival]");
const left = place.querySelector("[data-left]");
const ends = performance.now() + Number(place.dataset.seconds) * 1000;

function count() {
  const seconds = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

async function look() {
  try {
    const response = await fetch(place.dataset.state, { cache: "no-store", redirect: "error" });
    const { state } = await response.json();
    if (state !== "open") {
      if (place.dataset.then) location.replace(place.dataset.then);
      else location.reload();
      return;
    }
  } catch {
    // The server or the session is away for a moment: the next look tells.
  }
  setTimeout(look, POLL_MS);
}

count();
setInterval(count, 1000);
setTimeout(look, POLL_MS);
