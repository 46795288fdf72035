/**
 * The refusals of `portique.core.errors` that a phone can meet; a bug of ours is none of these.
 *
 * No message ever holds personal data: no name, text of a code, holder's number.
 */

/** Base of the errors below; caught only where an app is entered. */
export class PortiqueError extends Error {
  get name() {
    return this.constructor.name;
  }
}

/** The presented pass can't be trusted: refuse, write it down, carry on. */
export class PassError extends PortiqueError {}

/** The text has none of Portique's prefixes. */
export class NotAPass extends PassError {}

/** The text begins like a pass but isn't the one canonical form of anything. */
export class UnreadablePass extends PassError {}

/** The pass names another school. */
export class OtherSchool extends PassError {}

/** No key of this device has the pass's key id. */
export class UnknownIssuer extends PassError {}

/** The signature doesn't verify with the key the pass names. */
export class BadSeal extends PassError {}

/** The sealed part of a genuine pass can't be opened: no key here, or damaged. */
export class SealedIdentityError extends PortiqueError {}

/** What the server said is unsigned, damaged, too old or not for this device. */
export class KnowledgeError extends PortiqueError {}

/** An entry can't be written or read: entry refers, exit stays free. */
export class JournalError extends PortiqueError {}

/** What came from the server, or is for it, is not in its one form or not from this school. */
export class LinkError extends PortiqueError {}

/** Somebody else answered first, or what was asked for is over: nothing was done. */
export class TooLate extends PortiqueError {}
