"""The pages of the documents that are made of the code and the schemas: `python -m tests.reference` writes them anew."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any, Final, NamedTuple, cast

import yaml
from typer import Typer
from typer.main import get_command

from extract import catalogue
from extract.catalogue import FindingKind, Wording
from extract.cli.commands import app
from extract.messages import Speaker
from extract.schemafiles import SCHEMAS
from extract.tables.schemas import TABLES
from tests.picture import way
from tests.questions import QUESTIONS
from tests.readme import explained, filled

DOCS: Final = Path(__file__).parent.parent / "docs"
SUFFIX: Final = {"en": ".md", "zh": ".zh-CN.md"}
_OTHER: Final = {"en": "zh", "zh": "en"}
_NAME: Final = {"en": "English", "zh": "中文"}

# What every command that reads inputs has is shown once.
_READS: Final = ("extract", "inspect", "explain", "learn")
_MEBIBYTE: Final = 1 << 20


class Option(NamedTuple):
    """An option or an argument of a command, as the page shows it."""

    name: str
    what: str
    usual: str


def page(name: str, language: str) -> Path:
    """Where a page is."""
    return DOCS / f"{name}{SUFFIX[language]}"


def pick(words: Wording, language: str) -> str:
    """The one of two wordings that is in this language."""
    return words.zh if language == "zh" else words.en


def say(language: str, en: str, zh: str) -> str:
    """The same."""
    return zh if language == "zh" else en


def cell(text: object) -> str:
    """A text that breaks no table of Markdown."""
    plain = " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
    # What would be filled in: else the site takes it for attributes of the cell.
    return re.sub(r"\{\w+\}", r"`\g<0>`", plain)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; cells are Markdown already."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines])


def heading(title: str, name: str, language: str) -> str:
    """The head of a page, with the way to the other language."""
    other = _OTHER[language]
    return f"# {title}\n\n[{_NAME[other]}]({name}{SUFFIX[other]})"


# The command.


def _size(number: float) -> str:
    if number >= _MEBIBYTE and number % _MEBIBYTE == 0:
        mebibytes = int(number) // _MEBIBYTE
        return f"{mebibytes // 1024} GiB" if mebibytes % 1024 == 0 else f"{mebibytes} MiB"
    return f"{number:,.0f}" if number == int(number) else str(number)


def _usual(default: object, required: bool, language: str) -> str:
    if required:
        return say(language, "required", "必需")
    if default is None or default is False or default == "" or default == () or default == []:
        return ""
    if isinstance(default, Enum):
        return f"`{default.value}`"
    return _size(default) if isinstance(default, (int, float)) else f"`{default}`"


def _takes(parameter: Any) -> str:
    kind = parameter.type_descriptor.annotation
    if parameter.metavar:
        return f" {parameter.metavar}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f" {'|'.join(choice.value for choice in kind)}"
    return "" if kind is bool else " N" if kind in (int, float) else f" {parameter.name.upper()}"


def _option(parameter: Any, language: str) -> Option:
    if parameter.opts[0].startswith("-"):
        name = ", ".join(f"`{opt}{_takes(parameter)}`" for opt in parameter.opts)
    else:
        name = f"`{parameter.metavar or parameter.name.upper()}{'...' if parameter.nargs == -1 else ''}`"
    return Option(
        name.replace("|", "\\|"), cell(parameter.help or ""), _usual(parameter.default, parameter.required, language)
    )


@cache
def command(language: str) -> Any:
    """The whole command line in a language."""
    return get_command(cast(Typer, app(Speaker(language))))


def options(name: str, language: str) -> list[Option]:
    """All arguments and options of a command, in their order; of the command itself with no name."""
    whole = command(language)
    return [_option(one, language) for one in (whole.commands[name] if name else whole).params]


def shared(language: str) -> list[Option]:
    """What every command that reads inputs has."""
    others = [options(name, language) for name in _READS[1:]]
    return [one for one in options(_READS[0], language) if all(one in other for other in others)]


def _options_table(found: Iterable[Option], language: str) -> str:
    head = (say(language, "option", "选项"), "", say(language, "usual", "默认"))
    return table(head, found)


def _usage(name: str, language: str) -> str:
    own = [one for one in command(language).commands[name].params if one.required]
    words = [
        f"{one.opts[0]} {one.metavar}"
        if one.opts[0].startswith("-")
        else f"{one.metavar}{'...' if one.nargs == -1 else ''}"
        for one in own
    ]
    return f"```text\npifubiao {name} {' '.join(words)} [{say(language, 'options', '选项')}]\n```"


def _command(name: str, language: str) -> Iterator[str]:
    yield f"## pifubiao {name}"
    yield _usage(name, language)
    yield cell(command(language).commands[name].help)
    common = shared(language) if name in _READS else []
    own = [one for one in options(name, language) if one not in common]
    yield _options_table(own, language)
    if common:
        yield say(
            language,
            "It has the [options of reading](#options-of-reading) too.",
            "另有[读取选项](#读取选项)。",
        )


def cli(language: str) -> str:
    """The page of the commands."""
    parts = [
        heading(say(language, "Commands", "命令"), "cli", language),
        say(
            language,
            "Made of the command itself, which says the same: `pifubiao COMMAND --help`. "
            "Exit codes are described in [a run](running.md#exit-codes).",
            "由命令本身生成，与 `pifubiao COMMAND --help` 的内容相同。退出码的说明见[一次运行](running.zh-CN.md#退出码)。",
        ),
        _options_table(options("", language), language),
    ]
    for name in command(language).commands:
        parts += _command(name, language)
    parts.append(f"## {say(language, 'Options of reading', '读取选项')}")
    names = say(language, ", ", "、").join(f"`{name}`" for name in _READS)
    parts.append(say(language, f"{names} have them.", f"{names} 均有这些选项。"))
    parts.append(_options_table(shared(language), language))
    return "\n\n".join(parts) + "\n"


# The tables.


def _column(column: dict[str, Any], language: str) -> list[str]:
    description = column[say(language, "description", "description_zh")]
    return [
        f"`{column['name']}`",
        column["label_zh"],
        f"`{column['type'].replace(' ', '')}`",
        say(language, "yes", "可") if column["nullable"] else "",
        cell(description),
    ]


def table_names() -> list[str]:
    """All tables that have a schema, those of the writer first."""
    others = sorted(path.stem for path in (SCHEMAS / "tables").glob("*.yaml"))
    return [*TABLES, *(name for name in others if name not in TABLES)]


def tables(language: str) -> str:
    """The page of the tables."""
    parts = [
        heading(say(language, "Tables", "数据表"), "tables", language),
        say(
            language,
            "Made of [`schemas/tables`](../schemas/tables). One folder a table, Parquet with zstd. Each Arrow field has its Chinese "
            "label and its description in its metadata (`label_zh`, `description`).",
            "由 [`schemas/tables`](../schemas/tables) 生成。每张表一个文件夹，Parquet 格式，zstd 压缩；"
            "每个 Arrow 字段的元数据中带有中文名称和说明（`label_zh`、`description`、`description_zh`）。",
        ),
        say(
            language,
            "`document_id` is the key of `documents`, and the same for the same bytes at the same place. `seq` counts from 0 in the order of the "
            "source. Money is in yuan whatever the form's own unit. A blank cell is null, never an empty text and never 0. What ends in `_raw` "
            "keeps what stood there; what ends in `_basis` says how a value was come by: `stated`, `inherited`, `inferred` or `corrected`.",
            "`document_id` 是 `documents` 的主键，同一位置的同样内容总得到同样的编号；`seq` 按来源中的顺序从 0 起。金额一律以元计。空白单元格为空值，"
            "而不是空文本或 0。以 `_raw` 结尾的列保留原文，以 `_basis` 结尾的列写明值的由来：`stated` 原文写明，`inherited` 承自上方或合并单元格，"
            "`inferred` 推断，`corrected` 人工更正。",
        ),
    ]
    heads = say(language, "column|Chinese label|type|may be null|what", "列|中文名称|类型|可为空|说明").split("|")
    for name in table_names():
        schema = yaml.safe_load((SCHEMAS / "tables" / f"{name}.yaml").read_text(encoding="utf-8"))
        parts.append(f"## {name}")
        parts.append(f"{schema['label_zh']}: {schema['description']}" if language == "en" else schema["description_zh"])
        parts.append(table(heads, (_column(column, language) for column in schema["columns"])))
    return "\n\n".join(parts) + "\n"


# Findings and failures.

_SEVERITY: Final = {"info": ("info", "提示"), "warning": ("warning", "警告"), "error": ("error", "错误")}


def _finding(kind: FindingKind, language: str) -> list[str]:
    severity = say(language, *_SEVERITY[kind.severity])
    return [f"`{kind.code}`", severity, cell(pick(kind.title, language)), cell(pick(kind.message, language))]


def findings(language: str) -> str:
    """The page of findings and failures."""
    kinds = list(catalogue.findings().values())
    parts = [
        heading(say(language, "Findings and failures", "疑点与失败"), "findings", language),
        say(
            language,
            "Made of [`schemas/findings.yaml`](../schemas/findings.yaml) and [`schemas/failures.yaml`](../schemas/failures.yaml). What stands in "
            "braces is filled in. `ok` in `documents.status` means that no finding of severity warning or error is on the form.",
            "由 [`schemas/findings.yaml`](../schemas/findings.yaml) 和 [`schemas/failures.yaml`](../schemas/failures.yaml) 生成，"
            "花括号处填入具体内容。`documents.status` 为 `ok`，表示该表没有警告级或错误级的疑点。",
        ),
    ]
    head = say(language, "code|severity|what|it says", "代码|级别|含义|消息").split("|")
    groups: dict[str | None, list[FindingKind]] = {}
    for kind in kinds:
        groups.setdefault(kind.table, []).append(kind)
    for name in sorted(groups, key=lambda name: (name is None, table_names().index(name) if name else 0)):
        title = say(language, f"On {name}", f"关于 {name}") if name else say(language, "On anything", "关于任何内容")
        parts += [f"## {title}", table(head, (_finding(kind, language) for kind in groups[name]))]
    parts.append(f"## {say(language, 'Failures', '失败')}")
    parts.append(
        say(
            language,
            "Why an input gave no form, and what to do about it; a row of `failures` each.",
            "输入为何没有读出表，以及如何处理；每个这样的输入在 `failures` 中有一行。",
        )
    )
    head = say(language, "code|it says|what to do", "代码|消息|处理").split("|")
    rows = (
        [f"`{kind.code}`", cell(pick(kind.message, language)), cell(pick(kind.action, language))]
        for kind in catalogue.failures().values()
    )
    parts.append(table(head, rows))
    return "\n\n".join(parts) + "\n"


# What accuracy is measured on.

GOLD: Final = Path(__file__).parent / "gold"
_GROUPS: Final[dict[str, tuple[str, str]]] = {
    "samples": (
        "text: tabs, blanks, page layouts, with all kinds of damage",
        "文本：制表符、空格、页面版式，以及各种损坏",
    ),
    "shapes": (
        "text: CSV, pipes, Markdown, ruled tables, one cell a line, dumps",
        "文本：CSV、竖线、Markdown、框线、一行一格、数据库转储",
    ),
    "glued": ("text: cells run together with nothing between them", "文本：单元格之间毫无分隔"),
    "counties": ("designs of other counties, and wide tables of many projects", "其他县的表式、多项目宽表"),
    "tools-browsers": ("text from lynx, w3m, Chromium, clipboards", "由 lynx、w3m、Chromium、剪贴板得来的文本"),
    "tools-office": ("workbooks and Word files by LibreOffice", "LibreOffice 写出的电子表格和 Word 文件"),
    "tools-pandoc": ("text by pandoc and html2text", "由 pandoc 和 html2text 得来的文本"),
    "tools-pdflayout": ("text by pdftotext -layout", "由 pdftotext -layout 得来的文本"),
    "tools-pdfplain": ("text by pdftotext in reading order and -raw", "由 pdftotext（阅读顺序、-raw）得来的文本"),
    "formats": ("workbooks, Word files, web pages with spans", "含合并单元格的电子表格、Word 文件、网页"),
    "pdf": ("PDF files, with rules and without, turned, several forms", "PDF：有框线、无框线、旋转、多张表"),
    "scans": ("scans at 150, 200 and 300 dots an inch", "150、200、300 dpi 的扫描件"),
    "archives": ("an archive of several kinds of files", "含多种文件的压缩包"),
}


def families(language: str) -> str:
    """What the gate measures accuracy on, a row a file of answers."""
    rows = []
    for name, words in _GROUPS.items():
        records = [json.loads(line) for line in (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        own = {record["family"] for record in records}
        rows.append([say(language, *words), str(len(own)), str(len(records)), f"`{name}.jsonl`"])
    head = say(language, "written as|families|forms|answers", "写法|类别数|表数|答案").split("|")
    return table(head, rows)


def floors(language: str) -> str:
    """The floors of the gate."""
    told = json.loads((GOLD / "floors.json").read_text(encoding="utf-8"))
    rows = [
        [say(language, "share of values that are right", "读对的值所占比例"), f"{told['floor']:.0%}"],
        [say(language, "silently wrong values", "悄悄出错的值"), str(told["silent"])],
        [say(language, "rows that are made up", "凭空多出的行"), str(told["spurious"])],
        [say(language, "alarms on sound forms", "完好的表上的误报"), str(told["alarms"])],
        [say(language, "planted mistakes that are missed", "漏报的埋入错误"), str(told["missed"])],
    ]
    for one in told["lowered"]:
        which = say(language, "the same, of {field} in {family}: ", "其中 {family} 的 {field}：").format(**one)
        rows.insert(1, [f"{which}{cell(one['reason'])}", f"{one['floor']:.0%}"])
    return table((say(language, "what", "项目"), say(language, "floor", "门槛")), rows)


def questions(language: str) -> str:
    """What can be asked of an archive, in SQL."""
    parts = []
    for title, question in QUESTIONS.items():
        parts += [
            f"### {say(language, title.capitalize(), question.zh)}",
            f"```sql\n{dedent(question.sql).strip()}\n```",
        ]
    return "\n\n".join(parts)


# What is made within pages that are written.


_PARTS: Final[dict[str, dict[str, Callable[[str], str]]]] = {
    "explaining": {"explain": explained},
    "analysis": {"questions": questions},
    "accuracy": {"families": families, "floors": floors},
}


def generated() -> dict[Path, str]:
    """What the pages must hold."""
    found = {}
    for language, suffix in SUFFIX.items():
        for name, make in (("cli", cli), ("tables", tables), ("findings", findings)):
            found[page(name, language)] = make(language)
        for name, parts in _PARTS.items():
            text = page(name, language).read_text(encoding="utf-8")
            for mark, part in parts.items():
                text = filled(text, mark, part(language))
            found[page(name, language)] = text
        found[DOCS / "images" / f"way{suffix.removesuffix('.md')}.svg"] = way(language)
    return found


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
