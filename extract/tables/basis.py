"""How each value was come by, as the table ``provenance`` says it beside the value's place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Final

from extract.model import Amount, Cell, Form, Indicator, Task

# What the column may say; a value's basis is its place here, so that those of a form are bytes.
BASES: Final = ("stated", "inherited", "inferred", "corrected")
_STATED, _INHERITED, _INFERRED = (bytes([code]) for code in range(3))
_CODES: Final = {
    None: _STATED, "stated": _STATED, "inherited": _INHERITED, "inferred": _INFERRED, "corrected": bytes([3])
}  # fmt: skip
# The columns of an indicator that tell how other columns of it were come by.
_OF_INDICATOR: Final = {"level1": 0, "level1_raw": 0, "level2": 1, "level2_raw": 1, "operator": 2}
_RECOVERED: Final = frozenset({"content_recovered", "recovery_source"})
# What of a value was put right is no longer what stands there.
_PUT_RIGHT: Final = "ocr_corrected"
_BY_PERSON: Final = "corrected"
# What stood there, and how it was come by, stays where a person says what it means.
_RAW: Final = {"level1_raw": "level1_basis", "level2_raw": "level2_basis", "amount_raw": "basis"}
_MADE_OF: Final = {"value_number": "value", "scale": "value"}

_Key = tuple[str, int | None, str]

_THREE: Final = itemgetter(*map(Indicator._fields.index, ("level1_basis", "level2_basis", "operator_basis")))
# Few kinds of rows come often: which columns they have, and how their labels and their sign were come by.
_known: dict[tuple[str | None, ...], bytes] = {}


def bases(form: Form, places: Sequence[Mapping[str, Cell]]) -> bytes:
    """The basis of each value of a form, in the order of ``places``: its own, those of its amounts, and so on."""
    found = [
        _STATED * len(form.places),
        *[_of_amount(amount, of_project=form.form_kind == "project") for amount in form.funding],
        _STATED * sum([len(goal.places) for goal in form.goals]),
        *[_of_task(task) for task in form.tasks],
        *[_known.get((*_THREE(one), *one.places)) or _of_indicator(one) for one in form.indicators],
    ]
    put_right = {(one.table, one.seq, one.field) for one in form.findings if one.code == _PUT_RIGHT}
    told = b"".join(found)
    if put_right:
        told = _with(form, places, told, lambda key: _INFERRED if key in put_right else None)
    return _with(form, places, told, _by_person(form)) if form.settled else told


def _by_person(form: Form) -> Callable[[_Key], bytes | None]:
    """The basis of values that a person corrected, and of those that are made of them; None for all others."""
    corrected = {(one.table, one.seq, one.field) for one in form.findings if one.code == _BY_PERSON}

    def basis(key: _Key) -> bytes | None:
        table, seq, name = key
        if key in corrected or (table, seq, _MADE_OF.get(name)) in corrected:
            return _CODES[_BY_PERSON]
        before = form.settled.get((table, seq, _RAW.get(name, "")))
        return _CODES[before] if isinstance(before, str) else None

    return basis


def _of_amount(amount: Amount, *, of_project: bool) -> bytes:
    """Of a project all amounts are ``project``; a column that no word names was told by the place of its amount."""
    places = amount.places
    own = places.get("amount_raw", places.get("amount"))
    codes = {
        "category": _INFERRED if of_project or places.get("category") is own else _STATED,
        "source": _INFERRED if places.get("source") is own else _STATED,
    }
    basis = _CODES[amount.basis]
    return b"".join([codes.get(name, basis) for name in places])


def _of_task(task: Task) -> bytes:
    if task.content_recovered is None:
        return _STATED * len(task.places)
    return b"".join([_INFERRED if name in _RECOVERED else _STATED for name in task.places])


def _of_indicator(one: Indicator) -> bytes:
    codes = [_CODES[basis] for basis in _THREE(one)]
    found = b"".join([codes[_OF_INDICATOR[name]] if name in _OF_INDICATOR else _STATED for name in one.places])
    if len(_known) < 65536:
        _known[*_THREE(one), *one.places] = found
    return found


def _with(
    form: Form, places: Sequence[Mapping[str, Cell]], told: bytes, changed: Callable[[_Key], bytes | None]
) -> bytes:
    """The bases, those of some values changed."""
    holders: list[tuple[str, int | None]] = [("documents", None)]
    for table in ("funding", "goals", "tasks", "indicators"):
        holders += [(table, seq) for seq in range(len(getattr(form, table)))]
    keys = chain.from_iterable(
        ((table, seq, name) for name in own) for (table, seq), own in zip(holders, places, strict=True)
    )
    return b"".join([changed(key) or told[at : at + 1] for at, key in enumerate(keys)])
