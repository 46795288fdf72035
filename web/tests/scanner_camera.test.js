import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Camera } from '../scanner/camera.js';

/** A page that is seen, or not. */
class Page extends EventTarget {
  /** @type {DocumentVisibilityState} */
  visibilityState = 'visible';

  /** @param {DocumentVisibilityState} state */
  turn(state) {
    this.visibilityState = state;
    this.dispatchEvent(new Event('visibilitychange'));
  }

  async leaveAndReturn() {
    this.turn('hidden');
    this.turn('visible');
    await settled();
  }
}

/** A camera's track, which remembers what it was told. */
class Track extends EventTarget {
  stopped = false;
  lit = false;
  muted = false;
  refuses = false;

  /**
   * @param {string} deviceId
   * @param {boolean} torch
   */
  constructor(deviceId, torch) {
    super();
    this.getSettings = () => ({ deviceId });
    this.getCapabilities = () => ({ torch });
  }

  stop() {
    this.stopped = true;
  }

  /** @param {{advanced: {torch: boolean}[]}} told */
  async applyConstraints({ advanced: [{ torch }] }) {
    if (this.refuses) throw new DOMException('', 'OverconstrainedError');
    this.lit = torch;
  }
}

/** A video that plays, unless a touch is waited for. */
class Video {
  /** @type {unknown} */
  srcObject = null;
  muted = false;
  waits = false;

  async play() {
    if (this.waits) throw new DOMException('', 'NotAllowedError');
  }
}

/** A phone with two cameras and a microphone; `fault` is thrown by each question. */
class Devices {
  /** @type {Track[]} */
  tracks = [];
  /** @type {any[]} */
  asked = [];
  fault = '';
  torch = true;
  muted = false;
  /** Whether lamps obey no more. */
  dark = false;

  /** What each question wants to hear. @type {boolean[]} */
  sounds = [];
  /** @type {string[]} */
  cameras = ['back', 'front'];

  /** @param {any} wanted */
  async getUserMedia({ video, audio }) {
    this.asked.push(video);
    this.sounds.push(audio);
    const isGone = video.deviceId && !this.cameras.includes(video.deviceId.exact);
    if (isGone) throw new DOMException('', 'OverconstrainedError');
    if (this.fault) throw new DOMException('', this.fault);
    const track = new Track(video.deviceId?.exact ?? 'back', this.torch);
    track.muted = this.muted;
    track.refuses = this.dark;
    this.tracks.push(track);
    return { getTracks: () => [track], getVideoTracks: () => [track] };
  }

  async enumerateDevices() {
    const cameras = this.cameras.map((deviceId) => ({ kind: 'videoinput', deviceId }));
    return [{ kind: 'audioinput', deviceId: 'microphone' }, ...cameras];
  }
}

function built() {
  const devices = new Devices();
  const page = new Page();
  const video = new Video();
  return { page, video, devices, camera: new Camera(video, /** @type {any} */ (devices), page) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('The camera that looks away from the screen is asked for, without sound.', async () => {
  const { camera, devices, video } = built();
  await camera.start();

  assert.equal(camera.state, 'on');
  assert.equal(devices.asked[0].facingMode, 'environment');
  assert.deepEqual(devices.sounds, [false]);
  assert.notEqual(video.srcObject, null);
  assert.equal(video.muted, true);
});

test('The camera is asked to keep what is held near in focus, and for many pixels.', async () => {
  const { camera, devices } = built();
  await camera.start();

  assert.deepEqual(devices.asked[0].advanced, [{ focusMode: 'continuous' }]);
  assert.ok(devices.asked[0].width.ideal >= 1920);
});

test('A video that will not play is no refusal of the camera.', async () => {
  const { camera, devices, video } = built();
  video.waits = true;
  await camera.start();

  assert.equal(camera.fault?.kind, 'failed');
  assert.equal(devices.tracks[0].stopped, true);
});

test('The camera is let go while the page is not seen, and asked for again.', async () => {
  const { camera, devices, page, video } = built();
  await camera.start();
  page.turn('hidden');

  assert.equal(camera.state, 'off');
  assert.equal(devices.tracks[0].stopped, true);
  assert.equal(video.srcObject, null);
  page.turn('visible');
  await settled();
  assert.equal(camera.state, 'on');
  assert.equal(devices.tracks.length, 2);
});

test('A camera that was stopped stays off when the page is seen again.', async () => {
  const { camera, devices, page } = built();
  await camera.start();
  camera.stop();
  await page.leaveAndReturn();

  assert.equal(camera.state, 'off');
  assert.deepEqual(
    devices.tracks.map(({ stopped }) => stopped),
    [true],
  );
});

test('What comes after a stop is given back at once.', async () => {
  const { camera, devices } = built();
  const starting = camera.start();
  camera.stop();
  await starting;

  assert.equal(camera.state, 'off');
  assert.equal(devices.tracks[0].stopped, true);
});

for (const [name, kind] of [
  ['NotAllowedError', 'denied'],
  ['NotFoundError', 'missing'],
  ['NotReadableError', 'busy'],
  ['EncodingError', 'failed'],
]) {
  test(`A browser's ${name} is told as ${kind}, and can be tried again.`, async () => {
    const { camera, devices } = built();
    devices.fault = name;
    await camera.start();

    assert.equal(camera.state, 'fault');
    assert.equal(camera.fault?.kind, kind);
    devices.fault = '';
    await camera.start();
    assert.equal(camera.state, 'on');
    assert.equal(camera.fault, null);
  });
}

test('A browser without cameras is no safe place.', async () => {
  const camera = new Camera(new Video(), /** @type {any} */ ({}), new Page());
  await camera.start();

  assert.equal(camera.fault?.kind, 'unsafe');
});

test('A camera taken away is lost, and one that another app took comes back.', async () => {
  const { camera, devices } = built();
  await camera.start();
  devices.tracks[0].dispatchEvent(new Event('mute'));
  assert.equal(camera.fault?.kind, 'busy');
  devices.tracks[0].dispatchEvent(new Event('unmute'));
  assert.equal(camera.state, 'on');
  devices.tracks[0].dispatchEvent(new Event('ended'));

  assert.equal(camera.fault?.kind, 'lost');
});

test('The lamp is lit where there is one, and again when the page is seen again.', async () => {
  const { camera, devices, page } = built();
  await camera.start();
  assert.equal(camera.torch, false);
  await camera.setTorch(true);
  await page.leaveAndReturn();

  assert.equal(camera.torch, true);
  assert.deepEqual(
    devices.tracks.map(({ lit }) => lit),
    [true, true],
  );
});

test('A phone without a lamp says so.', async () => {
  const { camera, devices } = built();
  devices.torch = false;
  await camera.start();
  await camera.setTorch(true);

  assert.equal(camera.torch, null);
  assert.equal(devices.tracks[0].lit, false);
});

test('The next camera is taken in turn.', async () => {
  const { camera, devices } = built();
  await camera.start();
  assert.equal(camera.several, true);
  await camera.change();

  assert.deepEqual(devices.asked[1].deviceId, { exact: 'front' });
  assert.equal(devices.tracks[0].stopped, true);
});

test('A camera that another app has from the first shows nothing, and comes back.', async () => {
  const { camera, devices } = built();
  devices.muted = true;
  await camera.start();
  assert.equal(camera.fault?.kind, 'busy');
  devices.tracks[0].dispatchEvent(new Event('unmute'));

  assert.equal(camera.state, 'on');
});

test('Whoever leaves while the next camera is looked for leaves none behind.', async () => {
  const { camera, devices } = built();
  await camera.start();
  const changing = camera.change();
  camera.stop();
  await changing;

  assert.equal(camera.state, 'off');
  assert.equal(devices.tracks.length, 1);
});

test('A lamp that obeys too late is of a camera that was let go.', async () => {
  const { camera } = built();
  await camera.start();
  const lighting = camera.setTorch(true);
  camera.stop();
  await lighting;

  assert.equal(camera.torch, null);
});

test('A phone with one camera has none to change to.', async () => {
  const { camera, devices } = built();
  devices.cameras = ['back'];
  await camera.start();
  await camera.change();

  assert.equal(camera.several, false);
  assert.equal(devices.asked.length, 1);
});

test('Where the camera that was chosen is gone, the one that looks away is asked for.', async () => {
  const { camera, devices } = built();
  await camera.start();
  await camera.change();
  devices.cameras = ['back'];
  await camera.start();

  assert.equal(camera.state, 'on');
  assert.deepEqual(
    devices.asked.slice(1).map((asked) => asked.deviceId?.exact ?? asked.facingMode),
    ['front', 'front', 'environment'],
  );
});

test('A lamp that doesn’t obey stays as it is, and dark where it was lit before.', async () => {
  const { camera, devices, page } = built();
  await camera.start();
  await camera.setTorch(true);
  devices.tracks[0].refuses = devices.dark = true;
  await camera.setTorch(false);
  assert.equal(camera.torch, true);
  await camera.setTorch(true);
  await page.leaveAndReturn();

  assert.equal(camera.torch, false);
});

test('Each change is told once.', async () => {
  const { camera } = built();
  /** @type {string[]} */
  const told = [];
  camera.addEventListener('change', () => told.push(camera.state));
  await camera.start();
  camera.stop();
  camera.stop();

  assert.deepEqual(told, ['starting', 'on', 'off']);
});
