"""Who did what to passes and rules is kept as long as the charter says."""

from datetime import timedelta

import pytest

from portique.server import clock
from portique.server.accounts.roles import Role
from portique.server.config import chores
from portique.server.passes.models import Act, ActKind, QuotaAlert
from portique.server.school.models import RulesAct, RulesActKind


@pytest.mark.parametrize(
    "make",
    [
        lambda at, who: Act.objects.create(at=at, account=who, kind=ActKind.ISSUED),
        lambda at, who: QuotaAlert.objects.create(at=at, account=who, cause="person", asked=4),
        lambda at, who: RulesAct.objects.create(at=at, by=who, kind=RulesActKind.YEAR),
    ],
    ids=["act", "quota alert", "act on rules"],
)
def test_who_did_what_is_kept_for_six_months(account, make):
    """As the charter says; not a day longer."""
    at, head = clock.now(), account(Role.HEAD)
    make(at - timedelta(days=184), head)
    kept = make(at - timedelta(days=182), head)

    assert chores.do_chores(at) == ()
    assert list(type(kept).objects.all()) == [kept]
