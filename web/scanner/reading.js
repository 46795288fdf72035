/**
 * From the camera's pictures to showings, each opened once.
 *
 *     picture ─▶ worker (reads) ─▶ Showings ─▶ onShowing
 *
 * One picture is read at a time, and the next is the newest: a slow phone reads fewer, none late. A
 * worker that fails or falls silent is replaced; that costs pictures, never the lane.
 */

/** @typedef {import('../core/showing.js').Showings} Showings */
/** @typedef {import('../core/showing.js').Opened} Opened */
/** @typedef {import('./codes.js').Look} Look */

const PICTURE_EVERY_MS = 66; // 15 a second, as a gate: more only empties the battery
const READ_MAX_MS = 8_000; // a slow phone's first hard pictures take seconds; a new worker starts over
const WARM_MAX_MS = 20_000; // until a new worker's first answer: the reader may come over a slow line
const RETRY_MS = 1_000;
const ADVISED_MS = 2_000; // advice comes and goes with each picture: let it be read
const UNREAD_MS = 1_000; // a code that resists for so long: say how to hold it

/** What pictures are taken of. @typedef {HTMLVideoElement} Source */

/**
 * What the agent may need to know: whether pictures are read at all, whether two codes are shown at
 * once, whether one is still there long after its answer, whether one is there that can't be read.
 * @typedef {{works: boolean, crowded: boolean, overstayed: boolean, unread: boolean}} State
 */

/** @type {Readonly<State>} */
const CALM = Object.freeze({ works: true, crowded: false, overstayed: false, unread: false });

/** Reads what a video shows, and lines of other readers; sends `change` when `state` changes. */
export class Reading extends EventTarget {
  /** @type {Readonly<State>} */
  state = CALM;
  #source;
  #showings;
  #nowMs;
  #onShowing;
  #makeWorker;
  /** @type {Worker | null} */
  #worker = null;
  #warm = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Tells a run from those that were stopped: their pictures come to nothing. */
  #run = 0;
  /** Whether nobody could see now what is decided. */
  held = () => false;
  /** Goes on while the phone sleeps, and when the lane's time is put back: by this codes come and go. */
  #cameraMs = 0;
  #told = { laneMs: 0, steadyMs: 0 };
  /** How long it was held in all: a code seen before and after was in view. */
  #heldMs = 0;
  /** @type {number | null} */
  #lookedMs = null;
  #advised = { crowded: -Infinity, overstayed: -Infinity };
  /** @type {number | null} */
  #unreadSinceMs = null;

  /**
   * @param {object} parts
   * @param {Source} parts.video
   * @param {Showings} parts.showings
   * @param {() => number} parts.nowMs The lane's time, UTC ms: a picture's own time is when it was taken.
   * @param {(opened: Opened) => void} parts.onShowing
   * @param {() => Worker} [parts.makeWorker]
   */
  constructor({ video, showings, nowMs, onShowing, makeWorker = newWorker }) {
    super();
    this.#source = video;
    this.#showings = showings;
    this.#nowMs = nowMs;
    this.#onShowing = onShowing;
    this.#makeWorker = makeWorker;
  }

  /** Read from now on, whenever the video shows something. */
  start() {
    this.stop();
    this.#begin();
  }

  /** Read no more, and end the worker. */
  stop() {
    this.#end();
    this.#become(CALM);
  }

  /**
   * Open a showing for a line of a reader other than the camera.
   * @param {string} text
   */
  line(text) {
    if (!this.held()) this.#onShowing(this.#showings.line(text, this.#nowMs()));
  }

  #begin() {
    const run = this.#run;
    const worker = this.#makeWorker();
    worker.addEventListener('error', () => run === this.#run && this.#replace());
    this.#worker = worker;
    this.#warm = false;
    this.#next(run, 0);
  }

  /**
   * Take the next picture, not before some time from now.
   * @param {number} run
   * @param {number} inMs
   */
  #next(run, inMs) {
    this.#timer = setTimeout(() => {
      onPicture(this.#source, () => run === this.#run && this.#take(run));
    }, inMs);
  }

  /** @param {number} run */
  async #take(run) {
    const [atMs, startMs] = [this.#nowMs(), performance.now()];
    const cameraMs = this.#timeGoesOn(atMs, startMs);
    const picture = await middleOf(this.#source).catch(() => null); // between two cameras
    if (run !== this.#run) return picture?.close();
    if (!picture) return this.#next(run, PICTURE_EVERY_MS);
    // Codes are followed from picture to picture: the lane's time may stand meanwhile, or run back.
    const found = await this.#ask({ picture, atMs: startMs });
    if (run !== this.#run) return;
    if (!found) return this.#replace();
    this.#warm = true;
    if (this.held()) this.#heldMs += cameraMs - (this.#lookedMs ?? cameraMs);
    else this.#step(found, atMs, cameraMs);
    this.#lookedMs = cameraMs;
    if (run === this.#run)
      this.#next(run, Math.max(0, PICTURE_EVERY_MS - (performance.now() - startMs)));
  }

  /**
   * Return the camera's time: either clock may have stood still, or the lane's been put back.
   * @param {number} laneMs
   * @param {number} steadyMs
   */
  #timeGoesOn(laneMs, steadyMs) {
    const before = this.#told;
    this.#told = { laneMs, steadyMs };
    this.#cameraMs += Math.max(laneMs - before.laneMs, steadyMs - before.steadyMs);
    return this.#cameraMs;
  }

  /**
   * Have one picture read; null: the worker failed or fell silent.
   * @param {import('./reading_worker.js').Question} question
   * @returns {Promise<Look | null>}
   */
  #ask(question) {
    const worker = /** @type {Worker} */ (this.#worker);
    return new Promise((resolve) => {
      this.#timer = setTimeout(() => resolve(null), this.#warm ? READ_MAX_MS : WARM_MAX_MS);
      worker.onmessage = ({ data }) => {
        clearTimeout(this.#timer);
        resolve(data.look ?? null);
      };
      worker.postMessage(question, [question.picture]);
    });
  }

  #end() {
    this.#run += 1;
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.#unreadSinceMs = null;
    this.#lookedMs = null;
    this.#advised = { crowded: -Infinity, overstayed: -Infinity };
  }

  #replace() {
    this.#end();
    this.#become({ ...CALM, works: false });
    const run = this.#run;
    this.#timer = setTimeout(() => run === this.#run && this.#begin(), RETRY_MS);
  }

  /**
   * @param {Look} found
   * @param {number} atMs by the lane's time
   * @param {number} cameraMs
   */
  #step({ codes, unread }, atMs, cameraMs) {
    this.#unreadSinceMs = unread ? (this.#unreadSinceMs ?? cameraMs) : null;
    const resists = this.#unreadSinceMs !== null && cameraMs - this.#unreadSinceMs >= UNREAD_MS;
    const { opened, ...advice } = this.#showings.step(codes, cameraMs - this.#heldMs);
    this.#become({ works: true, ...this.#lasting(advice, cameraMs), unread: resists });
    if (opened) this.#onShowing({ ...opened, atMs });
  }

  /**
   * @param {{crowded: boolean, overstayed: boolean}} advice of one picture
   * @param {number} cameraMs
   */
  #lasting({ crowded, overstayed }, cameraMs) {
    if (crowded) this.#advised.crowded = cameraMs;
    if (overstayed) this.#advised.overstayed = cameraMs;
    const lasts = (/** @type {number} */ sinceMs) => cameraMs - sinceMs < ADVISED_MS;
    return { crowded: lasts(this.#advised.crowded), overstayed: lasts(this.#advised.overstayed) };
  }

  /** @param {State} state */
  #become(state) {
    const names = /** @type {(keyof State)[]} */ (Object.keys(state));
    if (names.every((name) => state[name] === this.state[name])) return;
    this.state = Object.freeze(state);
    this.dispatchEvent(new Event('change'));
  }
}

function newWorker() {
  return new Worker(new URL('./reading_worker.js', import.meta.url), { type: 'module' });
}

/**
 * Take a picture of a video's middle, a square: what the agent aims at, and no neighbour's code.
 * @param {Source} video
 * @returns {Promise<ImageBitmap>}
 */
async function middleOf(video) {
  const { videoWidth: width, videoHeight: height } = video;
  const side = Math.min(width, height);
  return createImageBitmap(video, (width - side) / 2, (height - side) / 2, side, side);
}

/**
 * Call once a video has its next picture.
 * @param {Source} video
 * @param {() => void} then
 */
function onPicture(video, then) {
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(then);
  else requestAnimationFrame(then);
}
