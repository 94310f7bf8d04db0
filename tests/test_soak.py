"""A short soak of each mock: no answer is off its document, says a validator that is not ours."""

from __future__ import annotations

import pytest

from benchmarks.soak import soaked
from mock_server.discovery import api_names


@pytest.mark.parametrize("api", api_names())
def test_no_answer_breaks_the_document(api):
    soak = soaked(api, 60, every=1)
    assert soak.checked > 20
    assert soak.failures == []
