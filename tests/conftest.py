"""Settings and fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example)
# The same examples every time by default and in CI; `thorough` looks further with every run.
settings.register_profile("quick", max_examples=150, deadline=2000, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("thorough", max_examples=3000, deadline=4000, suppress_health_check=_SLOW, print_blob=True)
# Where each line is watched, everything is slow, and few examples reach what many do.
settings.register_profile("measured", max_examples=15, deadline=None, derandomize=True, suppress_health_check=_SLOW)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "quick")
settings.load_profile(PROFILE)
if PROFILE in ("quick", "measured"):
    # Else what is drawn hangs on the constants of the modules that other tests happened to load before.
    vars(providers)["_get_local_constants"] = vars(providers)["Constants"]


@pytest.fixture(scope="session")
def samples_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a run over all samples; not to be changed."""
    from extract.batch.run import Options, run

    out = tmp_path_factory.mktemp("samples") / "out"
    run(Options((str(Path(__file__).parent.parent / "samples"),), out, workers=None))
    return out
