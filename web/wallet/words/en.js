/**
 * The wallet's sentences in English: every one that French has.
 * @type {typeof import('./fr.js').fr}
 */
export const en = {
  title: 'My pass',
  otherLanguage: 'Français',
  back: 'Back',
  retry: 'Try again',
  moment: 'One moment…',

  codeShown: 'Your code is shown. Hold the screen up to the gate.',
  codeShownOf: '{name}: the code is shown. Hold the screen up to the gate.',
  codePicture: 'Code to show at the gate',
  brighter: 'Turn up your screen’s brightness.',
  batteryLow: 'Battery nearly empty: take your paper card too.',
  stayOn: 'Touch the screen now and then: it might go dark.',
  until: 'Valid until {date}',
  kinds: {
    pupil: 'Pupil',
    staff: 'Staff',
    guardian: 'Guardian',
    trainee: 'Trainee',
    candidate: 'Candidate',
    resident: 'Resident',
    visitor: 'Visitor',
  },
  myPasses: 'My passes',
  position: '{place} of {count}',
  previous: 'Previous',
  next: 'Next',
  menu: 'Menu',
  aboutPass: 'Details',
  help: 'Help',
  addPass: 'Add a pass',
  enterCode: 'Enter a code',
  showAnyway: 'Show the code all the same',
  checkNow: 'Check now',
  checkedNow: 'Checked this moment.',
  checked: 'Checked on {date}',
  neverChecked: 'Not checked online yet',
  offlineNow: 'No network: the code works all the same.',

  states: {
    notYet: {
      title: 'Not valid yet',
      what: 'This pass counts from {date}.',
      next: 'Until then, show your paper card, or ask the school office for a day slip. If that date is past, check the phone’s date.',
    },
    expired: {
      title: 'No longer valid',
      what: 'This pass counted until {date}.',
      next: 'With network, touch “Check now”: a new one comes if the school has prepared it. Otherwise show your paper card, or go to the school office.',
    },
    suspended: {
      title: 'Suspended',
      what: 'The school has suspended this pass.',
      next: 'Go to the school office: they can make it valid again. Until then, show your paper card or ask for a day slip.',
    },
    revoked: {
      title: 'Cancelled',
      what: 'The school has cancelled this pass. That also happens to the old one when another phone takes its place.',
      next: 'Ask the school office for a new code: it takes less than a minute. Until then, show your paper card.',
    },
    ended: {
      title: 'Ended',
      what: 'This pass has come to its end.',
      next: 'Ask the school office for a new code. Until then, show your paper card.',
    },
    off: {
      title: 'No phones here',
      what: 'The school does not use phones at the gate.',
      next: 'Show your paper card. Lost it? The school office prints another.',
    },
    unknown: {
      title: 'Unknown to the school',
      what: 'The school’s server does not know this pass.',
      next: 'Ask the school office for a new code: it takes less than a minute. Until then, show your paper card.',
    },
    clock: {
      title: 'The phone’s clock is wrong',
      what: 'It is {gap} {way}. The gate refuses a code that is not on time.',
      next: 'Set the phone’s time to “automatic”, then come back here. If that doesn’t work, show your paper card.',
    },
    lost: {
      title: 'This phone lost its key',
      what: 'Without it, it can’t make codes for this pass any more. This happens when the browser is emptied or the phone is reset.',
      next: 'Ask the school office for a new code: it takes less than a minute. Until then, show your paper card or ask for a day slip.',
    },
  },
  clockWays: [
    'Android: Settings › System › Date & time',
    'Samsung: Settings › General management › Date and time',
    'iPhone: Settings › General › Date & Time',
  ],
  clockAhead: 'fast',
  clockBehind: 'slow',
  gapSeconds: '{count} s',
  gapMinutes: '{count} min',
  gapHours: 'more than {count} h',
  clockNear: 'The phone’s clock is a little wrong ({gap}).',
  howToMend: 'What to do?',

  welcome: 'Your pass in this phone',
  welcomeWhat:
    'A code on the screen, shown at the gate like the paper card. It works without network. The paper card goes on working.',
  codeLabel: 'Code from the school',
  codeHint: 'Letters and digits, in groups of four. Capitals or not, as you like.',
  add: 'Add to this phone',
  adding: 'Adding…',
  gone: 'You had a pass here before?',
  goneWhat:
    'A phone that was reset, changed or emptied loses its key, and nobody can copy it. Ask the school office for a new code: it takes less than a minute, and the old pass is cancelled. Until then, show your paper card or ask for a day slip.',
  noCode: 'No code?',
  noCodeWhat: 'The school office gives you one, on paper or on its screen. It works once.',
  recorded: 'What the school wrote down',

  installFirst: 'Install the app first',
  installFirstWhat:
    'On iPhones and iPads, what Safari keeps is erased after some days without a visit. The installed app keeps your pass.',
  installApple1: 'Touch Share, at the bottom or top of Safari.',
  installApple2: 'Choose “Add to Home Screen”, then “Add”.',
  installApple3: 'Open the app from the home screen and type this code:',
  installApple3NoCode: 'Open the app from the home screen and type the code.',
  copyCode: 'Copy the code',
  copied: 'Copied. Paste it in the installed app.',
  notSafari: 'No Share button? Open this page in Safari.',
  withoutInstalling: 'Go on without installing',
  install: 'Install the app',
  installWhy: 'To open it with one touch, and so that the phone keeps your pass more surely.',
  installMenu:
    'To open it with one touch: the browser’s menu, then “Install” or “Add to home screen”.',

  wrong: {
    short: 'This code is not complete: it has 8 or 12 letters and digits.',
    code: 'This code does not fit: miscopied, used already or too old. Check it, or ask the school office for another.',
    wait: 'Too many tries from this network. Try again in {wait}.',
    off: 'The school does not use phones at the gate. Show your paper card.',
    offline:
      'The school’s server does not answer. Check the network and try again: the code stays good.',
    unanswered: 'The school’s server does not answer. Check the network and try again.',
    busy: 'The server is busy. Try again in a moment.',
    later: 'The server is busy. Try again in a moment: the code stays good.',
    old: 'This app is older than the server. Close it, open it again with network, then try again.',
    full: 'The phone has no room left. Erase some photos or apps, then try again: the code stays good.',
    closed:
      'This browser keeps nothing: private browsing, or storage not allowed. Open this page in an ordinary window.',
    unsafe:
      'This page was not opened by a safe address (https). Open it again by the code you were given, or ask the school.',
    key: 'The browser refuses to use the key. Close the app and open it again. If that happens again, ask the school office for a new code.',
    lost: 'The answer could not be read. Try again: the code stays good for some minutes.',
    unknown: 'The school does not know this pass. Ask the school office for a new code.',
    notCounting:
      'This pass does not count at the moment: its data can’t be read here. The school office can show it to you.',
  },

  myData: 'My data',
  myDataWhat:
    'What the school keeps about you, why, until when, who looked at it, and your rights. Asked of the server each time, never kept in the phone.',
  dataShown: 'Your data is shown.',
  showMyData: 'Show my data',
  asOf: 'As of {date}',
  nothingHere: 'Nothing.',
  remove: 'Remove from this phone',
  removeWhat:
    'The pass goes from this phone. To put it back, you will need a new code from the school office. The paper card stays valid.',
  removeSure: 'Yes, remove',
  removed: 'The pass is removed from this phone.',
  number: 'Number of the pass',
  school: 'School',
  validity: 'Validity',
  fromTo: '{from} to {until}',
  standing: 'State',
  standings: {
    valid: 'in use',
    suspended: 'suspended',
    revoked: 'cancelled',
    ended: 'ended',
    off: 'phones not used',
    unknown: 'unknown',
  },
  kept: 'Kept in this phone',
  keptWhat:
    'What this page shows, the sealed pass and its key, which can’t be copied, when you last chose it, and your language. Nothing else.',

  helpShow: 'Showing the code',
  helpShowWhat:
    'Open the app, turn up the brightness, hold the screen a hand away from the reader, the whole white square in view. If it reflects, tilt the phone a little. In the rain: wipe the screen.',
  helpFlat: 'Battery empty, phone forgotten or broken',
  helpFlatWhat:
    'Show your paper card: it is worth exactly as much. Without it, tell the agent your name: eight seconds, and nothing is counted against you.',
  helpClock: 'The phone’s clock',
  helpLost: 'Phone lost or stolen',
  helpLostWhat:
    'Tell the school office: they suspend the pass at once, and make it valid again if the phone comes back.',
  helpNew: 'New phone',
  helpNewWhat:
    'Ask the school office for a new code and open it on the new phone. The old one counts no more.',
  helpShot: 'Screenshots',
  helpShotWhat:
    'A screenshot is of no use: the code changes every 15 seconds, and only this phone can make it.',
  helpChoice: 'Nobody has to use a phone',
  helpChoiceWhat: 'The paper card opens the same lane, as fast.',
};
