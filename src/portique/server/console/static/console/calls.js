/** What calls somebody to the screen: sound, vibration, and words for those who listen to it. */

/** Triples of (frequency in Hz, start in s, length in s). */
const TUNES = {
  refer: [
    [392, 0, 0.22],
    [392, 0.28, 0.34],
  ],
  alert: [
    [784, 0, 0.15],
    [622.3, 0.18, 0.15],
    [784, 0.36, 0.15],
    [622.3, 0.54, 0.25],
  ],
};
const LOUDNESS = 0.3;
const POLITE_MS = 5000; // a queue of thirty a minute must not talk without end
const URGENT_MS = 3000;
const SHAKES = { refer: [200], alert: [300, 150, 300] };

/** @type {AudioContext | undefined} */
let context;

/** @param {string} id */
const box = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

/** Show the switches, as this browser was left. */
export function prepare() {
  box("switches").hidden = false;
  box("vibration-switch").hidden = !("vibrate" in navigator);
  for (const id of ["sound", "vibration"]) {
    box(id).checked = localStorage.getItem(`console-${id}`) === "yes";
    box(id).addEventListener("change", () => {
      localStorage.setItem(`console-${id}`, box(id).checked ? "yes" : "no");
      if (box(id).checked) call("refer");
    });
  }
}

/**
 * Sound and shake, as far as they are switched on.
 * @param {"refer" | "alert"} tune
 */
export function call(tune) {
  if (box("sound").checked) play(tune);
  if (box("vibration").checked && "vibrate" in navigator) navigator.vibrate(SHAKES[tune]);
}

/** @param {"refer" | "alert"} tune */
async function play(tune) {
  context ??= new AudioContext();
  if (context.state !== "running") await context.resume();
  for (const [frequency, start, length] of TUNES[tune]) {
    const from = context.currentTime + start;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = "triangle";
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(LOUDNESS, from + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.001, from + length);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}

/**
 * Make what says things in a live region, gathered and at most so often.
 * @param {string} id
 * @param {number} everyMs
 */
function speaker(id, everyMs) {
  let next = 0;
  let waiting = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const say = () => {
    timer = undefined;
    next = Date.now() + everyMs;
    /** @type {HTMLElement} */ (document.getElementById(id)).textContent = waiting;
  };
  return (/** @type {string} */ text) => {
    waiting = text;
    timer ??= setTimeout(say, Math.max(50, next - Date.now()));
  };
}

/** For what can wait: the last thing said wins. */
export const sayPolitely = speaker("polite", POLITE_MS);
/** For somebody who waits, and for alarms. */
export const sayUrgently = speaker("urgent", URGENT_MS);
