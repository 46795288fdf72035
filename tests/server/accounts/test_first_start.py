"""The first start: no default account, one code, one head."""

from django.test import Client
from tests.server.accounts.conftest import start_with

from portique.server.accounts import first_start
from portique.server.accounts.models import AuditEntry, Deed, FirstStart, User
from portique.server.accounts.roles import Role


def test_the_printed_code_makes_the_head_who_goes_on_to_a_second_factor(start_code):
    """Signed in at once, and led to the one thing that is still to be done."""
    response = start_with(Client(), start_code)

    user = User.objects.get()
    assert (user.role, user.name, user.login) == (Role.HEAD, "Dominique Aubry", "d.aubry")
    assert response.redirect_chain[-1][0] == "/compte/second-facteur/"
    assert "Dominique Aubry" in response.content.decode()


def test_the_code_is_kept_as_a_hash_alone(start_code):
    """Whoever reads the database can't start."""
    row = FirstStart.objects.values().get()

    assert start_code.replace("-", "") not in str(row)


def test_a_wrong_code_makes_nobody(start_code):
    """Whatever else is right; it says who gives another."""
    response = start_with(Client(), "0000-0000-0000-0000")

    assert not User.objects.exists()
    assert "en relançant le serveur" in response.content.decode()


def test_the_code_may_be_typed_as_people_type(start_code):
    """Small letters, spaces for hyphens, O for zero and I for one."""
    typed = start_code.lower().replace("-", " ").replace("0", "o").replace("1", "i")
    start_with(Client(), typed)

    assert User.objects.count() == 1


def test_each_start_voids_the_code_before(start_code):
    """What scrolled away in a terminal opens nothing."""
    second = first_start.make_code()
    assert second is not None
    start_with(Client(), start_code)
    assert not User.objects.exists()

    start_with(Client(), second)
    assert User.objects.count() == 1


def test_a_school_with_an_account_prints_no_code(start_code):
    """The page is closed, too."""
    start_with(Client(), start_code)

    assert first_start.make_code() is None
    response = start_with(Client(), start_code, login="somebody-else")
    assert User.objects.count() == 1
    assert response.redirect_chain[0][0] == "/compte/connexion/"


def test_guesses_of_the_code_are_slowed(start_code):
    """After ten wrong ones even the right one has to wait; elsewhere it has not."""
    client = Client()
    for _ in range(10):
        start_with(client, "0000-0000-0000-0000")

    response = start_with(client, start_code)
    assert "Trop d’essais" in response.content.decode()
    start_with(Client(REMOTE_ADDR="10.0.0.9"), start_code)
    assert User.objects.count() == 1


def test_a_short_password_is_refused_and_the_code_kept(start_code):
    """Twelve characters at least."""
    response = start_with(Client(), start_code, password="court", again="court")

    assert not User.objects.exists()
    assert "12 caractères" in response.content.decode()
    start_with(Client(), start_code)
    assert User.objects.count() == 1


def test_the_start_is_recorded(start_code):
    """Who made the first account, and when."""
    start_with(Client(), start_code)

    entry = AuditEntry.objects.get()
    assert (entry.deed, entry.by_name) == (Deed.ACCOUNT_MADE, "Dominique Aubry")
