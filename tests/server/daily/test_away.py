"""Who is not expected: noted for a pupil or a group, shown, taken off."""

import pytest
from tests.server.daily.conftest import CLASS, PAGE
from tests.server.daily.test_unseen import listed

from portique.server.daily.models import Away

AWAY = f"{PAGE}non-attendus/"
DAY = {"kind": "outing", "first": "2026-11-16", "last": "2026-11-17", "opens": "", "closes": ""}


def test_a_group_is_noted_shown_and_taken_off(office, pupil):
    """The last day is included; taken off, they are expected again."""
    pupil()
    page = office.post(AWAY, {**DAY, "group": CLASS}, follow=True).content.decode()
    away = Away.objects.get()

    assert "Du 16/11 au 17/11" in page
    assert away.ends_at.isoformat() == "2026-11-17T23:00:00+00:00"
    assert listed() == []

    office.post(f"{AWAY}{away.pk}/retirer/")

    assert listed() == ["Zoé Vantreuil"]


def test_a_pupil_is_found_by_letters_and_noted_until_an_hour(office, pupil):
    """Justified until nine: then expected."""
    zoe = pupil()
    found = office.post(AWAY, {"letters": "zoe"}).content.decode()
    noted = {**DAY, "kind": "justified", "last": DAY["first"], "closes": "09:00"}
    office.post(f"{AWAY}eleve/{zoe.pk}/", noted)

    assert f"{AWAY}eleve/{zoe.pk}/" in found
    assert listed() == []
    assert Away.objects.get().ends_at.isoformat() == "2026-11-16T08:00:00+00:00"


@pytest.mark.parametrize(
    "wrong",
    [
        {"last": "2026-11-15"},
        {"last": "2028-11-15"},
        {"last": "2026-11-16", "opens": "10:00", "closes": "09:00"},
        {"group": "no such"},
        {"kind": "here"},
    ],
)
def test_what_can_not_be_is_said_and_not_noted(office, wrong):
    """Ends before it begins, too long, no such group, a kind that only a click makes."""
    page = office.post(AWAY, {**DAY, "group": CLASS, **wrong}).content.decode()

    assert "Il reste quelque chose à corriger" in page
    assert not Away.objects.exists()
