/** The scanner's sentences in English: the same names and places as in French. */
export const en = {
  title: 'Portique scanner',
  otherLanguage: 'Français',
  back: 'Back',
  retry: 'Try again',
  cancel: 'Cancel',

  // Joining a school
  join: {
    title: 'This phone becomes a scanner',
    what: 'It will read passes at a door, even without network. First it needs the school’s invitation.',
    where:
      'On the console: Gates, then “Add a gate”, then “An agent’s phone”. A code appears; it works once, for ten minutes.',
    scan: 'Read the code with the camera',
    aim: 'Aim at the code on the console.',
    stop: 'Stop the camera',
    paste: 'The camera does not work?',
    label: 'Text of the invitation',
    hint: 'Open the invitation’s link on this phone, or paste its text here: it begins with PQE1.',
    send: 'Join the school',
    joining: 'Asking the school…',
    already:
      'This phone is a scanner already. Joining again wipes its agents and the passages not sent yet: {count}.',
    stay: 'Keep it as it is',
    found: 'Invitation read. It binds this phone to the school.',
  },
  installFirst: 'Install the app first',
  installWhy:
    'Installed, it opens with one touch, in full screen, and the phone keeps waiting passages better.',
  installApple:
    'On iPhone and iPad, what Safari keeps is cleared after a few days without a visit. The installed app keeps the passages.',
  installApple1: 'Tap Share, at the bottom or top of Safari.',
  installApple2: 'Choose “Add to Home Screen”, then “Add”.',
  installApple3: 'Open the app from the home screen, then read the invitation with the camera.',
  installMenu: 'The browser’s menu, then “Install” or “Add to Home screen”.',
  install: 'Install the app',
  withoutInstalling: 'Go on without installing',

  // Agents
  agent: {
    firstTitle: 'Who holds this phone?',
    firstWhat:
      'Choose an alias, not your name, and a PIN. Without them nothing opens on this phone.',
    addTitle: 'Add an agent',
    addWhat: 'The person chooses their own alias and PIN, on this phone.',
    alias: 'Alias',
    aliasHint:
      'Letters without accents, digits and hyphens, no space: loge-1. It stands in the journal.',
    pin: 'PIN',
    pinHint: 'Six digits. Not a date, not 123456.',
    again: 'The same PIN once more',
    own: 'Your own PIN, to agree',
    make: 'Save',
    making: 'Saving…',
    added: 'Agent added: {alias}.',
    remove: 'Remove {alias}',
    removed: 'Agent removed: {alias}.',
    here: 'Agents of this phone',
    you: 'you',
    last: 'This is the phone’s only agent: add another before removing this one.',
  },
  sign: {
    title: 'Who is at the gate?',
    locked: 'Scanner locked',
    lockedWhat: 'Ten minutes without a touch or a passage. Nothing is lost: type your PIN.',
    ended: 'The shift is over. Type your PIN to begin another.',
    alias: 'Agent',
    pin: 'PIN',
    keypad: 'Number pad',
    erase: 'Erase',
    submit: 'Open',
    opening: 'Opening…',
    wrong: 'This PIN is not that agent’s.',
    wait: 'Wait {seconds} s before the next try.',
    forgotten: 'PIN forgotten?',
    forgottenWhat:
      'Another agent of this phone can open it and add you again. If nobody can: remove this phone on the console, then invite it again. Passages not sent yet leave as soon as there is network, even without a PIN.',
  },

  // The lane
  lane: {
    entry: 'Entry',
    exit: 'Exit',
    counts: 'Counts',
    entered: 'in',
    left: 'out',
    menu: 'Menu',
    finder: 'Picture of the camera',
    aim: 'Aim at a code',
    paused: 'Camera paused',
    pausedWhat: 'Touch ▷ to go on.',
    pause: 'Pause the camera',
    resume: 'Go on',
    torch: 'Torch',
    turn: 'Change camera',
    starting: 'The camera is starting…',
    calm: 'Nothing to check',
    calmWhat: 'Whoever must be checked appears here and stays until you answer.',
    suspended: 'Each code is decided by the alarm, whatever the lane’s mode.',
    last: 'Last passage',
  },
  asked: {
    unread: 'Closer, and flat',
    again: 'Unreadable: try again',
    crowded: 'One code at a time',
    overstayed: 'Take the code away',
  },
  card: {
    counted: 'Counted',
    nameless: 'No readable name',
    manual: 'Manual admission',
    aloud: 'Say',
    next: 'Next',
    why: 'Reasons',
    times: 'shown {times} times',
    others: 'Next ({count})',
    forWhom: 'Answer for: {name}',
    steady: 'Another card: check the name.',
  },
  rule: {
    admit: { entry: 'Let in', exit: 'Let out' },
    deny: { entry: 'Do not let in', exit: 'Ask to wait' },
    why: 'Why?',
    gone: 'This card no longer waits.',
    first: 'Too late: {agent} has already answered.',
  },
  ruled: {
    admit: 'Let through by {agent} · {reason}',
    deny: 'Not let through by {agent} · {reason}',
  },
  waiting: {
    title: 'Waiting',
    none: 'Nobody is waiting',
    old: 'To be filed',
    oldWhat: 'Cards of before a restart or a change of mode, or older than a quarter of an hour.',
    clear: 'File all: went away',
    cleared: 'Cards filed: {count}.',
    aside: 'Old cards taken away: {count}. Too many were waiting at once.',
  },
  recent: { title: 'Last passages', none: 'Nobody since you opened, or in the last ten minutes' },
  manual: {
    title: 'By hand',
    head: 'Manual admission',
    what: 'For somebody without a code to show. Neither a name nor a personal tally is kept.',
    done: 'Admission recorded: {reason}',
  },
  forgotten: {
    title: 'Forgotten card',
    letters: 'Three letters of the name or first name',
    label: 'Class (or its beginning)',
    find: 'Find',
    why: 'Why',
    candidates: 'Who is it?',
    what: 'Make sure it is this person. Their rights are checked as if they showed their card; no personal tally is kept.',
    short: 'At least three letters are needed.',
    nobody:
      'Nobody fits: check the letters, or leave the class empty. Whoever has no pass yet is not in it: “By hand”.',
    noList:
      'This scanner does not have today’s list. Check the identity yourself, then use “By hand”.',
    done: 'Forgotten card: let through and recorded.',
    waits: 'Another reason needs your answer: see the card shown.',
  },
  mode: {
    title: 'Mode',
    change: 'Change mode',
    set: 'Mode changed: {mode}.',
    control: 'Checking',
    controlWhat: 'Every pass is checked. The mode of every day.',
    counting: 'Counting only',
    countingWhat: 'Open day, end of a drill: people are counted, not checked.',
    free: 'Free passage',
    freeWhat: 'The lane stays open; nothing is checked or counted.',
  },
  count: {
    entry: 'One in',
    exit: 'One out',
    entryUndo: 'Take back one in',
    exitUndo: 'Take back one out',
  },
  posture: {
    evacuation: 'Evacuation: let everybody out',
    intrusion: 'Intrusion: follow the safety plan',
    shelter: 'Shelter: follow the safety plan',
    drill: 'Drill',
  },
  alert: {
    dismiss: 'Seen',
    'stolen-issuer': 'A pass never issued, yet truly signed',
    'stolen-issuerWhat': 'An issuing key may be stolen: tell the head of school.',
    notice: 'To know',
  },

  // What is known, and what waits to be sent
  fresh: {
    fresh: 'Info up to date',
    ageing: 'Info getting old ({age})',
    stale: 'Info out of date ({age})',
    missing: 'No info',
  },
  age: { now: 'just now', minutes: '{count} min', hours: '{count} h', days: '{count} d' },
  link: {
    connecting: 'Connecting…',
    online: 'Online',
    offline: 'Offline',
    offlineWhat: 'Passages are recorded in this phone and will leave by themselves.',
    unsent: 'To send: {count}',
    sent: 'All sent',
    heard: 'Server heard: {age}',
    never: 'Server not heard yet',
    notTaken: 'Entries the server did not take: {count}. Tell the technician.',
  },

  // What does not work, and what to do
  faults: {
    denied: {
      title: 'The camera is forbidden',
      what: 'Tap the padlock or the browser’s settings, allow the camera for this page, then try again. Meanwhile: a Bluetooth reader, “Forgotten card” or “By hand”.',
    },
    missing: {
      title: 'No camera here',
      what: 'This phone shows none. Connect a Bluetooth reader, or use “Forgotten card” and “By hand”.',
    },
    busy: {
      title: 'The camera is taken',
      what: 'Another app is using it. Close that app, then try again.',
    },
    lost: {
      title: 'The camera has stopped',
      what: 'Try again. If it goes on, restart the phone. Meanwhile: “Forgotten card” or “By hand”.',
    },
    failed: {
      title: 'The camera does not start',
      what: 'Restart the browser, then try again. Meanwhile: a Bluetooth reader, “Forgotten card” or “By hand”.',
    },
    reader: {
      title: 'Reading codes does not start',
      what: 'Close the app and open it again, with network the first time. Meanwhile: “Forgotten card” or “By hand”.',
    },
    clock: {
      title: 'The time is in doubt',
      what: 'Confirm each passage. Set the phone’s time to “automatic”, or find network for a moment.',
    },
    untold: {
      title: 'This scanner knows nothing of the school yet',
      what: 'It needs network once. Check each identity yourself, then answer or use “By hand”.',
    },
    stale: {
      title: 'The information is out of date',
      what: 'Confirm each passage. Find network for a moment: it updates by itself.',
    },
    unkept: {
      title: 'The new information does not fit here',
      what: 'It is in use, but not after the next opening. Delete photos or apps to make room.',
    },
    anew: {
      title: 'A new journal has begun',
      what: 'The scanner’s memory was cleared or damaged. What was not sent yet is lost. Tell the technician.',
    },
    fragile: {
      title: 'The browser may clear the passages',
      what: 'It does not promise to keep them. Install the app, and send them soon: find network.',
    },
    unproved: {
      title: 'What answers is not the server',
      what: 'A guest network? Open its sign-in page. Otherwise go on: passages stay here. If it lasts, tell the technician.',
    },
    disputed: {
      title: 'The server disputes the journal',
      what: 'Go on: passages stay here. Tell the technician, who will see this scanner on the console.',
    },
    knowledge: {
      title: 'The new information cannot be used',
      what: 'The former is still in use. Tell the technician.',
    },
    elsewhere: {
      title: 'The scanner is open in another window',
      what: 'One at a time: close the other window or tab, then try again.',
    },
  },
  unwritten: {
    title: 'Nothing is recorded',
    paper: 'At an entry, write down on paper each person let through; the exit stays free.',
    full: 'The phone has no room left: delete photos or apps, then open the scanner again.',
    closed: 'The browser closed the scanner’s storage: close the app, then open it again.',
    elsewhere:
      'Another window of the scanner writes in its place: close it, then open this one again.',
    fails:
      'The phone cannot write: open the scanner again. If it lasts, restart the phone and tell the technician.',
  },
  wrong: {
    alias: '1 to 40 letters without accents, digits or hyphens, no space.',
    taken: 'An agent of this phone has this alias already.',
    pin: 'Six digits are needed.',
    weak: 'This PIN is easy to guess: choose another.',
    differ: 'The two PINs are not the same.',
    invitation: 'This is no invitation, or it is damaged. Show one on the console.',
    refused:
      'This invitation no longer counts: used, out of date or withdrawn. Show another on the console.',
    impostor:
      'The answer is not the school’s: the network is not safe. Try another network, and tell the technician.',
    offline: 'The school’s server does not answer. Check the network and try again.',
    full: 'The phone has no room left. Delete some photos or apps, then try again.',
    fullMeanwhile:
      'What is written there stays, and will be sent. Meanwhile check by eye and note on paper who enters; the scanner tries again by itself when you come back here.',
    closed:
      'This browser keeps nothing: private browsing, or storage forbidden. Open this page in a normal window.',
    unsafe:
      'This page was not opened by a safe address (https). Open it again by the invitation, or ask the technician.',
    old: 'This browser is too old for the scanner. It takes iOS 16.4, Chrome 103 or newer.',
    lane: 'The school no longer has this scanner’s lane. On the console, remove it, then invite it again.',
    journal:
      'The journal could not be written: nothing was done. Act by hand and tell the technician.',
    strange: 'Something went wrong. Try again; if it goes on, tell the technician.',
  },
  removed: {
    title: 'This phone is no longer a scanner',
    what: 'The school removed it. All it knew is wiped: information, keys, agents.',
    lost: 'Passages never sent, lost: {count}.',
    nothingLost: 'All passages had been sent.',
    again: 'A new invitation puts it back to work.',
    join: 'Read a new invitation',
    goOn: 'Go on',
  },

  // The menu
  menu: {
    title: 'Menu',
    device: 'Settings',
    sound: 'Sounds',
    vibration: 'Vibration',
    people: 'Agents',
    signOut: 'End of shift',
    signOutWhat:
      'The scanner locks and forgets what it opened. Passages stay safe and leave by themselves.',
    tongue: 'asks for the PIN again',
    signedIn: 'Agent: {agent}',
    help: 'What to do if…',
    about: 'This phone',
  },
  chips: {
    read: 'Chip badges (NFC)',
    unread: 'This phone cannot read that badge: its code, a reader, or “Forgotten card”',
    fault: 'Chip badges are not read',
    denied:
      'The browser’s settings for this page, “NFC”: allow it, then switch it on again in the menu.',
    off: 'Switch on NFC in the phone’s settings, then switch it on again in the menu.',
  },
  about: {
    title: 'This phone',
    school: 'School',
    lane: 'Lane',
    gate: 'Scanner’s number',
    version: 'Version',
    information: 'Information',
    dates: 'Of {from}, valid until {until}.',
    unsent: 'Passages',
    aside: 'Set aside',
    link: 'Server',
    clock: 'Time',
    clockSure: 'sure',
    clockUnsure: 'in doubt',
    keeps: 'What this phone keeps',
    keepsWhat: [
      'The school’s information, encrypted; it opens only with an agent’s PIN, and expires by itself. Opened, it is in memory, never written in clear.',
      'The passages: numbers and codes, never a name. Once sent, they go within fourteen days at most.',
      'Its key, which the browser lets nobody copy; the agents’ aliases, and what checks their PINs.',
      'Your language and settings. No picture of the camera: it is read, then forgotten.',
    ],
    stolen: 'Stolen or lost?',
    stolenWhat:
      'On the console: Gates, this phone, then “Remove this phone”. At its next contact it wipes everything. Without network it stays shut by the PIN, and its information expires.',
  },
  help: {
    title: 'What to do if…',
    sun: 'The code does not read',
    sunWhat:
      'Hold the phone a hand away from the code, flat; tilt it if there is glare. In the evening, use the torch. Dark phone screen: have its brightness turned up. Damaged card: “Forgotten card”.',
    network: 'There is no network',
    networkWhat:
      'Go on: the scanner decides by itself and keeps everything. Somebody who passed elsewhere meanwhile is known only once the network is back.',
    battery: 'The battery runs low',
    batteryWhat:
      'Pause the camera between two waves, turn off the torch. Recorded passages are not lost if the phone goes out.',
    forgotten: 'Somebody has nothing to show',
    forgottenWhat:
      '“Forgotten card”: three letters and the class, eight seconds. Without today’s list: “By hand”.',
    refused: 'The scanner refuses somebody you know',
    refusedWhat:
      'You decide: “Let in” or “Let out”, with a reason. It is recorded with your alias, and nobody stays in the street.',
    phones: 'It refuses every phone',
    phonesWhat:
      'Too old, or ahead of time, one after the other: the time of this phone itself is wrong. Set it to “automatic”, or find network for a moment. Cards are not concerned.',
    other: 'Another agent takes over',
    otherWhat: 'Menu, “End of shift”. The other opens with their alias and PIN.',
  },
};
