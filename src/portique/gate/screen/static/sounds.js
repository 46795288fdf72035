/** Two short sounds and an alert, made on the spot: no file, nothing to fetch. */

/** Pairs of (frequency in Hz, start in s, length in s). */
const TUNES = {
  pass: [
    [659.3, 0, 0.16],
    [987.8, 0.12, 0.32],
  ],
  agent: [
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
const LOUDNESS = 0.35;

/** @type {AudioContext | undefined} */
let context;

/**
 * Whether the browser lets this page be heard; some want a touch first.
 * @returns {boolean}
 */
export function audible() {
  context ??= new AudioContext();
  return context.state === "running";
}

/** Ask the browser to be heard; call it from a touch or a key. */
export async function allow() {
  if (!audible()) await context?.resume();
}

/**
 * Play a sound, or nothing if the browser does not allow it.
 * @param {keyof typeof TUNES} tune
 */
export function play(tune) {
  if (!audible() || !context) return;
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
