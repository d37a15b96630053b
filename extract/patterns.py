"""The engine for patterns that use possessive quantifiers (``*+``, ``++``, ``?+``) or atomic groups.

Python's own ``re`` has them from 3.11 on, but reads some of them wrong before 3.11.5 (CPython's issue 106052): a match
that should be found is not, and nothing says so. Debian 12 has 3.11.2. There the package ``regex`` stands in, which
reads them right and takes a quarter to a half more time; from 3.11.5 on ``re`` is used.

Modules whose patterns have none of these import ``re`` itself.
"""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING or sys.version_info >= (3, 11, 5):
    import re
else:
    import regex as re

__all__ = ["re"]
