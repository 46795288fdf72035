// The number pad: digits by finger or keyboard; the sixth sends.

const DIGITS = 6;
const input = document.querySelector("#pin");
const pad = document.querySelector(".pad");
pad.hidden = false;
if (matchMedia("(pointer: coarse)").matches) input.inputMode = "none"; // the pad is the keyboard

pad.addEventListener("click", (event) => {
  const key = event.target.closest("button");
  if (!key) return;
  if ("erase" in key.dataset) input.value = "";
  else if (key.dataset.digit && input.value.length < DIGITS) input.value += key.dataset.digit;
  sendWhenWhole();
});
input.addEventListener("input", () => {
  input.value = input.value.replace(/[^0-9]/g, "").slice(0, DIGITS);
  sendWhenWhole();
});

let sent = false;
function sendWhenWhole() {
  if (input.value.length < DIGITS || sent) return;
  sent = true;
  input.form.requestSubmit();
}
input.form.addEventListener("submit", () => (sent = true));
addEventListener("pageshow", () => (sent = false));
