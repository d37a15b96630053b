"""Forms as web pages, with their answers: what a tool is given to print.

A design says how the page is laid out. Words vary with the seed: other counties' header words, spellings, signs.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from typing import Final

from tests.forms.boxes import Box, Boxes, ministry, ministry_form, page, portal
from tests.forms.damage import AFTER, BEFORE, SHEET_DAMAGES
from tests.forms.make import carried_out_by, in_wan_yuan, make_form
from tests.forms.sheet import Sheet, sheet_of
from tests.forms.truth import Json, TrueForm, gold

# What is done to the words of a form before it is laid out; all of it leaves the form sound.
WORDS: Final = (
    None,
    None,
    None,
    "header-synonyms",
    "operator-spellings",
    "full-width",
    "points",
    "scored-labels",
    "bare-labels",
    "thousands",
)
MARKED: Final = (
    "（一期）",
    "A_B类",
    "2*3米",
    "#2地块",
    "[甲]",
    "C++类",
    "~5公里",
    "`x",
    "1.5|2.0",
    "\\n",
    "$5$",
)
# A text between tags, with no entity in it.
_TEXT: Final = re.compile(r"(?<=>)([^<>&\n]+)(?=</(td|p|h\d)>)")

_LAYOUT: Final = '<table width="960"><tr><td rowspan="2"><ul><li>栏目一</li><li>栏目二</li></ul></td><td>当前位置：首页</td></tr><tr><td>'


@dataclass(frozen=True, slots=True)
class Design:
    """How a page is laid out.

    ``kind``: a department's form in the portal's boxes, or a project's in the ministry's. ``spans``: boxes span rows
    and columns, else the places that they cover are blank cells. ``border``: the table's. ``heading``: the tag around
    the title, or "" where title, year and unit are rows of the table. ``done``: columns of what was achieved, and the
    score. ``goals``: how many paragraphs the goals have, 0 for any number. ``marked``: names hold signs that mean
    something in Markdown and its like. ``styled``: texts are bold, linked, or broken over lines, here and there.
    ``around``: links and lines above and below the form. ``office``: tags and blanks as an office program writes them.
    ``nested``: the form's table stands in one that lays out the page. ``breaks``: paragraphs are parted by ``<br>``.
    """

    kind: str = "department"
    spans: bool = True
    border: int = 1
    heading: str = "h1"
    done: bool = False
    goals: int = 0
    marked: bool = False
    styled: bool = False
    around: bool = False
    office: bool = False
    nested: bool = False
    breaks: bool = False


DESIGNS: Final[dict[str, Design]] = {
    "portal": Design(),
    "flat": Design(spans=False),
    "flat-one": Design(spans=False, goals=1),
    "bare": Design(border=0, heading="p"),
    "bare-flat": Design(spans=False, border=0, heading="p"),
    "inside": Design(heading=""),
    "ministry": Design("project"),
    "ministry-flat": Design("project", spans=False),
    "ministry-one": Design("project", spans=False, goals=1),
    "done": Design(done=True),
    "done-project": Design("project", heading="h2", done=True, around=True),
    "marked": Design(marked=True),
    "marked-flat": Design(spans=False, marked=True, goals=1),
    "styled": Design(styled=True),
    "styled-flat": Design(spans=False, styled=True, goals=1),
    "styled-project": Design("project", spans=False, styled=True),
    "office": Design(office=True),
    "office-project": Design("project", heading="p", office=True, around=True),
    "nested": Design(nested=True, around=True),
    "breaks": Design(breaks=True),
    "breaks-flat": Design("project", spans=False, breaks=True),
    "around": Design(heading="h2", around=True),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A form's page and its answers."""

    seed: int
    design: str
    html: str
    record: Json

    @property
    def name(self) -> str:
        """A name for files."""
        return f"{self.design}-{self.seed}"


def make_case(seed: int, design: str) -> Case:
    """The form of a seed; later ones are tried until all of it can be told."""
    for attempt in range(1000):
        rng = random.Random(seed * 1000 + attempt)
        form = _form(rng, DESIGNS[design])
        record = gold(form)
        if "doubt" not in record and all("truncated" in row for row in (*record["tasks"], *record["indicators"])):
            return Case(seed, design, _html(form, DESIGNS[design], rng), record)
    raise AssertionError(design)


def _form(rng: random.Random, design: Design) -> TrueForm:
    form = make_form(rng, kind=design.kind, indicators=rng.randint(4, 16), goals=design.goals or None)
    if design.kind == "project":
        form = ministry_form(carried_out_by(form, rng))
    if design.done:
        form = replace(form, title=form.title.replace("目标批复表", "自评表").replace("目标表", "自评表"))
    if design.marked:
        names = (replace(row, name=row.name.partition("（")[0][:20] + rng.choice(MARKED)) for row in form.indicators)
        form = replace(form, indicators=tuple(names))
    return in_wan_yuan(form) if rng.random() < 0.3 else form


def _html(form: TrueForm, design: Design, rng: random.Random) -> str:
    sheet = sheet_of(form)
    damage = rng.choice(WORDS)
    if damage is not None:
        sheet = SHEET_DAMAGES[damage](sheet, rng)
    boxes = (ministry if design.kind == "project" else portal)(sheet)
    if design.done:
        boxes = _done(boxes, sheet, rng)
    if not design.heading:
        columns = sum(box.columns for box in boxes[0])
        heads = (sheet.title, sheet.year_line, sheet.unit_line)
        boxes = [*([Box((head,), 1, columns)] for head in heads if head), *boxes]
    html = page(sheet, boxes, border=design.border, spans=design.spans, heading=design.heading)
    if design.breaks:
        html = html.replace("</p><p>", "<br>").replace("<td><p>", "<td>").replace("</p></td>", "</td>")
    if design.nested:
        html = html.replace("<table", f"{_LAYOUT}<table", 1).replace("</table>", "</table></td></tr></table>")
    if design.office:
        html = _officelike(html)
    if design.styled:
        html = _TEXT.sub(lambda match: _styled(match[1], rng, within=match[2]), html)
    return _surrounded(html, rng) if design.around else html


def _officelike(html: str) -> str:
    """The page as an office program writes it: tags over lines, a paragraph a cell, hard blanks in blank cells."""

    def cell(match: re.Match[str]) -> str:
        texts = match[2].removeprefix("<p>").removesuffix("</p>").split("</p><p>")
        spans = "".join(
            f"<p class=MsoNormal align=left\nstyle='text-align:left'><span\nlang=ZH-CN style='font-size:9.0pt'>"
            f"{text or '&nbsp;'}<o:p></o:p></span></p>\n"
            for text in texts
        )
        return f"  <td width=64{match[1]}\n  style='border:solid windowtext 1.0pt'>\n  {spans}  </td>\n"

    return re.sub(r"<td([^>]*)>(.*?)</td>", cell, html, flags=re.DOTALL)


def _styled(text: str, rng: random.Random, *, within: str) -> str:
    """A text of a cell or a paragraph as editors leave it."""
    way = rng.random()
    middle = len(text) // 2
    if way < 0.12:
        return f"<b>{text}</b>"
    if way < 0.2 and text.isalpha() and len(text) > 1:
        return f"{text[:middle]}<strong>{text[middle:]}</strong>"
    if way < 0.25 and text.isalpha():
        return f'<a href="/a_b/{len(text)}.html">{text}</a>'
    if way < 0.35 and text.isalpha() and len(text) > 3 and within == "td":
        return f"{text[:middle]}<br>{text[middle:]}"
    if way < 0.4 and text.isalpha() and len(text) > 1:
        return f"<em>{text[:middle]}</em>{text[middle:]}"
    return f'<span lang="zh">{text}</span>' if way < 0.5 else text


def _done(boxes: Boxes, sheet: Sheet, rng: random.Random) -> Boxes:
    """The table with two more columns: the value achieved, and the score. Other rows reach over them."""
    head = next(i for i, row in enumerate(boxes) if row[-1].text == sheet.head[-1][1])
    found: Boxes = []
    for i, row in enumerate(boxes):
        if i == head:
            found.append(
                [*row, Box((rng.choice(("实际完成值", "全年实际值")),)), Box((rng.choice(("得分", "自评得分")),))]
            )
        elif head < i <= head + len(sheet.rows):
            of = sheet.rows[i - head - 1]
            found.append([*row, Box((of.value + of.unit,)), Box((of.weight,))])
        else:
            found.append([*row[:-1], replace(row[-1], columns=row[-1].columns + 2)])
    return found


def _surrounded(html: str, rng: random.Random) -> str:
    """The page with a bar of links and a line above the form, and lines below."""
    links = "".join(
        f'<li><a href="/{i}.html">{word}</a></li>' for i, word in enumerate(("首页", "政务公开", "互动交流"))
    )
    above = f"<ul>{links}</ul>\n<p>{rng.choice(BEFORE).format(n=1)}</p>\n"
    below = "".join(f"<p>{line}</p>\n" for line in rng.sample(AFTER, 2))
    more = '<p><a href="https://example.org/1">下一篇</a></p>\n'
    return html.replace("<body>\n", "<body>\n" + above).replace("</body>", below + more + "</body>")
