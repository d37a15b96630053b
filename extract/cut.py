"""Texts that an export has cut: told by their display width, and by how they end.

Portals cut a text at a display width (a Chinese character counts 2): when a character of width 2 no longer fits, one
place stays empty, so a cut text has the width of the limit or one less. The limit is learned from the texts of a
column; the limits that are known of portals (``schemas/forms``) count where no text of the column is wider.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from extract.clean import all_widths, width

# What portals put where they cut.
ELLIPSES: Final = ("…", "...", "。。。")
_CLAUSE_END: Final = "，。；、！？,;"
_SENTENCE_END: Final = tuple("。！？!?；;")
_SENTENCE_ENDS: Final = frozenset(_SENTENCE_END)
_DANGLING: Final = frozenset("，、,：:（(《“‘〈【[＋+—·")
_PAIRS: Final = (
    ("（", "）"),
    ("(", ")"),
    ("“", "”"),
    ("《", "》"),
    ("‘", "’"),
    ("【", "】"),
    ("〈", "〉"),
    ("「", "」"),
)
# So many texts of one width at the upper end of a column are no chance.
_ENOUGH: Final = 3
_SURELY: Final = "surely"
_BARELY: Final = "barely"
# Shorter clauses go on in many ways.
_SHORTEST_CLAUSE: Final = 3
# A limit below this is no portal's; short texts pile up at short widths by chance.
_SHORTEST_LIMIT: Final = 40


def is_open(text: str) -> bool:
    """Whether a text cannot end where it does: after a comma, or within brackets or quotation marks."""
    return text[-1:] in _DANGLING or _in_brackets(text, _PAIRS)


def _in_brackets(text: str, pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether one of these brackets is open at the end of a text."""
    for opening, closing in pairs:
        at = text.rfind(opening)
        if at >= 0 and at > text.rfind(closing):
            return True
    return False


class Cut(NamedTuple):
    """Which texts of a column are cut, by their places in it, and a limit that was only learned from few of them.

    ``limits``: the display widths at which texts of this column may have been cut.
    """

    places: list[int]
    doubtful_limit: int | None = None
    limits: tuple[int, ...] = ()


def cut_ones(texts: Sequence[str], known: Sequence[int]) -> Cut:
    """Which texts of a column are cut. ``known``: the limits known of portals.

    A known limit counts where no text is wider. Where there is none, texts that pile up at the upper end show one; it
    is doubtful where they are few and do not end with a full stop anyway, so that a cut one looks like a whole one.
    """
    if not texts:
        return Cut([])
    widths = _widths(texts)
    widest = max(widths)
    at = [limit for limit in known if widest <= limit]
    doubtful = None
    piled = widths.count(widest) + widths.count(widest - 1) >= _ENOUGH
    if piled and widest >= _SHORTEST_LIMIT and widest not in known and widest + 1 not in known:
        shown = _shown(texts, all_widths(texts), widest)
        if shown:
            at.append(widest)
            doubtful = None if shown == _SURELY else widest
    ends = {*at, *[limit - 1 for limit in at]}
    lasts = [text[-1:] for text in texts]
    everything = "".join(texts)
    pairs = [pair for pair in _PAIRS if pair[0] in everything]
    if not pairs and ends.isdisjoint(widths) and _DANGLING.isdisjoint(lasts):
        return Cut([], doubtful, tuple(at))
    found = [] if ends.isdisjoint(widths) else [i for i, own in enumerate(widths) if own in ends]
    if not _DANGLING.isdisjoint(lasts):
        found += [i for i, last in enumerate(lasts) if last in _DANGLING]
    for opening, closing in pairs:
        found += [i for i, text in enumerate(texts) if opening in text and text.rfind(opening) > text.rfind(closing)]
    return Cut([i for i in sorted({*found}) if lasts[i] not in _SENTENCE_ENDS], doubtful, tuple(at))


def _widths(texts: Sequence[str]) -> list[int]:
    """The display widths of texts; of one too short for any limit, or to come near the widest, no more than a bound.

    No character is wider than two places, so these need not be measured.
    """
    lengths = [*map(len, texts)]
    longest = max(lengths)
    if longest * 2 < _SHORTEST_LIMIT:
        return [length * 2 for length in lengths]
    least = width(texts[lengths.index(longest)]) // 2
    return [width(text) if length >= least else 0 for text, length in zip(texts, lengths, strict=True)]


def _shown(texts: Sequence[str], widths: Sequence[int], widest: int) -> str:
    """Whether the widest texts show that there is a limit: surely, barely or not at all ("").

    They are several, and most of those that could have met it (short texts say nothing). A text whose last clause
    stands whole in a text of another width proves nothing: it may well end there, unless the texts of this column end
    with a full stop and this one does not. One whose last clause goes on in another text is cut for sure.
    """
    top = [text for text, own in zip(texts, widths, strict=True) if own >= widest - 1]
    long = sum(1 for own in widths if own * 2 > widest)
    if len(top) < _ENOUGH or len(top) * 2 <= long:
        return ""
    others = [text for text, own in zip(texts, widths, strict=True) if own < widest - 1]
    stops = sum(1 for text in others if text.endswith(_SENTENCE_END)) * 2 > len(others)
    unended = [text for text in top if not text.endswith(_SENTENCE_END)]
    clauses = [text[max(map(text.rfind, _CLAUSE_END)) + 1 :] for text in unended]
    telling = clauses if stops else [c for c in clauses if not any(_whole(c, text) for text in others)]
    going_on = sum(1 for clause in set(clauses) if any(_goes_on(clause, text) for text in texts))
    if len(telling) < _ENOUGH - bool(going_on) or (not stops and len(set(telling)) < 2):
        return ""
    return _SURELY if stops or going_on or len(telling) > _ENOUGH else _BARELY


def _goes_on(clause: str, text: str) -> bool:
    """Whether a clause is the beginning of a longer one in a text."""
    if len(clause) < _SHORTEST_CLAUSE:
        return False
    start = text.find(clause)
    while start >= 0:
        end = start + len(clause)
        begins = start == 0 or text[start - 1] in _CLAUSE_END
        if begins and end < len(text) and text[end] not in _CLAUSE_END:
            return True
        start = text.find(clause, end)
    return False


def _whole(clause: str, text: str) -> bool:
    """Whether a clause stands in a text as a whole one."""
    start = text.find(clause)
    end = start + len(clause)
    return start >= 0 and (end == len(text) or text[end] in _CLAUSE_END)


def is_cut(text: str, at: int) -> bool:
    """Whether a text of a column whose limit is ``at`` is cut.

    A sentence that ends is not cut because it is long; a text that is still open is, however short.
    """
    return (width(text) in (at, at - 1) or is_open(text)) and not text.endswith(_SENTENCE_END)
