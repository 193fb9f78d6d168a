"""How many made-up examples the property tests try.

Runs are the same every time. `FUZZ=20 python -m pytest tests/test_agreement.py` tries twenty times as many, new ones
on each run; hypothesis keeps those that failed in `.hypothesis` and tries them first the next time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("FUZZ", "1"))


def fuzz(examples: int) -> settings:
    """Return settings for a property that is tried with this number of examples, times FUZZ."""
    return settings(
        max_examples=examples * FACTOR,
        deadline=None,
        derandomize=FACTOR == 1,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
    )
