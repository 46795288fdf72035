/** Signing in and pairing: send the form, then load the page again, now allowed. */

import { wire } from "./send.js";

for (const form of document.querySelectorAll("form[data-post]")) {
  if (form instanceof HTMLFormElement) wire(form, () => location.reload());
}
