"""The first page of a report: the overview, the list of forms, and the program that shows forms one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from extract import __version__, catalogue
from extract.corrections import fields
from extract.messages import Speaker, messages
from extract.review.embed import dump, policy, visible
from extract.review.form import DOUBTFUL
from extract.review.overview import Overview, table_label
from extract.review.records import VALUES, Row
from extract.tables.schemas import schemas

_HERE: Final = Path(__file__).parent
_SCRIPTS: Final = ("base.js", "corrections.js", "list.js", "source.js", "values.js", "detail.js", "main.js")
_UI: Final = "review_ui_"
# So many inputs that gave no form are listed; the others are counted.
_FAILURES: Final = 200


def index(
    overview: Overview,
    first_part: str,
    parts: int,
    failures: Sequence[Row],
    run: Mapping[str, Any],
    say: Speaker,
) -> str:
    """The page. ``first_part``, ``parts``: of the list of forms; ``run``: what its program is to know of the run."""
    script, style = _script(), _text("report.css")
    settings = {**run, "parts": parts, "language": say.language, **_words(say)}
    message = "message_zh" if say.language == "zh" else "message"
    return (
        _environment()
        .get_template("index.html")
        .render(
            say=say,
            version=__version__,
            policy=policy(script, style),
            script=Markup(script),  # noqa: S704 - the package's own
            style=Markup(style),  # noqa: S704 - the package's own
            overview=overview,
            charts=overview.charts(say),
            failures=[(one["source_path"], one[message]) for one in failures[:_FAILURES]],
            failed=len(failures),
            settings=Markup(dump(settings)),  # noqa: S704 - escaped for its place
            listed=Markup(first_part),  # noqa: S704 - escaped for its place
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    return environment


@lru_cache(maxsize=1)
def _script() -> str:
    return '(() => {\n"use strict";\n' + "\n".join(map(_text, _SCRIPTS)) + "})();\n"


def _text(name: str) -> str:
    return (_HERE / "static" / name).read_text(encoding="utf-8")


def _words(say: Speaker) -> dict[str, Any]:
    """All that the program says, and what it calls tables, columns and codes."""
    known = messages()
    return {
        "words": {key.removeprefix(_UI): say(key) for key in known if key.startswith(_UI)},
        "tables": {table: table_label(table, say) for table in VALUES},
        "columns": {table: {field.name: _column(table, field, say) for field in schemas()[table]} for table in VALUES},
        "doubtful": DOUBTFUL,
        "findings": {code: say.pick(kind.title) for code, kind in catalogue.findings().items()},
        "terms": {
            "category": {key.removeprefix("category_"): say(key) for key in known if key.startswith("category_")},
            "source": {key.removeprefix("source_"): say(key) for key in known if key.startswith("source_")},
        },
    }


def _column(table: str, field: Any, say: Speaker) -> list[Any]:
    """What a column is called, what it holds, and what its values may be corrected to; None where they may not."""
    zh = say.language == "zh"
    label = field.metadata[b"label_zh"].decode() if zh else field.name.replace("_", " ")
    about = field.metadata[b"description_zh" if zh else b"description"].decode()
    known = fields.tables()[table].get(field.name)
    return [label, about, None if known is None else _rule(known, field.type)]


def _rule(column: fields.Column, arrow_type: Any) -> dict[str, Any]:
    """What a correction may say: the kind of value, those that there are, whether there may be none."""
    if pa.types.is_decimal(arrow_type):
        kind = {"kind": "decimal", "digits": arrow_type.precision - arrow_type.scale, "places": arrow_type.scale}
    elif pa.types.is_boolean(arrow_type):
        return {"kind": "text", "oneOf": ["true", "false"], "empty": column.nullable}
    else:
        kind = {"kind": "integer" if pa.types.is_integer(arrow_type) else "text"}
    return {**kind, "oneOf": list(column.one_of), "pattern": column.pattern, "empty": column.nullable}
