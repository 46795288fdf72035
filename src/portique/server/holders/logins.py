"""Logins of holders: easy to copy, and of nobody's name, so that a changed name changes none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.server.entropy import entropy

if TYPE_CHECKING:
    from collections.abc import Callable

# No letters that are misread for one another or for digits, in print or by hand.
_ONSETS, _VOWELS = "bdfgkmnprstvz", "aeiou"
_WORDS, _SYLLABLES = 2, 3


def new_login(random: Callable[[int], bytes] = entropy) -> str:
    """Draw a login of two words that can be said aloud, such as `badoki-sumeta`."""
    return "-".join(_word(random) for _ in range(_WORDS))


def _word(random: Callable[[int], bytes]) -> str:
    drawn = random(2 * _SYLLABLES)
    return "".join(
        _ONSETS[onset % len(_ONSETS)] + _VOWELS[vowel % len(_VOWELS)]
        for onset, vowel in zip(drawn[::2], drawn[1::2], strict=True)
    )
