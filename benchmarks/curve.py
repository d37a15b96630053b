"""A reliability curve as SVG: what was stated against what was observed, on a scale of odds."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10, sqrt
from typing import Final

_SIZE: Final = 420
_EDGE: Final = 56
_TICKS: Final = (0.1, 0.5, 0.9, 0.99, 0.999)
_LOWEST, _HIGHEST = 0.05, 0.9995


def _at(rate: float) -> float:
    """Where a rate stands on an axis, from 0 to 1: nine in ten and 99 in a hundred are as far apart as they matter."""

    def odds(value: float) -> float:
        return log10(value / (1 - value))

    clipped = min(max(rate, _LOWEST), _HIGHEST)
    return (odds(clipped) - odds(_LOWEST)) / (odds(_HIGHEST) - odds(_LOWEST))


def _x(rate: float) -> float:
    return round(_EDGE + _at(rate) * _SIZE, 1)


def _y(rate: float) -> float:
    return round(_EDGE / 2 + (1 - _at(rate)) * _SIZE, 1)


def curve(points: Sequence[tuple[float, float, int]]) -> str:
    """The curve of ``(stated, observed, rows)``; each point with two standard errors of so many rows."""
    width = _SIZE + _EDGE * 2
    bottom = _SIZE + _EDGE // 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom + 60}" width="{width}" '
        f'height="{bottom + 60}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{bottom + 60}" fill="white"/>',
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#999" stroke-dasharray="4 4"/>',
    ]
    for tick in _TICKS:
        parts += [
            f'<line x1="{_x(tick)}" y1="{_y(1)}" x2="{_x(tick)}" y2="{_y(0)}" stroke="#eee"/>',
            f'<line x1="{_x(0)}" y1="{_y(tick)}" x2="{_x(1)}" y2="{_y(tick)}" stroke="#eee"/>',
            f'<text x="{_x(tick)}" y="{bottom + 18}" text-anchor="middle">{tick:g}</text>',
            f'<text x="{_EDGE - 8}" y="{_y(tick) + 4}" text-anchor="end">{tick:g}</text>',
        ]
    known = [(stated, observed, rows) for stated, observed, rows in points if rows]
    line = " ".join(f"{_x(stated)},{_y(observed)}" for stated, observed, _ in known)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#1f5fa8" stroke-width="1.5"/>')
    for stated, observed, rows in known:
        error = 2 * sqrt(max(observed * (1 - observed), 1 / rows) / rows)
        parts += [
            f'<line x1="{_x(stated)}" y1="{_y(observed - error)}" x2="{_x(stated)}" y2="{_y(observed + error)}" '
            'stroke="#1f5fa8"/>',
            f'<circle cx="{_x(stated)}" cy="{_y(observed)}" r="4" fill="#1f5fa8"/>',
        ]
    middle = _EDGE + _SIZE // 2
    parts += [
        f'<text x="{middle}" y="{bottom + 42}" text-anchor="middle">stated: the confidence of rows</text>',
        f'<text x="16" y="{bottom // 2}" text-anchor="middle" transform="rotate(-90 16 {bottom // 2})">'
        "observed: how many of them are right</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
