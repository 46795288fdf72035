"""The shapes of entries' fields refuse what they could not give back."""

import pytest

from portique.core.entries_fields import CODES_MAX, VERSIONS


@pytest.mark.parametrize(
    "value", [[], None, "x", {f"part{n}": n for n in range(CODES_MAX + 1)}, {"a b": 1}, {"a": -1}]
)
def test_versions_are_a_small_map_of_codes_to_numbers(value):
    """Anything but a map of at most 24 codes to whole numbers is refused."""
    with pytest.raises(ValueError, match=r"map|code|number"):
        VERSIONS.from_cbor(value)
