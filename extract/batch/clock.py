"""How long the stages of a run take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import Any


class Clock:
    """Adds up the time spent in each stage: ``with clock("read"): ...``."""

    def __init__(self) -> None:
        self._started = datetime.now(UTC)
        self._begin = perf_counter()
        self._spent: dict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Counts the time of the block towards ``stage``."""
        since = perf_counter()
        try:
            yield
        finally:
            self._spent[stage] += perf_counter() - since

    def spent(self) -> dict[str, float]:
        """Seconds by stage."""
        return dict(self._spent)

    def include(self, spent: Mapping[str, float]) -> None:
        """Adds what another clock counted."""
        for stage, seconds in spent.items():
            self._spent[stage] += seconds

    def timings(self) -> dict[str, Any]:
        """``started`` (UTC), and seconds by stage and in total."""
        stages = {f"{stage}_seconds": round(spent, 6) for stage, spent in self._spent.items()}
        total = round(perf_counter() - self._begin, 6)
        return {"started": self._started.isoformat(timespec="seconds"), **stages, "total_seconds": total}
