"""May they leave? The page that asks it."""

from django.urls import reverse
from tests.server.conftest import AT


def test_it_is_asked_about_now_unless_told_otherwise(office, monkeypatch):
    """The school's own hour stands in the form: 08:30 there, 07:30 at Greenwich."""
    monkeypatch.setattr("portique.server.clock.now", lambda: AT)
    page = office.get(reverse("school:simulator")).content.decode()

    assert 'value="08:30"' in page
