"""How the plots of the notebooks look: a Chinese font, colours that colour-blind people tell apart, few lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any, Final

import matplotlib as mpl
import pandas
from cycler import cycler
from matplotlib import font_manager
from matplotlib import pyplot as plt

# Of Okabe and Ito, the darker ones first; the yellow, which is hard to see on white, is left out.
COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
GREY: Final = "#8a8f94"
SEVERITIES: Final = {"info": "#56B4E9", "warning": "#E69F00", "error": "#D55E00"}
FONTS: Final = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Droid Sans Fallback",
)


class NoChineseFontError(RuntimeError):
    """There is no font that has Chinese characters: plots would show boxes in their place."""


def chinese_font() -> str:
    """The first of ``FONTS`` that is installed; NoChineseFontError where none is."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    for name in FONTS:
        if name in known:
            return name
    raise NoChineseFontError(
        f"none of these fonts is installed: {', '.join(FONTS)}; install one (Debian: fonts-noto-cjk), remove "
        f"{mpl.get_cachedir()} and start anew. 未安装中文字体：请安装其中之一，并删除上述缓存文件夹后重新开始。"
    )


def style() -> None:
    """Sets the looks of all plots and tables that follow."""
    plt.rcParams.update(
        {
            "font.family": [chinese_font(), "DejaVu Sans"],
            "font.size": 11,
            "figure.figsize": (8, 4),
            "figure.dpi": 100,
            "figure.constrained_layout.use": True,
            "axes.prop_cycle": cycler(color=COLOURS),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 13,
            "axes.titlepad": 12,
            "axes.unicode_minus": False,
            "legend.frameon": False,
        }
    )
    pandas.set_option("display.max_rows", 20, "display.max_colwidth", 40, "display.precision", 2)


def grid(axes: Any, axis: str) -> None:
    """Thin lines behind the marks, along one axis."""
    axes.grid(visible=True, axis=axis, color="#e3e6e8", linewidth=0.8)
    axes.set_axisbelow(True)


def named_at_end(axes: Any, frame: Any, colours: Sequence[str] = COLOURS) -> None:
    """A line a column, with its name at its end instead of a legend; names that would meet are set apart."""
    lowest, highest = float(frame.min().min()), float(frame.max().max())
    apart = (highest - lowest) * 0.055
    below = lowest - apart
    last = frame.iloc[-1].sort_values()
    heights = {}
    for name, value in last.items():
        below = max(float(value), below + apart)
        heights[name] = below
    chosen: Iterator[str] = cycle(colours)
    for name in frame.columns:
        colour = next(chosen)
        axes.plot(frame.index, frame[name], marker="o", markersize=5, linewidth=2, color=colour)
        axes.annotate(
            name,
            (frame.index[-1], heights[name]),
            xytext=(10, 0),
            textcoords="offset points",
            va="center",
            color=colour,
        )
    axes.set_xticks(list(frame.index))
    axes.margins(x=0.03)
    grid(axes, "y")


def shares(axes: Any, frame: Any, colours: Sequence[str] = COLOURS, least: float = 0.045) -> None:
    """A bar a row, cut by the shares of its columns; shares below ``least`` have no number."""
    parts = frame.div(frame.sum(axis=1), axis=0)
    left = parts.iloc[:, 0] * 0
    for name, colour in zip(parts.columns, cycle(colours), strict=False):
        bars = axes.barh(
            [str(row) for row in parts.index], parts[name], left=left, color=colour, label=name, height=0.7
        )
        told = [f"{value:.0%}" if value >= least else "" for value in parts[name]]
        axes.bar_label(bars, told, label_type="center", color="white", fontsize=10)
        left = left + parts[name]
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(mpl.ticker.PercentFormatter(1))
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    axes.legend(ncols=len(parts.columns), loc="lower left", bbox_to_anchor=(0, 1), fontsize=10)
