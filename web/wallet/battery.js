/** Whether the phone will soon be off: asked of the browser, where it says so, and told to nobody. */

const LOW = 0.15;

/** @type {{level: number, charging: boolean} | null} */
let battery = null;

/** Whether the battery is nearly empty; false where the browser does not say. */
export function isBatteryLow() {
  return battery !== null && !battery.charging && battery.level <= LOW;
}

/**
 * Be told when the answer of `isBatteryLow` changes.
 * @param {() => void} tell
 */
export async function onBatteryLow(tell) {
  const asked = /** @type {any} */ (navigator).getBattery?.();
  const found = await asked?.catch(() => null); // a browser may refuse
  if (!found) return;
  battery = found;
  let before = false;
  const look = () => {
    if (isBatteryLow() === before) return;
    before = !before;
    tell();
  };
  found.addEventListener('levelchange', look);
  found.addEventListener('chargingchange', look);
  look();
}
