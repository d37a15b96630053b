"""What tests of scans share."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

# What is missing of the extra; where everything has to be there, tests fail without it.
MISSING = (
    []
    if "PIFUBIAO_COMPLETE" in os.environ
    else [name for name in ("cv2", "onnxruntime", "rapidocr") if find_spec(name) is None]
)
needs_scan = pytest.mark.skipif(
    bool(MISSING),
    reason=f"the extra pifubiao[scan] is not installed: {', '.join(MISSING)}",
)
