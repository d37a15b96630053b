"""Tasks and goals of a stream: lines of running text, broken where their cells were full.

A task is a name and a content; either may be broken over lines, and a name may stand before its content, between its
lines or behind the first of them. All ways to share the lines out are followed, the cheapest is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from extract.clean import width
from extract.interpret.layout_text import unit_width
from extract.interpret.prose import COUNTER
from extract.model import Cell
from extract.places import cut, join

_SENTENCE_END: Final = ("。", "！", "？", "!", "?", "；", ";")
_KEPT: Final = 60
_EACH: Final = 2
# Below this distance another way to share the lines out is too close.
CLOSE: Final = 1.2
# Places by which lines of proportional type differ that are full all the same.
_SLACK: Final = 3
_UNFINISHED: Final = 4.0
_NOT_FULL: Final = 3.0
_FULL_ENDS: Final = 0.7
_NO_END: Final = 0.5
_OTHER_BLOCK: Final = 0.8
_MORE_NAME: Final = 1.0
_SHORTEST_FULL_NAME: Final = 8
_SENTENCE_NAME: Final = 3.0
_COMMA_NAME: Final = 1.0
_WIDE_NAME: Final = 1.5
_SHORT_CONTENT: Final = 1.0
_SHORT: Final = 20
_KIN: Final = -1.2
_CUTS: Final = (96, 97)
# Ways that cost so much a task explain little, where cells may stand in any order.
_POOR: Final = 0.05


class Line(NamedTuple):
    """What a line of the stream holds besides printed words, cut at its blanks."""

    pieces: tuple[Cell, ...]
    whole: Cell
    block: int


class Task(NamedTuple):
    """The pieces of a task's name and of its content, and whether another way is nearly as likely."""

    name: tuple[Cell, ...]
    content: tuple[Cell, ...]
    close: bool = False


class _State(NamedTuple):
    cost: float
    name: tuple[Cell, ...]
    content: tuple[Cell, ...]
    blocks: tuple[int, int]
    done: tuple[Task, ...]


def tasks(lines: Sequence[Line]) -> list[Task]:
    """The tasks that lines hold."""
    if not lines:
        return []
    room = max(width(piece.text) for line in lines for piece in line.pieces)
    states = [_State(0.0, (), (), (-1, -1), ())]
    for line in lines:
        found: dict[tuple[object, ...], list[_State]] = {}
        for state in states:
            for after in _after(state, line, room):
                found.setdefault((after.name[-1:], after.content[-1:], bool(after.done)), []).append(after)
        kept = [s for group in found.values() for s in sorted(group, key=lambda s: s.cost)[:_EACH]]
        states = sorted(kept, key=lambda s: s.cost)[:_KEPT]
    ways = sorted((_closed(state, room) for state in states), key=lambda s: s.cost)
    best = ways[0]
    others = [way for way in ways[1:] if way.cost - best.cost < CLOSE]
    shared = [{(task.name, task.content) for task in way.done} for way in others]
    poor = best.cost > _POOR * len(best.done) and len({line.block for line in lines}) > 1
    return [
        task._replace(close=poor or any((task.name, task.content) not in way for way in shared)) for task in best.done
    ]


def _after(state: _State, line: Line, room: int) -> Iterator[_State]:
    yield from _name(state, line.whole, line.block, room)
    yield from _content(state, line.whole, line.block, room)
    if len(line.pieces) > 1:
        first = line.pieces[0]
        behind = cut(
            line.whole, len(line.whole.text) - len(line.whole.text[len(first.text) :].lstrip()), len(line.whole.text)
        )
        for named in _name(state, first, line.block, room):
            yield from _content(named, behind, line.block, room, beside=True)


def _name(state: _State, cell: Cell, block: int, room: int) -> Iterator[_State]:
    """The piece as a name, or as more of one."""
    cost = _as_name(cell.text, room)
    if state.name:
        again = _closed(state, room)
        yield again._replace(cost=again.cost + cost, name=(cell,), content=(), blocks=(block, -1))
        apart = _OTHER_BLOCK * (block != state.blocks[0])
        last = state.name[-1].text
        if width(last) >= _SHORTEST_FULL_NAME:
            more = _MORE_NAME + apart + cost
            yield state._replace(cost=state.cost + more, name=(*state.name, cell), blocks=(block, state.blocks[1]))
    else:
        yield state._replace(cost=state.cost + cost, name=(cell,), blocks=(block, state.blocks[1]))
        if state.content:
            again = _closed(state, room)
            yield again._replace(cost=again.cost + cost, name=(cell,), content=(), blocks=(block, -1))


def _content(state: _State, cell: Cell, block: int, room: int, *, beside: bool = False) -> Iterator[_State]:
    """The piece as content, or as more of one. ``beside``: a name stands before it in its line."""
    text = cell.text
    short = _SHORT_CONTENT if width(text) < _SHORT and not any(c in text for c in "，。；、") else 0.0
    if state.content:
        last = state.content[-1]
        full = width(last.text) + unit_width(text) > room - _SLACK
        cost = (0.0 if full else _NOT_FULL) + _OTHER_BLOCK * (block != state.blocks[1])
        yield state._replace(cost=state.cost + cost, content=(*state.content, cell), blocks=(state.blocks[0], block))
        if not beside:
            again = _closed(state, room)
            yield again._replace(cost=again.cost + short, name=(), content=(cell,), blocks=(-1, block))
    else:
        yield state._replace(cost=state.cost + short, content=(cell,), blocks=(state.blocks[0], block))


def _as_name(text: str, room: int) -> float:
    """What speaks against a text as a task's name."""
    cost = 0.0
    if any(c in text for c in "。；"):
        cost += _SENTENCE_NAME
    elif "，" in text:
        cost += _COMMA_NAME
    if width(text) > 0.7 * room:
        cost += _WIDE_NAME
    return cost


def _closed(state: _State, room: int) -> _State:
    """The state with its task done."""
    if not state.name and not state.content:
        return state
    if not state.name or not state.content:
        cost = _UNFINISHED
    else:
        last = state.content[-1].text
        whole = "".join(cell.text for cell in state.content)
        cost = 0.0
        if not last.endswith(_SENTENCE_END):
            cost += 0.0 if width(whole) in _CUTS else _NO_END
            if width(last) >= room - 1:
                cost += _FULL_ENDS
        name = "".join(cell.text for cell in state.name)
        if _kin(name, whole[: len(name) + 12]):
            cost += _KIN
    done = (*state.done, Task(state.name, state.content))
    return _State(state.cost + cost, (), (), (-1, -1), done)


def _kin(name: str, content: str) -> bool:
    """Whether a content begins with words of its name: three characters in a row."""
    return any(name[at : at + 3] in content for at in range(len(name) - 2))


def paragraphs(lines: Sequence[Line]) -> list[Cell]:
    """The paragraphs of running text, a cell each.

    One ends where a sentence does and the line is not full, or a counter stands at the next one's beginning.
    """
    found: list[list[Cell]] = []
    room = max((width(line.whole.text) for line in lines), default=0)
    for line in lines:
        text = line.whole.text
        if found:
            before = found[-1][-1].text
            full = width(before) + unit_width(text) > room - _SLACK
            ended = before.endswith(_SENTENCE_END)
            if not (ended and (not full or COUNTER.match(text))):
                found[-1].append(line.whole)
                continue
        found.append([line.whole])
    return [join(group) for group in found]
