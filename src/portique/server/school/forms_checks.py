"""What the shares of random checks are chosen with: one field for each lane, and never more."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms

from portique.school.checks import share_on
from portique.server.words import spoken, words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.http import QueryDict

    from portique.core.zones import Lane
    from portique.school.checks import Shares

OFFERED = (0, 5, 10, 20, 50, 100, 200)  # thousandths: a lane goes on flowing
UNDECIDED = words("Pas de part décidée ici", "No share decided here")
NOBODY = words("Personne", "Nobody")


def in_words(share: int) -> str:
    """Say a share of thousandths as a person does."""
    if share == 0:
        return str(NOBODY)
    whole, tenths = divmod(share, 10)
    french, english = (f"{whole}{mark}{tenths}" if tenths else f"{whole}" for mark in ",.")
    return str(words(f"{french}\u00a0% des présentations", f"{english}% of showings"))


class SharesForm(forms.Form):
    """The share of each lane."""

    def __init__(
        self, data: QueryDict | None, lanes: Iterable[Lane], shares: Shares, today: date
    ) -> None:
        super().__init__(data)
        self._lanes = {f"lane-{place}": lane.name for place, lane in enumerate(lanes)}
        titles = {lane.name: spoken(lane.title) for lane in lanes}
        for field, lane in self._lanes.items():
            steps = shares.get(lane, ())
            newest = steps[-1].share if steps else None
            self.fields[field] = forms.TypedChoiceField(
                label=titles[lane],
                choices=_choices(newest),
                coerce=int,
                empty_value=None,
                required=newest is not None,
                initial=newest,
                help_text=_until_then(share_on(steps, today), newest),
            )

    def chosen(self) -> dict[str, int]:
        """Return the shares by lane, without those nobody decided on."""
        given = {lane: self.cleaned_data[field] for field, lane in self._lanes.items()}
        return {lane: cast("int", share) for lane, share in given.items() if share is not None}


def _choices(newest: int | None) -> list[tuple[int | str, str]]:
    offered = sorted({*OFFERED, *([] if newest is None else [newest])})
    first: list[tuple[int | str, str]] = [("", str(UNDECIDED))] if newest is None else []
    return [*first, *((share, in_words(share)) for share in offered)]


def _until_then(counting: int | None, newest: int | None) -> str:
    if counting == newest:
        return ""
    said = str(UNDECIDED) if counting is None else in_words(counting)
    return str(words(f"Jusqu’à ce soir\u00a0: {said}", f"Until tonight: {said}"))
