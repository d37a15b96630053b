"""Hypothesis strategies for forms: made ones from seeds, and structural ones that shrink to the smallest form."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Final

from hypothesis import assume
from hypothesis import strategies as st

from tests.forms import damage, words
from tests.forms.cases import LAYOUTS, Case, build, fits, go_together
from tests.forms.make import (
    DEPARTMENT_TITLES,
    PROJECT_TITLES,
    TREES,
    carried_out_by,
    in_wan_yuan,
    make_form,
    with_sources,
)
from tests.forms.truth import DEPARTMENT_COLUMNS, PROJECT_COLUMNS, Limits, TrueForm, TrueIndicator, TrueTask, bare

LIMITS: Final = (
    Limits(),
    Limits(),
    Limits(),
    Limits(80, 60),
    Limits(mark="…"),
    Limits(60, 80, "..."),
    Limits(None, None),
)
DAMAGES: Final = (*damage.SHEET_DAMAGES, *damage.LINE_DAMAGES)
UNITS: Final = ("个", "%", "处", "万元", "公顷", "台套", "元/户", "人次")

kinds = st.sampled_from(("department", "department", "project"))
limits = st.sampled_from(LIMITS)
rows_of_form = st.integers(3, 30)


def plain_texts(least: int, most: int) -> st.SearchStrategy[str]:
    """Texts of characters that are no label, grade or numeral, with digits, quotes and brackets within."""
    characters = st.text(st.sampled_from(words.CHARACTERS), min_size=2, max_size=6)
    pieces = st.one_of(
        characters,
        characters.map(lambda t: f"“{t}”"),
        characters.map(lambda t: f"（{t}）"),
        characters.map(lambda t: f"《{t}》{t}"),
        characters.map(lambda t: f"{t}、{t}"),
        st.integers(1, 999).map(lambda n: f"灯{n}盏"),
        characters.map(lambda t: f"{t}-A{t}"),
    )
    # Plain characters at both ends, so that nothing hangs on a bracket at an edge.
    return st.builds(
        lambda first, middle, last: first + "".join(middle) + last,
        st.text(st.sampled_from(words.CHARACTERS), min_size=3, max_size=5),
        st.lists(pieces, min_size=least, max_size=most),
        st.text(st.sampled_from(words.CHARACTERS), min_size=2, max_size=3),
    )


names = plain_texts(0, 4) | plain_texts(0, 14)
contents = st.builds(lambda t, stop: t + stop, plain_texts(0, 16), st.sampled_from(("。", "。", "")))
paragraphs = st.lists(plain_texts(0, 8).map(lambda t: t + "。"), min_size=1, max_size=3).map("".join)


@st.composite
def made_forms(
    draw: st.DrawFn,
    of_kinds: st.SearchStrategy[str] = kinds,
    rows: st.SearchStrategy[int] = rows_of_form,
    cut_at: st.SearchStrategy[Limits] = limits,
) -> TrueForm:
    """Forms in plausible words, from a seed; sizes are drawn apart, so that they shrink."""
    kind = draw(of_kinds)
    rng = random.Random(draw(st.integers(0, 2**32 - 1)))
    form = make_form(
        rng,
        kind=kind,
        indicators=draw(rows),
        tasks=draw(st.integers(1, 10)),
        goals=draw(st.integers(1, 5)),
        limits=draw(cut_at),
    )
    if draw(st.booleans()) and draw(st.booleans()):
        form = in_wan_yuan(form)
    if kind == "project" and draw(st.booleans()):
        form = with_sources(carried_out_by(form, rng), "fiscal", "special_account", "other")
    return form


@st.composite
def _weights(draw: st.DrawFn, count: int) -> list[str]:
    total = draw(st.sampled_from((100, 90)))
    cuts = sorted(draw(st.sets(st.integers(1, total - 1), min_size=count - 1, max_size=count - 1)))
    return [str(b - a) for a, b in zip([0, *cuts], [*cuts, total], strict=True)]


@st.composite
def _targets(draw: st.DrawFn) -> tuple[str, str, str]:
    if draw(st.booleans()) and draw(st.booleans()):
        return "定性", draw(st.sampled_from(words.GRADES)), ""
    number = draw(st.integers(1, 99999).map(str) | st.decimals("0.1", "99.9", places=1).map(str))
    return draw(st.sampled_from("≥≤=><")), number, draw(st.sampled_from(UNITS))


@st.composite
def _indicators(draw: st.DrawFn) -> tuple[TrueIndicator, ...]:
    tree = draw(st.sampled_from(TREES))
    places = [(l1, l2) for l1, seconds in tree for l2 in seconds]
    rows = draw(
        st.lists(st.tuples(st.integers(0, len(places) - 1), names), min_size=1, max_size=20, unique_by=lambda r: r[1])
    )
    rows.sort(key=lambda r: r[0])
    weights = draw(_weights(len(rows)))
    return tuple(
        TrueIndicator(*places[at], name, *draw(_targets()), weight)
        for (at, name), weight in zip(rows, weights, strict=True)
    )


amounts = st.integers(1, 10**10).map(lambda cents: Decimal(cents) / 100)


@st.composite
def _sources(draw: st.DrawFn) -> tuple[Decimal | None, ...]:
    sources = draw(st.tuples(amounts, st.none() | amounts | st.just(Decimal(0)), st.none() | amounts))
    return (sum((s for s in sources if s is not None), Decimal(0)), *sources)


@st.composite
def structural_forms(
    draw: st.DrawFn, of_kinds: st.SearchStrategy[str] = kinds, cut_at: st.SearchStrategy[Limits] = limits
) -> TrueForm:
    """Forms of any texts and figures that are sound; the smallest has one indicator, one task and one goal."""
    kind = draw(of_kinds)
    project = kind == "project"
    basic, own = draw(_sources()), draw(_sources())
    assert basic[0] is not None and own[0] is not None
    tasks = (
        [] if project else draw(st.lists(st.tuples(names, contents), min_size=1, max_size=8, unique_by=lambda t: t[0]))
    )
    indicators = draw(_indicators())
    own_limits = draw(cut_at)
    # Names that only differ beyond the cut would stand there as duplicates.
    standing = {bare(row.name, own_limits.name) for row in indicators}
    return TrueForm(
        kind=kind,
        title=draw(st.sampled_from(PROJECT_TITLES if project else DEPARTMENT_TITLES)),
        year=draw(st.integers(2018, 2027)),
        unit_code=draw(st.integers(101, 999).map(str)),
        unit_name=draw(st.sampled_from(words.COUNTIES)) + draw(st.sampled_from(words.OFFICES)),
        columns=PROJECT_COLUMNS if project else DEPARTMENT_COLUMNS,
        funding=own if project else (basic[0] + own[0], *basic, *own),
        goals=tuple(draw(st.lists(paragraphs, min_size=1, max_size=4))),
        tasks=tuple(TrueTask(n, c) for n, c in tasks),
        indicators=indicators if len(standing) == len(indicators) else indicators[:1],
        notes=draw(st.sampled_from((None, *words.NOTES[:3]))),
        project_code="510000T000012345678" if project else None,
        project_name=draw(plain_texts(0, 2)) + "经费" if project else None,
        limits=own_limits,
    )


@st.composite
def damages_for(draw: st.DrawFn, layout: str, most: int = 2) -> list[str]:
    """Up to ``most`` damages that suit the layout and one another."""
    able = [name for name in DAMAGES if fits(name, layout)]
    chosen = draw(st.lists(st.sampled_from(able), max_size=most, unique=True))
    return chosen if go_together(chosen) else chosen[:1]


@st.composite
def cases(
    draw: st.DrawFn,
    forms: st.SearchStrategy[TrueForm],
    layouts: tuple[str, ...] = tuple(LAYOUTS),
    wronged: str | None = None,
) -> Case:
    """A form, written in a layout with up to two damages."""
    form = draw(forms)
    layout = draw(st.sampled_from(layouts))
    names_of_damages = draw(damages_for(layout))
    rng = draw(st.randoms(use_true_random=False))
    case = build(form, layout, names_of_damages, rng, wronged)
    assume(case is not None)
    assert case is not None
    return case


encodings = st.sampled_from(("utf-8",) * 6 + damage.ENCODINGS)
newlines = st.sampled_from(("lf", "lf", "crlf", "cr"))
