/** This app's version, as the school's console shows it. */

export const VERSION = 'scanner 0.1.0';
