"""What tests of scans share."""

from __future__ import annotations

from importlib.util import find_spec

from tests.needs import COMPLETE, needs

_ABSENT = [name for name in ("cv2", "onnxruntime", "rapidocr") if find_spec(name) is None]
# What is missing of the extra; where everything has to be there, tests fail without it.
MISSING = [] if COMPLETE else _ABSENT
needs_scan = needs(f"the extra pifubiao[scan] ({', '.join(_ABSENT)})", found=not _ABSENT)
