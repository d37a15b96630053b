from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from extract import catalogue
from extract.catalogue import Wording
from extract.errors import SchemaError
from extract.export.table import Kind
from extract.interpret.trace import KINDS, ROLES, WHATS
from extract.messages import Speaker, language, messages
from extract.schemafiles import SCHEMAS


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("kinds", [catalogue.findings(), catalogue.failures()], ids=["findings", "failures"])
def test_both_languages_have_the_same_places(kinds: dict[str, catalogue.FindingKind | catalogue.FailureKind]) -> None:
    for code, kind in kinds.items():
        for wording in (field for field in kind if isinstance(field, Wording)):
            assert placeholders(wording.en) == placeholders(wording.zh), code
            assert re.search(r"[\u4e00-\u9fff]", wording.zh), code


def test_messages_have_the_same_places_in_both_languages() -> None:
    for key, wording in messages().items():
        assert placeholders(wording.en) == placeholders(wording.zh), key


def test_every_message_is_used_and_every_used_message_exists() -> None:
    package = SCHEMAS.parent / "extract"
    sources = [path.read_text(encoding="utf-8") for kind in ("*.py", "*.html") for path in package.rglob(kind)]
    scripts = [path.read_text(encoding="utf-8") for path in package.rglob("*.js")]
    used = {word for source in sources for word in re.findall(r"""["']([a-z][a-z0-9_]+)["']""", source)}
    used |= {f"explain_{code}" for code in WHATS}
    used |= {f"explain_role_{code}" for code in ROLES} | {f"explain_kind_{code}" for code in KINDS.values()}
    used |= {f"export_kind_{kind}" for kind in Kind}
    used |= {f"review_ui_{word}" for source in scripts for word in re.findall(r"""["'.]([a-z][a-z0-9_]+)\b""", source)}
    made = {"severity_", "status_", "outcome_", "lesson_", "kind_", "category_", "source_", "last_"}
    made |= {"explain_way_", "explain_settled_", "explain_limit_", "explain_cut_"}
    made |= {f"review_ui_{kind}_" for kind in ("severity", "status", "basis", "state", "check", "review")}
    assert {key for key in messages() if key not in used and not key.startswith(tuple(made))} == set()
    asked = {key for source in sources for key in re.findall(r"""say\(["']([a-z0-9_]+)["']""", source)}
    asked |= {key for source in sources for key in re.findall(r'UsageError\(\s*"([a-z0-9_]+)"', source)}
    asked |= {f"review_ui_{key}" for source in scripts for key in re.findall(r'\bt\("([a-z0-9_]+)"', source)}
    assert asked - set(messages()) == set()


def test_render_fills_both_languages() -> None:
    wording = Wording("has {count} lines", "有 {count} 行").render({"count": 3})
    assert wording == Wording("has 3 lines", "有 3 行")


@pytest.mark.parametrize(
    ("template", "params", "text"),
    [
        ("{count} of {total}", {"count": 3}, "3 of {total}"),
        ("{count}", {}, "{count}"),
        ("{count:.2f}", {"count": "x"}, "{count:.2f}"),
        ("{count.real.nothing}", {"count": 1}, "{count.real.nothing}"),
        ("{} {0}", {"count": 1}, "{} {0}"),
        ("plain", {"count": 1}, "plain"),
    ],
)
def test_render_never_raises(template: str, params: dict[str, object], text: str) -> None:
    assert Wording(template, template).render(params).en == text


def test_failure_message_says_why_and_what_to_do() -> None:
    wording = catalogue.failure_message("too_large", {"size": 11, "limit": 10})
    assert wording.en == "the file has 11 bytes, more than the limit of 10; raise --max-bytes or split the file"
    assert wording.zh == "文件大小 11 字节，超过上限 10；请提高 --max-bytes 或拆分文件"


def test_an_unsound_catalogue_is_named_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "findings.yaml"
    path.write_text(
        "findings:\n  odd:\n    severity: grave\n    title: {en: a, zh: b}\n    message: {en: a, zh: b}\n",
        encoding="utf-8",
    )
    with pytest.raises(SchemaError, match=r"findings\.yaml:3: findings\.odd\.severity: grave is none of: info"):
        catalogue.load_findings(path)
    path.write_text("failures:\n  odd:\n    message: {en: a}\n    action: {en: a, zh: b}\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"yaml:3: failures\.odd\.message: zh is missing"):
        catalogue.load_failures(path)


@pytest.mark.parametrize(
    ("chosen", "environment", "expected"),
    [
        ("zh", {"LC_ALL": "en_US.UTF-8"}, "zh"),
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        (None, {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "zh"),
        (None, {"LANG": "zh_CN.GB18030"}, "zh"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {}, "en"),
    ],
)
def test_language(chosen: str | None, environment: dict[str, str], expected: str) -> None:
    assert language(chosen, environment) == expected


def test_speaker() -> None:
    assert Speaker("zh")("column_line", line=7) == "第 7 行"
    assert Speaker("en")("column_line", line=7) == "line 7"
    assert Speaker("en").known("source_nothing", "nothing") == "nothing"
    with pytest.raises(KeyError):
        Speaker("en")("no_such_message")
