"""Lines of text in a picture to characters: the recognition model of ``rapidocr``, run without its downloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from extract.readers.scan_image import Grey

_HEIGHT: Final = 48
_STEP: Final = 64
_NARROWEST: Final = 64
_BATCH: Final = 8
# What else a character may be is kept where it is at least so likely.
_LEAST: Final = 0.02
_OTHERS: Final = 3


class Letter(NamedTuple):
    """A character: where its middle is (a share of the picture's width), how sure it is, what else it may be.

    ``parted``: two readings of its line differ in how many characters there are. ``read``: what was read, where its
    shape tells otherwise.
    """

    text: str
    at: float
    sure: float
    others: tuple[tuple[str, float], ...] = ()
    parted: bool = False
    read: str = ""


class Recogniser:
    """The model. ``threads``: how many it computes with; the characters are the same for any number."""

    def __init__(self, model: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._input: str = self._session.get_inputs()[0].name
        stated: str = self._session.get_modelmeta().custom_metadata_map["character"]
        # The first class is no character, the last a blank.
        self._characters: Final = ["", *stated.splitlines(), " "]

    def letters(self, lines: Sequence[Grey]) -> list[list[Letter]]:
        """The characters of each line. Its picture has the line alone, dark on light."""
        made = [_scaled(line) for line in lines]
        order = sorted(range(len(made)), key=lambda i: (made[i].shape[1], i))
        found: list[list[Letter]] = [[] for _ in lines]
        for group in _groups(order, made):
            width = made[group[0]].shape[1]
            batch = np.stack([made[i] for i in group])[:, None]
            told = self._session.run(None, {self._input: np.repeat(batch, 3, axis=1)})[0]
            for i, chances in zip(group, told, strict=True):
                whole = _HEIGHT * lines[i].shape[1] / lines[i].shape[0]
                found[i] = self._decoded(chances, width / whole)
        return found

    def _decoded(self, chances: NDArray[np.float32], scale: float) -> list[Letter]:
        """The most likely characters; ``scale``: how much wider the model's picture is than the line's."""
        best = chances.argmax(axis=1)
        found: list[Letter] = []
        steps = len(best)
        start = 0
        while start < steps:
            end = start + 1
            while end < steps and best[end] == best[start]:
                end += 1
            if best[start]:
                found.append(self._letter(chances[start:end], int(best[start]), start, end, steps, scale))
            start = end
        return found

    def _letter(
        self, chances: NDArray[np.float32], which: int, start: int, end: int, steps: int, scale: float
    ) -> Letter:
        most = chances.max(axis=0)
        order = np.argpartition(most, -_OTHERS - 2)[-_OTHERS - 2 :]
        others = sorted(
            (
                (self._characters[int(k)], round(float(most[k]), 4))
                for k in order
                if k not in (0, which) and most[k] >= _LEAST
            ),
            key=lambda other: (-other[1], other[0]),
        )
        at = ((start + end) / 2) / steps * scale
        return Letter(self._characters[which], min(at, 1.0), round(float(most[which]), 4), tuple(others[:_OTHERS]))


def _scaled(line: Grey) -> NDArray[np.float32]:
    """The line as the model takes it: 48 rows, -1 black to 1 white, filled with 0 to a width of whole steps."""
    height, width = line.shape
    own = max(round(_HEIGHT * width / height), 4)
    ways = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_LINEAR
    resized = cv2.resize(line, (own, _HEIGHT), interpolation=ways)
    whole = max(-(-own // _STEP) * _STEP, _NARROWEST)
    made = np.zeros((_HEIGHT, whole), np.float32)
    made[:, :own] = resized.astype(np.float32) / 127.5 - 1
    return made


def _groups(order: Sequence[int], made: Sequence[NDArray[np.float32]]) -> Iterator[list[int]]:
    group: list[int] = []
    for i in order:
        if group and (made[i].shape != made[group[0]].shape or len(group) == _BATCH):
            yield group
            group = []
        group.append(i)
    if group:
        yield group


@lru_cache(maxsize=1)
def recogniser(threads: int) -> Recogniser:
    """The recogniser. Raises ImportError where the model's package is missing."""
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise ImportError("rapidocr")
    models = sorted(Path(spec.origin).parent.glob("models/*_rec_*.onnx"))
    if not models:
        raise ImportError("rapidocr: no recognition model")
    return Recogniser(models[-1], threads)
