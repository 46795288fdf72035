/**
 * The phone's camera: asked for, let go whenever nobody looks, and honest about why there is none.
 *
 *     off ──start──▶ starting ──▶ on ──page left──▶ off ──page seen──▶ starting
 *                        └──────▶ fault ◀── taken away        (until `stop`)
 *
 * Its pictures are shown and read, and kept nowhere.
 */

import { remember, remembered } from '../shared/remembered.js';

const KEPT = 'portique-camera';
const WIDTH = 1920; // modules decide: some phones see sharply from 20 cm on, where a card is small
const HEIGHT = 1080;
const FAULTS = new Map([
  ['NotAllowedError', 'denied'],
  ['SecurityError', 'denied'],
  ['NotFoundError', 'missing'],
  ['OverconstrainedError', 'missing'],
  ['NotReadableError', 'busy'],
  ['AbortError', 'busy'],
]);

/**
 * Why there is no picture: `unsafe` (no HTTPS, or a browser without cameras), `denied` (the permission),
 * `missing`, `busy` (another app has it), `lost` (taken away meanwhile), `failed` (the browser says no more).
 * @typedef {'unsafe' | 'denied' | 'missing' | 'busy' | 'lost' | 'failed'} FaultKind
 */

/** What a camera needs of the browser. @typedef {Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices'>} Devices */

/** What it needs of the page. @typedef {EventTarget & {readonly visibilityState: DocumentVisibilityState}} Page */

/** What it needs of the element that shows it. @typedef {{srcObject: unknown, muted: boolean, play(): Promise<void>}} Shower */

/** A camera that gives no picture, told by `kind`. */
export class CameraFault extends Error {
  /**
   * @param {FaultKind} kind
   * @param {unknown} [cause]
   */
  constructor(kind, cause) {
    super(`no picture: ${kind}`);
    this.kind = kind;
    this.cause = cause;
  }
}

/** The camera behind one `<video playsinline>`; `change` is sent when anything below changes. */
export class Camera extends EventTarget {
  /** @type {'off' | 'starting' | 'on' | 'fault'} */
  state = 'off';
  /** Why there is no picture, in state `fault`. @type {CameraFault | null} */
  fault = null;
  /** Whether the lamp is lit; null: there is none. @type {boolean | null} */
  torch = null;
  /** Whether there is another camera to change to. */
  several = false;
  #video;
  #devices;
  #page;
  /** @type {MediaStream | null} */
  #stream = null;
  /** The camera chosen on this phone; null: the one that looks away from the screen. */
  #deviceId = remembered(KEPT);
  #torchWanted = false;
  /** Tells a start from later ones: what an earlier one still gets is given back. */
  #turn = 0;

  /**
   * @param {Shower} video
   * @param {Devices | undefined} [devices]
   * @param {Page} [page]
   */
  constructor(video, devices = navigator.mediaDevices, page = document) {
    super();
    this.#video = video;
    this.#devices = devices;
    this.#page = page;
  }

  /** Show pictures from now on, whenever the page is seen; a fault is in `fault`. */
  async start() {
    this.#page.addEventListener('visibilitychange', this.#followPage);
    if (this.#page.visibilityState === 'visible') await this.#open();
  }

  /** Let the camera go. */
  stop() {
    this.#page.removeEventListener('visibilitychange', this.#followPage);
    this.#release();
    this.#become('off');
  }

  /**
   * Light the lamp or put it out; a lamp that doesn't obey stays as it is.
   * @param {boolean} on
   */
  async setTorch(on) {
    if (this.torch === null || !this.#track) return;
    this.#torchWanted = on;
    await this.#lightUp(this.#track, on);
    this.#tell();
  }

  /** Go on with the next camera, and begin with it next time. */
  async change() {
    const turn = this.#turn;
    const cameras = await this.#cameras();
    if (cameras.length < 2 || turn !== this.#turn) return; // it was let go meanwhile: nobody looks
    const used = this.#track?.getSettings().deviceId;
    const at = cameras.findIndex(({ deviceId }) => deviceId === used);
    this.#choose(cameras[(at + 1) % cameras.length].deviceId);
    await this.start();
  }

  /** @param {string | null} deviceId */
  #choose(deviceId) {
    this.#deviceId = deviceId;
    remember(KEPT, deviceId);
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  #followPage = () => {
    if (this.#page.visibilityState === 'visible') return void this.#open();
    this.#release();
    this.#become('off');
  };

  async #open() {
    this.#release();
    const turn = this.#turn;
    this.#become('starting');
    try {
      const stream = await this.#ask(this.#deviceId);
      if (turn !== this.#turn) return stopAll(stream);
      await this.#take(stream);
      if (turn !== this.#turn) return;
      if (this.#track?.muted) throw new CameraFault('busy'); // by another app, from the first
      this.#become('on');
    } catch (error) {
      if (turn === this.#turn) this.#fail(faultOf(error));
    }
  }

  /**
   * Ask for the camera used last, or the one that looks away from the screen.
   * @param {string | null} deviceId
   * @returns {Promise<MediaStream>}
   */
  async #ask(deviceId) {
    if (!this.#devices?.getUserMedia) throw new CameraFault('unsafe');
    const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: 'environment' };
    const video = { ...which, width: { ideal: WIDTH }, height: { ideal: HEIGHT }, ...CLOSE };
    try {
      return await this.#devices.getUserMedia({ video, audio: false });
    } catch (error) {
      if (!deviceId || faultOf(error).kind !== 'missing') throw error;
      this.#choose(null); // unplugged, or named anew by the browser
      return this.#ask(null);
    }
  }

  /** @param {MediaStream} stream */
  async #take(stream) {
    this.#stream = stream;
    const [track] = stream.getVideoTracks();
    track.addEventListener('ended', () => this.#lose(track, 'lost'));
    track.addEventListener('mute', () => this.#lose(track, 'busy'));
    track.addEventListener('unmute', () => track === this.#track && this.#become('on'));
    this.#video.srcObject = stream;
    this.#video.muted = true; // or some browsers wait for a touch
    await this.#video.play().catch((error) => {
      throw new CameraFault('failed', error); // no refusal of the camera, though named like one
    });
    if (hasTorch(track)) await this.#lightUp(track, this.#torchWanted);
    this.several = (await this.#cameras()).length > 1;
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {boolean} on
   */
  async #lightUp(track, on) {
    const wanted = /** @type {MediaTrackConstraintSet} */ ({ torch: on });
    try {
      if (on !== (this.torch ?? false)) await track.applyConstraints({ advanced: [wanted] });
      if (track === this.#track) this.torch = on;
    } catch {
      if (track === this.#track) this.torch ??= false;
    }
  }

  async #cameras() {
    const all = (await this.#devices?.enumerateDevices().catch(() => [])) ?? [];
    return all.filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId);
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {FaultKind} kind
   */
  #lose(track, kind) {
    if (track === this.#track) this.#fail(new CameraFault(kind));
  }

  #release() {
    this.#turn += 1;
    if (this.#stream) stopAll(this.#stream);
    this.#stream = null;
    this.#video.srcObject = null;
    this.torch = null;
  }

  /** @param {CameraFault} fault */
  #fail(fault) {
    if (fault.kind !== 'busy') this.#release(); // a camera that is only muted may come back
    this.#become('fault', fault);
  }

  /**
   * @param {Camera['state']} state
   * @param {CameraFault | null} fault
   */
  #become(state, fault = null) {
    if (state === this.state && fault === this.fault) return;
    this.state = state;
    this.fault = fault;
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event('change'));
  }
}

// Cards are held near; browsers that can't focus leave this out by themselves.
const CLOSE = {
  advanced: [/** @type {MediaTrackConstraintSet} */ ({ focusMode: 'continuous' })],
};

/**
 * @param {unknown} error
 * @returns {CameraFault}
 */
function faultOf(error) {
  if (error instanceof CameraFault) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  return new CameraFault(/** @type {FaultKind} */ (FAULTS.get(name) ?? 'failed'), error);
}

/** @param {MediaStreamTrack} track */
function hasTorch(track) {
  const able = /** @type {{torch?: boolean} | undefined} */ (track.getCapabilities?.());
  return able?.torch === true;
}

/** @param {MediaStream} stream */
function stopAll(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/** Forget which camera was chosen: the browser's name of it is this phone's alone. */
export function forgetChoice() {
  remember(KEPT, null);
}
