"""The charter holds for every column of the database, whoever made its table."""

from dataclasses import replace

import pytest
from django.apps import apps

from portique.core.charter import Charter, FaultKind, check
from portique.server.passes.models import IssuedPass
from portique.server.vault.checks import charter_check, declared_fields
from portique.server.vault.others import OTHERS


def test_every_column_is_declared_lawfully():
    """The same check stops a server whose models say less."""
    assert [f"{f.model}.{f.field}: {f.kind}" for f in check(declared_fields())] == []


def test_every_model_is_looked_at():
    """Also those of other packages."""
    assert {info.model for info in declared_fields()} == {
        m._meta.label for m in apps.get_models(include_auto_created=True)
    }


def test_a_column_of_which_nothing_is_said_is_an_error(monkeypatch):
    """Django's own check names it, and the server does not start."""
    less = Charter(**{name: said for name, said in IssuedPass.charter.items() if name != "text"})
    monkeypatch.setattr(IssuedPass, "charter", less)

    assert "passes.IssuedPass.text" in {error.msg.split(":")[0] for error in charter_check(None)}


@pytest.mark.parametrize("model", sorted(OTHERS))
def test_a_table_of_another_package_that_is_gone_is_named(model):
    """What is declared exists: nothing is promised of tables that are not there."""
    assert model in {info.model for info in declared_fields()}


def test_a_sealed_name_that_were_plain_is_a_fault():
    """Identities are declared as such, and must then be unreadable at rest."""
    infos = [info for info in declared_fields() if info.field == "login" and "User" in info.model]
    kinds = {fault.kind for info in infos for fault in check([_plain(info)])}

    assert kinds == {FaultKind.READABLE_AT_REST}


def _plain(info):
    return replace(info, encrypted=False)
