"""The interface does what its description says, whatever is sent: schemathesis asks it."""

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from portique.server.api.v1 import limits
from portique.server.api.v1.document import document, operations

EXAMPLES = 25
BOUNDS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def hold(operation: Any, headers: dict[str, str], mode: GenerationMode) -> None:
    """Ask an operation what its description allows, or what it doesn't."""
    # That hours don't end before they begin can't be said in a JSON schema.
    apart = [positive_data_acceptance] if operation.label == "POST /api/v1/changes" else []

    @BOUNDS
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        case.call_and_validate(headers=headers, excluded_checks=apart)

    asked()


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_keeps_to_its_description(program, pupil, taught, monkeypatch, mode):
    """No 5xx, nothing undescribed, nothing wrong accepted, nothing without a token."""
    monkeypatch.setattr(limits, "CALLS_MAX", 10**9)
    pupil()
    headers = {"Authorization": f"Bearer {program().token}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    labels = []
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # an error fails the test
        hold(operation, headers, mode)
        labels.append(operation.label)

    assert len(labels) == len(list(operations(document())))
