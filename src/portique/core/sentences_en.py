"""What each reason says in English: to the agent, aloud to the person, and the next step.

The words to read aloud blame nobody; the next step names the staffed point, `{point}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.decide import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES_EN: Mapping[Reason, tuple[str, str, str]] = {
    Reason.ALARM_INTRUSION: (
        "Intrusion alert: nobody comes in, and nobody is held back on the way out.",
        "Move away from the gate and take shelter.",
        "Send newcomers away, tell {point}, let people out.",
    ),
    Reason.ALARM_EVACUATION: (
        "Evacuation: nobody goes in, everybody may leave unchecked.",
        "The school is being evacuated: please walk to the assembly point.",
        "Send newcomers to {point}, let people out.",
    ),
    Reason.ALARM_SHELTER: (
        "Shelter: people come in only where an adult holds the door.",
        "The school is taking shelter: please come in now through {point}.",
        "Bring people in through {point} and close again; hold nobody back on the way out.",
    ),
    Reason.NOT_A_PASS: (
        "This code is not one of Portique’s passes.",
        "That is not the right code: do you have your pass?",
        "Ask for the pass; otherwise send to {point}.",
    ),
    Reason.UNREADABLE_PASS: (
        "Damaged or copied pass: its content is not in the expected form.",
        "Your code does not read well: we will print it again for you.",
        "Send to {point} for a new print.",
    ),
    Reason.BAD_SEAL: (
        "The signature is wrong: the school did not make this code.",
        "This code does not work here: let us look at it together.",
        "Keep the card or paper and check the identity with {point}.",
    ),
    Reason.UNKNOWN_KEY: (
        "Signed by a key this gate does not know (an earlier year, or a gate out of date).",
        "Your code is from another series: we will check it.",
        "Check the identity with {point}; if it goes on, update the gate.",
    ),
    Reason.OTHER_SCHOOL: (
        "A pass of another school.",
        "This pass belongs to another school: whom are you visiting?",
        "Send to {point} to be received as a visitor.",
    ),
    Reason.PHONE_PROOF_MISSING: (
        "A phone’s pass shown without the phone’s proof (a screenshot or a print).",
        "Please open your pass in the app: a picture is not enough.",
        "Have the app opened again; otherwise check the identity with {point}.",
    ),
    Reason.PHONE_PROOF_BAD: (
        "The proof is not from the phone this pass belongs to.",
        "This phone is not the one on the pass: let us look at it together.",
        "Check the identity with {point}.",
    ),
    Reason.PHONE_CODE_OLD: (
        "The phone’s code is too old: a screenshot, or a phone whose clock is slow.",
        "Please open your pass again so that it redraws.",
        (
            "Have the code shown again; if it is still old, have the phone’s time set to automatic."
            " Otherwise send to {point}."
        ),
    ),
    Reason.PHONE_CODE_AHEAD: (
        "The phone’s code is ahead of time: the phone’s clock is wrong.",
        "Your phone’s clock is fast: set it to automatic, then show the code again.",
        "Have the phone’s time set to automatic; otherwise check the identity with {point}.",
    ),
    Reason.REPLAYED: (
        "This phone’s code has already been used.",
        "Please wait until your code redraws, then show it again.",
        "Wait for the next code (15 s); otherwise check the identity with {point}.",
    ),
    Reason.REVOKED: (
        "Cancelled pass (lost, replaced or withdrawn).",
        "This pass is no longer valid: do you have a newer one?",
        "Ask for the newer one; otherwise send to {point}.",
    ),
    Reason.SUSPENDED: (
        "Pass suspended by the school.",
        "Someone would like a word with you: I will send you there.",
        "Send to {point}, without a comment in front of others.",
    ),
    Reason.PHONE_SUSPENDED: (
        "Phone suspended (reported lost, or no phones at this school).",
        "This phone doesn’t count at the moment: do you have your card or paper?",
        "Read the card or paper; without one, send to {point}, without a comment.",
    ),
    Reason.STATUS_UNLISTED: (
        "A number never given out: the key that makes passes may have been stolen.",
        "Your code has to be checked: we are seeing to it right now.",
        "Keep the card or paper and call {point} at once.",
    ),
    Reason.EXPIRED: (
        "The pass has reached its end date.",
        "Your pass has run out, no harm done: we will make a new one.",
        "Check the name, then send to {point} for a new one.",
    ),
    Reason.NOT_YET_VALID: (
        "The pass is not valid yet.",
        "Your pass starts later: let us see what is planned.",
        "Ask {point} whether this person is expected.",
    ),
    Reason.OUTSIDE_OPENING: (
        "Outside opening hours for this person.",
        "It is too early or already over: let us see what is planned for you.",
        "Ask {point}; do not leave a pupil in the street.",
    ),
    Reason.ZONE_NOT_COVERED: (
        "This part of the school is not open to this person.",
        "This door is not yours: I will show you the right one.",
        "Show the right way in or ask {point}.",
    ),
    Reason.VISIT_DESTINATION: (
        "The visit is planned in another part of the school.",
        "Your appointment is elsewhere: I will show you the way.",
        "Have the visitor shown the way or ask {point}.",
    ),
    Reason.VISIT_HOURS: (
        "The visit is planned for another time.",
        "Your appointment is at another time: I will tell your host.",
        "Ask {point} to tell the host.",
    ),
    Reason.EXIT_NOT_PERMITTED: (
        "Leaving at this hour is not planned for this pupil. Nothing locks.",
        "You are not due to leave on your own now: come, let us talk about it.",
        "Talk with the pupil and see {point}; if they leave, report it.",
    ),
    Reason.EXIT_REGIME_UNKNOWN: (
        "Exit regime unknown: the gate cannot answer.",
        "I am checking your permission to leave, one moment.",
        "Ask {point} for the exit regime.",
    ),
    Reason.TIMETABLE_UNKNOWN: (
        "Today’s timetable is unknown: the gate cannot tell whether lessons are over.",
        "I am checking your timetable, one moment.",
        "Ask {point} whether the pupil’s lessons are over.",
    ),
    Reason.IDENTITY_SEALED: (
        "A genuine pass, but this gate cannot read the name in it.",
        "Hello, could you remind me of your name?",
        "Ask for the name and compare with {point}.",
    ),
    Reason.IDENTITY_TO_CONFIRM: (
        "Identity check: picked at random, or the comparison hesitates.",
        "A quick check, as for everybody: could you tell me your name?",
        "Compare the person, the name and the class; in doubt, see {point}.",
    ),
    Reason.LOW_ASSURANCE: (
        "Nothing proves who it is: a badge read by its bare number, or a forgotten card.",
        "Hello, could you tell me your name?",
        "Compare the name shown with the person; in doubt, see {point}.",
    ),
    Reason.DOUBLE_USE: (
        "This pass has just been used, here or at another lane.",
        "Have you already come through? Let us check together.",
        "Compare the name with the person; if it was lent, send to {point}.",
    ),
    Reason.IN_OUT_MISMATCH: (
        "Two passages in a row in the same direction: one was not seen.",
        "Your last passage was not seen: all is well, one moment.",
        "Check the name and let through, or see {point}.",
    ),
    Reason.TIME_UNTRUSTED: (
        "The gate’s time is not sure: dates and hours cannot be judged.",
        "Our device needs setting, it is not you: one moment.",
        "Check the name and the time, decide; tell {point}.",
    ),
    Reason.STATUS_MISSING: (
        "The list of cancelled passes is missing, or this pass cannot be looked up in it.",
        "Our device is not up to date, it is not you: one moment.",
        "Check the identity; in doubt, ask {point}.",
    ),
    Reason.STATUS_STALE: (
        "The list of cancelled passes has run out.",
        "Our device is not up to date, it is not you: one moment.",
        "Check the name and decide; ask {point} for an update.",
    ),
    Reason.KNOWLEDGE_MISSING: (
        "This gate has received no knowledge from the school.",
        "Our device is not ready, it is not you: one moment.",
        "Use the paper list and tell {point}.",
    ),
    Reason.KNOWLEDGE_STALE: (
        "This gate’s knowledge has run out: rights and hours may have changed.",
        "Our device is not up to date, it is not you: one moment.",
        "Check the name and decide; ask {point} for an update.",
    ),
    Reason.TABLE_DIFFERS: (
        "This device applies another table of rules than the school.",
        "Our device is not up to date, it is not you: one moment.",
        "Decide yourself and ask {point} to update the device.",
    ),
    Reason.JOURNAL_UNAVAILABLE: (
        "The journal cannot be written: no entry can be recorded.",
        "Our device has a problem, it is not you: I will note you by hand.",
        "Tick the paper list and tell {point}; leaving stays free.",
    ),
    Reason.LATE: (
        "This pupil’s lesson has begun.",
        "Hello, your lesson has begun: please see {point} first.",
        "Let in and send to {point}.",
    ),
    Reason.EXIT_NOTE: (
        "Leaving by a one-off permission, with or without a reason given.",
        "All noted, have a good day.",
        "Let out; {point} holds the permission.",
    ),
}
