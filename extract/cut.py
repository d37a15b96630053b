"""Texts that an export has cut: told by their display width, and by how they end.

Portals cut a text at a display width (a Chinese character counts 2): when a character of width 2 no longer fits, one
place stays empty, so a cut text has the width of the limit or one less. The limit is learned from the texts of a column;
the limits that are known of portals (``schemas/forms``) count where no text of the column is wider.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from extract.clean import width

_SENTENCE_END: Final = tuple("。！？!?；;")
_DANGLING: Final = tuple("，、,：:（(《“‘〈【[＋+—·")
_PAIRS: Final = {"（": "）", "(": ")", "“": "”", "《": "》", "‘": "’", "【": "】", "〈": "〉", "「": "」"}
# So many texts of one width at the upper end of a column are no chance.
_ENOUGH: Final = 3
# A limit below this is no portal's; short texts pile up at short widths by chance.
_SHORTEST_LIMIT: Final = 40


def is_open(text: str) -> bool:
    """Whether a text cannot end where it does: after a comma, or within brackets or quotation marks."""
    if text.endswith(_DANGLING):
        return True
    return any(opening in text and text.rfind(opening) > text.rfind(closing) for opening, closing in _PAIRS.items())


def limits(texts: Iterable[str], known: Sequence[int]) -> tuple[int, ...]:
    """The display widths at which texts of this column are cut: known limits that no text exceeds, and a learned one."""
    widths = Counter(width(text) for text in texts)
    if not widths:
        return ()
    widest = max(widths)
    found = [limit for limit in known if widest <= limit]
    at_top = widths[widest] + widths[widest - 1]
    if at_top >= _ENOUGH and at_top * 3 >= sum(widths.values()) and widest >= _SHORTEST_LIMIT and not any(widest in (k, k - 1) for k in known):
        found.append(widest)
    return tuple(found)


def is_cut(text: str, at: Sequence[int]) -> bool:
    """Whether a text of a column with the limits ``at`` is cut.

    A sentence that ends is not cut because it is long; a text that is still open is, however short.
    """
    if text.endswith(_SENTENCE_END):
        return False
    if is_open(text):
        return True
    if not at:
        return False
    own = width(text)
    return any(own in (limit, limit - 1) for limit in at)
