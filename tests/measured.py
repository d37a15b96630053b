"""A plugin of coverage.py: what readers' processes did is kept, though they are ended by a signal."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Any, Final

from coverage import Coverage

_SET: Final = signal.signal


def coverage_init(_: object, __: object) -> None:
    """Called by coverage.py in each process that it measures, before anything else is loaded there."""
    vars(signal)["signal"] = _signal


def _signal(number: int, handler: Any) -> Any:
    # The package's processes take no handler over from whoever started them, and none of coverage.py's either.
    own = sys._getframe(1).f_globals.get("__name__", "").startswith("extract.")
    ends = handler == signal.SIG_DFL and number in (signal.SIGTERM, signal.SIGINT)
    return _SET(number, _kept if own and ends else handler)


def _kept(number: int, _: FrameType | None) -> None:
    """What was seen is written, and the process ends as it would have."""
    if (measured := Coverage.current()) is not None:
        measured.stop()
        measured.save()
    _SET(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
