"""Hypothesis strategies for forms in other shapes than a portal's: glued cells, counties' designs, wide tables."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hypothesis import strategies as st

from tests.forms.cells import CELL_DAMAGES, Table
from tests.forms.counties import MERGED, PLAIN, wide_record, wide_table
from tests.forms.damage import AFTER, BEFORE
from tests.forms.designs import DESIGNS
from tests.forms.make import in_wan_yuan
from tests.forms.strategies import made_forms, structural_forms
from tests.forms.truth import Json, Limits, TrueForm
from tests.glued import ORDERS, WRITERS, shaped
from tests.test_counties import SHAPES, broken

NO_LIMITS: Final = Limits(None, None)


@dataclass(frozen=True, slots=True, repr=False)
class Shaped:
    """A written text and the answers for its forms; ``how`` says in which shape and with which damages."""

    text: str
    records: list[Json]
    how: str

    def __repr__(self) -> str:
        return f"<{self.how}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # Hypothesis would print every line; the test notes the text itself.
        printer.text(repr(self))


def made(kinds: st.SearchStrategy[str], most: int = 14) -> st.SearchStrategy[TrueForm]:
    """Forms in plausible words that no portal cut."""
    return made_forms(kinds, st.integers(3, most), st.just(NO_LIMITS))


def structural(kinds: st.SearchStrategy[str]) -> st.SearchStrategy[TrueForm]:
    """Forms of any texts and figures that no portal cut."""
    return structural_forms(kinds, st.just(NO_LIMITS))


# An invisible character within an entity, or a broken line, leaves no entity; a no-break space beside the one blank that
# separates two cells looks like the two blanks that separate others, and a single one among touching cells separates
# some and not others.
# None of these can be told, even where findings do not say so.
_CLASHES: Final = frozenset({"entities", "invisible"})
_NOT_IN: Final = {"broken": "entities"} | dict.fromkeys(
    ("single", "glued-some", "glued-table", "glued-rows", "glued-whole", "blanks-line"), "no-break-spaces"
)


@st.composite
def _damages(draw: st.DrawFn, rng: random.Random, shape: str) -> tuple[list[str], Callable[[Table], Table]]:
    able = sorted(name for name in CELL_DAMAGES if name != _NOT_IN.get(shape))
    names = draw(st.lists(st.sampled_from(able), max_size=2, unique=True))
    if _CLASHES.issuperset(names):
        names = names[:1]

    def damage(table: Table) -> Table:
        for name in names:
            table = CELL_DAMAGES[name](table, rng)
        return table

    return names, damage


# What stands before and behind a form on its page.
surroundings = st.tuples(
    st.lists(st.sampled_from(BEFORE), max_size=2, unique=True),
    st.lists(st.sampled_from(AFTER), max_size=2, unique=True),
)


def _within(text: str, around: tuple[Sequence[str], Sequence[str]]) -> str:
    before, after = ("".join(line.format(n=1) + "\n" for line in lines) for lines in around)
    return before + text + ("" if text.endswith("\n") or not after else "\n") + after


# Forms whose cells touch are slow to read, by the number of their rows.
_GLUED_ROWS: Final = 5


@st.composite
def glued_cases(draw: st.DrawFn) -> Shaped:
    """A form whose cells ran together, in any order of columns, with up to two damages to its cells.

    Its words are plausible ones. Names of any characters are not drawn: where one holds a figure with its unit
    (灯400盏) and no column of weights ends its row, it reads as a name with its value, and nothing tells otherwise.
    """
    family = draw(st.sampled_from(sorted(WRITERS)))
    order = draw(st.sampled_from(sorted(ORDERS)))
    # A department's self-evaluation has its money in rows of its own, which nobody has written yet.
    kinds = ("project",) if order.startswith("selfeval") else ("project", "project", "department")
    form = draw(made(st.sampled_from(kinds), _GLUED_ROWS))
    money = draw(st.sampled_from(("", "parts", "units"))) if form.kind == "project" else ""
    rng = draw(st.randoms(use_true_random=False))
    names, damage = draw(_damages(rng, family))
    text, record = shaped(form, rng, family, order, money, damage)
    how = " ".join((family, order, form.kind, money, *names))
    return Shaped(_within(text, draw(surroundings)), [record], how)


# The shapes of ``SHAPES``, and rows of tabs some of which are broken in their middle.
TABLE_SHAPES: Final = (*SHAPES, "broken")


def _write(table: Table, shape: str, rng: random.Random) -> str:
    return broken(table, rng.randint(0, 10**6)) if shape == "broken" else SHAPES[shape](table)


@st.composite
def county_cases(draw: st.DrawFn, forms: Callable[[st.SearchStrategy[str]], st.SearchStrategy[TrueForm]]) -> Shaped:
    """A form in the design of some county, its rows written in any shape, with up to two damages to its cells.

    Still silent, once in a hundred of broken forms: a row whose upper piece ends before a section's label, and one whose
    lower piece begins with an invisible character.
    """
    design = draw(st.sampled_from(sorted(DESIGNS)))
    kind, write = DESIGNS[design]
    form = in_wan_yuan(draw(forms(st.just(kind))))
    if kind == "project":
        form = replace(form, unit_code="", supervising_unit=form.unit_name[:3] + "财政局")
    shape = draw(st.sampled_from(TABLE_SHAPES))
    rng = draw(st.randoms(use_true_random=False))
    names, damage = draw(_damages(rng, shape))
    table, record = write(form, rng)
    text = _within(_write(damage(table), shape, rng), draw(surroundings))
    return Shaped(text, [record], " ".join((design, shape, *names)))


# The columns that a project may have before its indicators, in their order; it has a name, and amounts only with it.
_LEADS: Final = ("number", "unit_code", "unit", "project_code", "project", "type", "amount", "fiscal", "goal")


@st.composite
def wide_cases(draw: st.DrawFn, forms: Callable[[st.SearchStrategy[str]], st.SearchStrategy[TrueForm]]) -> Shaped:
    """A table of several projects, its columns drawn as well, in any shape, with up to two damages to its cells."""
    chosen = draw(st.sets(st.sampled_from(_LEADS)))
    leads = [
        lead for lead in _LEADS if lead == "project" or (lead in chosen and (lead != "fiscal" or "amount" in chosen))
    ]
    columns = draw(st.sampled_from((PLAIN, MERGED)))
    several = draw(
        st.lists(forms(st.just("project")), min_size=1, max_size=4, unique_by=lambda form: form.project_name)
    )
    own = [
        in_wan_yuan(replace(form, unit_code="", unit_name="大通县农牧局", year=2024, notes=None, supervising_unit=None))
        for form in several
    ]
    repeat, fill = draw(st.booleans()), draw(st.booleans())
    shape = draw(st.sampled_from(TABLE_SHAPES))
    rng = draw(st.randoms(use_true_random=False))
    names, damage = draw(_damages(rng, shape))
    table = wide_table(own, leads, columns, repeat=repeat, fill=fill)
    text = _within(_write(damage(table), shape, rng), draw(surroundings))
    records = [wide_record(form, leads, columns) | {"form_index": at} for at, form in enumerate(own)]
    return Shaped(text, records, " ".join(("wide", *leads, shape, "repeat" * repeat, "fill" * fill, *names)))
