"""The law as code: no retention is declared that nothing ends, and what ends it does so in time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db.models import Model
from tests.server.retention.any_row import at_of, row_of

from portique.core.charter import Charter, Declaration
from portique.core.charter_retention import WHILE_KNOWN, Retention
from portique.core.values import from_ms, to_ms
from portique.school.rules import calendar_of
from portique.server.config import chores
from portique.server.people.models import Person
from portique.server.vault.others import OTHERS
from portique.server.vault.purging import Purge, after, registered

LONG_AGO = datetime(2026, 10, 16, 12, tzinfo=UTC)  # a Friday before the holidays
TIMED = [purge for purge in registered() if purge.field]


def declared() -> Iterator[tuple[type[Model], Retention]]:
    """Give each retention of each model, once."""
    for model in apps.get_models(include_auto_created=True):
        said = getattr(model, "charter", None) or OTHERS.get(model._meta.label, Charter())
        told = (said[name] for name in said)
        yield from dict.fromkeys(
            (model, one.retention) for one in told if isinstance(one, Declaration)
        )


def ended(model: type[Model], retention: Retention) -> bool:
    """Say whether a purge of the model ends it, then or sooner."""
    return any(
        whose is model and (limit == retention or (purge.run and limit.within(retention)))
        for purge in registered()
        for whose, limit in purge.ends
    )


@pytest.mark.parametrize(
    ("model", "retention"), list(declared()), ids=lambda one: getattr(one, "__name__", "")
)
def test_each_retention_that_is_declared_is_ended_by_code(model, retention):
    """A new table without its purge fails here: say in the app's `purges.py` what ends it."""
    assert ended(model, retention), f"{model._meta.label}: nothing ends {retention.words().en!r}"


def test_no_purge_ends_what_nobody_declared():
    """A retention was changed, or a model is gone."""
    said = set(declared())

    assert [(m, r) for p in registered() for m, r in p.ends if (m, r) not in said] == []


def test_what_is_erased_at_once_has_no_term():
    """Where a term runs, somebody must look for its end."""
    silent = [purge for purge in registered() if purge.run is None]

    assert [r for purge in silent for _, r in purge.ends if r.term is not None] == []


@pytest.mark.parametrize("purge", TIMED, ids=lambda purge: purge.name)
def test_rows_go_in_the_instant_in_which_their_time_is_over(served, purge: Purge):
    """A millisecond before, each is there; then it is not."""
    ((model, retention),) = purge.ends
    row = row_of(model, **{purge.field: at_of(model, purge.field, LONG_AGO)})
    over = from_ms(retention.ends(to_ms(LONG_AGO), calendar_of(served)))
    here = model._base_manager.filter(pk=row.pk)
    assert purge.run

    purge.run(over - timedelta(milliseconds=1))
    before = here.exists()
    purge.run(over)

    assert (before, here.exists()) == (True, False)


def test_an_hour_does_every_purge(served, monkeypatch):
    """Each function that ends something is one of the hourly chores, and none fails."""
    names = {purge.name for purge in registered() if purge.run}
    done: list[str] = []

    def noted(name: str, *_: object) -> bool:
        done.append(name)
        return True

    monkeypatch.setattr(chores, "_done", noted)
    chores.do_chores(LONG_AGO)

    assert names <= set(done)


def test_a_row_without_a_moment_is_kept(served):
    """Nobody left: no time runs."""
    row_of(Person, left_on=None)
    purge = after(Person, "left_on", WHILE_KNOWN)
    assert purge.run
    purge.run(datetime(2030, 1, 1, tzinfo=UTC))

    assert Person.objects.exists()
