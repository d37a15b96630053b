"""Words proposed from corrections: accepted with patch, they make the corrections unnecessary, and harm nothing."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from extract import extract_bytes, load_corrections
from extract.batch.isolate import Isolation
from extract.formfiles import FormFile, read_forms
from extract.learn.profile import Profiles
from extract.learn.prove import Reader
from extract.learn.teach import Lesson, Taught, teach
from extract.learn.words import Word
from extract.readers.files import ReadOptions
from extract.readers.leaf import Leaf
from extract.schemafiles import SCHEMAS
from tests.archives import zip_of
from tests.correcting import line, write
from tests.forms.office import paragraph, word, word_cell
from tests.test_cli import pifubiao
from tests.test_corrections import FORM

Said = tuple[str, int | None, str, str | None]
NUMBER, SECOND = ("indicators", 0), ("indicators", 1)
HEADER = (
    FORM.replace("度量单位\t权重", "度量单位\t打分\t分量")
    .replace("户\t60", "户\t60\t50")
    .replace("\t\t40", "\t\t40\t45")
)

KINDS: dict[str, tuple[str, list[Said]]] = {
    "a label of the second level": (FORM.replace("数量指标", "多少"), [(*NUMBER, "level2", "数量指标")]),
    "a label of the first level": (
        FORM.replace("产出指标\t数量指标", "做成的事\t特色指标"),
        [(*NUMBER, "level1", "产出指标")],
    ),
    "a header word": (HEADER, [(*NUMBER, "weight", "50"), (*SECOND, "weight", "45")]),
    "an operator before the number": (
        FORM.replace("≥\t30", "\t不得少于30"),
        [(*NUMBER, "operator", "≥"), (*NUMBER, "value", "30")],
    ),
    "an operator in its column": (FORM.replace("≥\t30", "不得少于\t30"), [(*NUMBER, "operator", "≥"), (*NUMBER, "name", "走访户数")]),
    "a unit behind the number": (
        FORM.replace("≥\t30\t户", "\t30箩（筐）\t"),
        [(*NUMBER, "unit", "箩（筐）"), (*NUMBER, "value", "30"), (*NUMBER, "operator", "=")],
    ),
    "a unit of money": (
        FORM.replace("（元）", "（百元）"),
        [("funding", 0, "amount", "10000"), ("funding", 1, "amount", "6000"), ("funding", 2, "amount", "4000")],
    ),
    "a source of money": (FORM.replace("财政拨款", "公家的钱"), [("funding", 1, "source", "fiscal")]),
    "a word for the total": (
        FORM.replace("年度资金总额", "总盘子"),
        [
            ("funding", 0, "source", "total"),
            ("funding", 1, "source", "fiscal"),
            ("funding", 2, "source", "other"),
            ("funding", 2, "amount", "40"),
        ],
    ),
    "the label of the unit": (FORM.replace("预算单位", "填表机关"), [("documents", None, "unit_name", "河阳县民政局")]),
    "a sign behind a name": (
        FORM.replace("走访效果\t\t良好", "走访效果\t看情况\t良好"),
        [(*SECOND, "name", "走访效果")],
    ),
    "the label of a section behind a text": (
        FORM.replace("年度绩效指标", "考核内容一览"),
        [("tasks", 0, "content", "走访困难群众")],
    ),
    "how a code stands behind a name": (
        FORM.replace("301001-河阳县民政局", "河阳县民政局<301001>"),
        [("documents", None, "unit_name", "河阳县民政局"), ("documents", None, "unit_code", "301001")],
    ),
}  # fmt: skip


def learned(
    sources: Mapping[str, bytes], said: Sequence[tuple[str, Said]], folder: Path, forms: Path | None = None
) -> Taught:
    """What comes of corrections, each of the source of this name."""
    own = read_forms(forms) if forms is not None else []
    lines = []
    for name, one in said:
        extraction = extract_bytes(sources[name], source_path=name, forms=forms)
        lines.append(line(extraction, *one))
    corrections = load_corrections(write(folder / "c.jsonl", lines))
    with Isolation(forms) as isolation:
        return teach(
            corrections,
            lambda: (Leaf(name, data) for name, data in sources.items()),
            own,
            Reader(isolation, ReadOptions()),
        )


def accept(taught: Taught, forms: Path, *, tool: str = "patch") -> None:
    """Applies a diff as a person would."""
    forms.mkdir(exist_ok=True)
    words = ["patch", "-p1", "--quiet"] if tool == "patch" else ["git", "apply", "-p1", "-"]
    subprocess.run(
        words,
        cwd=forms,
        input=taught.diff,
        encoding="utf-8",
        check=True,
        env={"GIT_CEILING_DIRECTORIES": "/", "PATH": "/usr/bin:/bin"},
    )


def says(data: bytes, forms: Path, said: Sequence[Said]) -> list[str | None]:
    """What a form says by the profiles of a folder where something else was said before."""
    (form,) = extract_bytes(data, forms=forms).forms
    found = []
    for table, seq, field, _ in said:
        record: Any = form if seq is None else getattr(form, table)[seq]
        value = getattr(record, field)
        found.append(
            None
            if value is None
            else f"{value:f}".removesuffix(".00")
            if table == "funding" and field == "amount"
            else str(value)
        )
    return found


def outcomes(taught: Taught) -> list[str]:
    return [lesson.outcome for lesson in taught.lessons]


@pytest.mark.parametrize(("kind", "tool"), [*((kind, "patch") for kind in KINDS), ("a header word", "git apply")])
def test_the_corrected_values_come_out_once_the_diff_is_accepted(tmp_path: Path, kind: str, tool: str) -> None:
    text, said = KINDS[kind]
    taught = learned({"a.txt": text.encode()}, [("a.txt", one) for one in said], tmp_path)
    assert set(outcomes(taught)) == {"taught"}
    accept(taught, tmp_path / "forms", tool=tool)
    assert [path.name for path in (tmp_path / "forms").iterdir()] == ["portal-project.yaml"]
    assert says(text.encode(), tmp_path / "forms", said) == [new for *_, new in said]


def test_a_header_that_was_read_as_a_task_is_learned_where_somebody_said_that_the_row_holds_nothing(
    tmp_path: Path,
) -> None:
    text = FORM.replace("任务名称\t主要内容", "事项\t做法").replace("\t走访\t", "\t慰问\t慰问老人\n\t走访\t")
    said: list[Said] = [("tasks", 0, "name", None), ("tasks", 0, "content", None), ("tasks", 1, "name", "慰问")]
    taught = learned({"a.txt": text.encode()}, [("a.txt", one) for one in said], tmp_path)
    assert outcomes(taught) == ["taught", "taught", "not_needed"]
    accept(taught, tmp_path / "forms")
    (form,) = extract_bytes(text.encode(), forms=tmp_path / "forms").forms
    assert [(task.name, task.content) for task in form.tasks] == [("慰问", "慰问老人"), ("走访", "走访困难群众")]
    assert form.findings == ()
    half = learned({"a.txt": text.encode()}, [("a.txt", said[0])], tmp_path)
    assert (set(outcomes(half)) & {"taught"}, half.diff) == (set(), "")


def test_the_diff_holds_the_word_and_what_its_file_needs(tmp_path: Path) -> None:
    text, said = KINDS["a label of the second level"]
    taught = learned({"a.txt": text.encode()}, [("a.txt", one) for one in said], tmp_path)
    assert taught.diff == (
        "--- /dev/null\n+++ b/portal-project.yaml\n@@ -0,0 +1,10 @@\n"
        "+name: portal-project\n+extends: portal-project\n+identify:\n+- title:\n"
        "+  - 项目支出绩效目标批复表\n+  - 项目绩效目标批复表\n"
        "+vocabulary:\n+  indicators:\n+    level2:\n+      数量指标: [多少]\n"
    )
    assert [lesson.detail for lesson in taught.lessons] == ["vocabulary.indicators.level2.数量指标: 多少"]


def test_words_go_to_the_profile_of_ones_own_and_all_else_in_it_stays(tmp_path: Path) -> None:
    forms = tmp_path / "forms"
    forms.mkdir()
    own = (
        "# 河阳县\r\nname: heyang   # of ours\r\nextends: general\r\nidentify: [{title: [批复表]}]\r\n"
        "columns:\r\n  weight:\r\n    - 占比  # of the weights\r\n\r\nexpects: [goals]\r\n"
    )
    (forms / "河阳 县.yaml").write_bytes(own.encode())
    text, said = KINDS["a header word"]
    taught = learned({"a.txt": text.encode()}, [("a.txt", one) for one in said], tmp_path, forms)
    assert set(outcomes(taught)) == {"taught"}
    accept(taught, forms)
    assert (forms / "河阳 县.yaml").read_bytes().decode() == own.replace(
        "# of the weights\r\n", "# of the weights\r\n    - 分量\r\n"
    )
    assert says(text.encode(), forms, said) == ["50", "45"]
    assert sorted(path.name for path in forms.iterdir()) == ["河阳 县.yaml"]


def docx(text: str) -> bytes:
    """A Word file: the head as paragraphs, the rest as one table."""
    lines = text.splitlines()
    rows = [line.split("\t") for line in lines[4:]]
    width = max(map(len, rows))
    table = "".join(
        f"<w:tr>{''.join(word_cell(paragraph(cell)) for cell in [*row, *[''] * (width - len(row))])}</w:tr>"
        for row in rows
    )
    return word("".join(map(paragraph, lines[:4])) + f"<w:tbl>{table}</w:tbl>")


def test_what_is_no_text_is_learned_from_too(tmp_path: Path) -> None:
    text, said = KINDS["a label of the second level"]
    data = docx(text)
    taught = learned({"a.docx": data}, [("a.docx", one) for one in said], tmp_path)
    assert outcomes(taught) == ["taught"]
    accept(taught, tmp_path / "forms")
    assert says(data, tmp_path / "forms", said) == ["数量指标"]


# ---- what is not taught


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ((*NUMBER, "value", "30"), "not_needed"),
        ((*NUMBER, "value", "31"), "no_help"),
        ((*NUMBER, "name", "走访家数"), "no_word"),
        ((*NUMBER, "unit", None), "no_word"),
        ((*NUMBER, "level2", "不在体系中的指标"), "no_word"),
        (("goals", 0, "text", "做好。"), "no_word"),
        (("tasks", 0, "content_truncated", "true"), "no_word"),
    ],
)  # fmt: skip
def test_what_no_word_brings_out_is_told(tmp_path: Path, said: Said, outcome: str) -> None:
    taught = learned({"a.txt": FORM.encode()}, [("a.txt", said)], tmp_path)
    assert (outcomes(taught), taught.diff, taught.drafts) == ([outcome], "", [])


def test_a_source_that_is_not_there_and_a_value_that_changed_are_told(tmp_path: Path) -> None:
    extraction = extract_bytes(FORM.encode(), source_path="a.txt")
    value = line(extraction, *NUMBER, "value", "31")
    lines = [{**value, "source_sha256": "0" * 64}, {**value, "seq": 1}, {**value, "seq": 7}, {**value, "form_index": 2}]
    with Isolation() as isolation:
        reader = Reader(isolation, ReadOptions())
        taught = teach(
            load_corrections(write(tmp_path / "c", lines)), lambda: iter([Leaf("b.txt", FORM.encode())]), [], reader
        )
    assert outcomes(taught) == ["no_source", "changed", "changed", "changed"]


def test_a_word_that_would_change_what_nobody_said_is_not_taught(tmp_path: Path) -> None:
    text = FORM.replace("数量指标", "多少").replace("质量指标", "多少")
    said: Said = (*NUMBER, "level2", "数量指标")
    taught = learned({"a.txt": text.encode()}, [("a.txt", said)], tmp_path)
    # Both labels say the same, so the other row becomes what was said of this one.
    assert outcomes(taught) == ["taught"]
    other: Said = (*SECOND, "level2", "质量指标")
    taught = learned({"a.txt": text.encode()}, [("a.txt", said), ("a.txt", other)], tmp_path)
    assert set(outcomes(taught)) == {"harms"}
    assert "a.txt indicators 1 level2" in taught.lessons[0].detail
    confirmed: Said = (*SECOND, "level2", "多少")
    taught = learned({"a.txt": text.encode()}, [("a.txt", said), ("a.txt", confirmed)], tmp_path)
    assert outcomes(taught) == ["harms", "not_needed"]


def test_a_word_by_which_another_source_is_read_worse_is_not_taught(tmp_path: Path) -> None:
    text, said = KINDS["the label of the unit"]
    # Elsewhere the word stands before the name of another unit, and that form is sound.
    other = FORM.replace("预算单位：", "填表机关：301-河阳县财政局\n预算单位：")
    assert extract_bytes(other.encode()).forms[0].findings == ()
    taught = learned({"a.txt": text.encode(), "b.txt": other.encode()}, [("a.txt", one) for one in said], tmp_path)
    assert (outcomes(taught), taught.diff) == (["harms_others"], "")
    assert taught.lessons[0].detail == "fields.unit: 填表机关 → b.txt"


def test_a_value_that_nobody_spoke_of_must_not_change_with_another(tmp_path: Path) -> None:
    text, (operator, _) = KINDS["an operator in its column"]
    taught = learned({"a.txt": text.encode()}, [("a.txt", operator)], tmp_path)
    assert (outcomes(taught), taught.diff) == (["harms"], "")
    assert taught.lessons[0].detail == "vocabulary.operators.≥: 不得少于 → a.txt indicators 0 name"


def test_another_source_that_is_read_better_stands_in_no_words_way(tmp_path: Path) -> None:
    text, said = KINDS["a label of the second level"]
    other = text.replace("走访户数", "慰问户数").replace("301001", "302002")
    taught = learned({"a.txt": text.encode(), "b.txt": other.encode()}, [("a.txt", one) for one in said], tmp_path)
    assert outcomes(taught) == ["taught"]


def test_a_word_is_proposed_once_for_all_that_it_helps(tmp_path: Path) -> None:
    text, _ = KINDS["a label of the second level"]
    more = text.replace("走访户数", "慰问户数")
    said: Said = (*NUMBER, "level2", "数量指标")
    sources = {"a.txt": text.encode(), "b.txt": more.encode()}
    taught = learned(sources, [("a.txt", said), ("b.txt", said)], tmp_path)
    assert outcomes(taught) == ["taught", "taught"]
    assert taught.diff.count("多少") == 1


def test_words_for_several_profiles_go_to_a_file_each(tmp_path: Path) -> None:
    one, (said,) = KINDS["a label of the second level"]
    two = KINDS["the label of the unit"][0].replace("项目支出绩效目标批复表", "项目支出绩效自评表")
    sources = {"a.txt": one.encode(), "b.txt": two.encode()}
    taught = learned(sources, [("a.txt", said), ("b.txt", KINDS["the label of the unit"][1][0])], tmp_path)
    assert outcomes(taught) == ["taught", "taught"]
    accept(taught, tmp_path / "forms")
    assert sorted(path.name for path in (tmp_path / "forms").iterdir()) == [
        "portal-project.yaml",
        "self-evaluation.yaml",
    ]


# ---- the text of a profile


_TEXT = st.text(st.sampled_from("量 占比≥%'\"#:,[]{}是-&*!|>@`\\1"), min_size=1, max_size=5).map(str.strip).filter(bool)
_LISTS = st.lists(_TEXT, min_size=1, max_size=3, unique=True)
_STEPS = st.sampled_from(
    [("columns", "weight"), ("columns", "unit"), ("vocabulary", "units"), ("vocabulary", "indicators", "level2", "数量指标"),
     ("funding", "sources", "fiscal"), ("codes", "unit")]
)  # fmt: skip


def nested(lists: Mapping[tuple[str, ...], list[str]]) -> dict[str, Any]:
    data: dict[str, Any] = {"name": "x", "extends": "general"}
    for steps, own in lists.items():
        node = data
        for step in steps[:-1]:
            node = node.setdefault(step, {})
        node[steps[-1]] = own
    return data


@given(
    st.dictionaries(_STEPS, _LISTS, max_size=4),
    _STEPS,
    _TEXT,
    st.sampled_from([None, False, True]),
    st.booleans(),
    st.booleans(),
)
def test_a_word_is_written_into_any_yaml_and_nothing_else_changes(
    lists: dict[tuple[str, ...], list[str]],
    steps: tuple[str, ...],
    text: str,
    flow: bool | None,
    crlf: bool,
    ended: bool,
) -> None:
    before = yaml.safe_dump(nested(lists), allow_unicode=True, default_flow_style=flow, sort_keys=False, width=10_000)
    before = before if ended else before.rstrip("\n")
    before = before.replace("\n", "\r\n") if crlf else before
    profiles, path = _profiles(before)
    taught = profiles.with_words("x", [Word(steps, text)])
    (draft,) = taught.drafts()
    expected = {steps_: list(own) for steps_, own in lists.items()}
    expected.setdefault(steps, []).append(text)
    assert yaml.safe_load(draft.text) == nested(expected) == taught.files()[-1].data
    lines = [line.rstrip("\r\n") for line in draft.text.splitlines(keepends=True)]
    kept = [line.rstrip("\r\n") for line in before.splitlines(keepends=True)]
    if not flow:
        assert sum(line in lines for line in kept) >= len(kept) - 1
    path.unlink()


def _profiles(text: str) -> tuple[Profiles, Path]:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".yaml", delete=False) as file:
        file.write(text.encode())
    path = Path(file.name)
    return Profiles(read_forms(SCHEMAS / "forms"), [FormFile(path, yaml.safe_load(text), "")]), path


# ---- the command


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    text, (said,) = KINDS["a label of the second level"]
    data = zip_of({"b/a.txt": text.encode()})
    (tmp_path / "in" / "a.zip").write_bytes(data)
    extraction = extract_bytes(text.encode(), source_path="a.zip!/b/a.txt")
    write(tmp_path / "c.jsonl", [line(extraction, *said), line(extraction, *NUMBER, "value", "31")])
    return tmp_path


def test_the_command_proposes_and_extract_reads_right_without_corrections(inbox: Path) -> None:
    words = ("learn", inbox / "c.jsonl", "--in", inbox / "in")
    done = pifubiao(*words)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "a.zip!/b/a.txt indicators 0 level2: 多少 → 数量指标",
        "  taught by vocabulary.indicators.level2.数量指标: 多少",
        "a.zip!/b/a.txt indicators 0 value: 30 → 31",
        "  none of the words near it brings this value out: it may be a mistake of the source, or of a character",
        "1 of 2 corrections would have been unnecessary. To accept: patch -p1 -d forms < learned.diff",
    ]
    written = pifubiao(*words, "--to", inbox / "learned.diff", "--lang", "zh")
    assert (inbox / "learned.diff").read_text(encoding="utf-8") == done.stdout
    assert "可由此补上" in written.stdout
    found = json.loads(pifubiao(*words, "--json").stdout)
    assert found["diff"] == done.stdout
    assert [(one["field"], one["outcome"]) for one in found["corrections"]] == [
        ("level2", "taught"),
        ("value", "no_help"),
    ]
    (inbox / "forms").mkdir()
    subprocess.run(["patch", "-p1", "-s", "-d", inbox / "forms", "-i", inbox / "learned.diff"], check=True)
    pifubiao("extract", inbox / "in", "--out", inbox / "out", "--forms", inbox / "forms")
    import pyarrow.parquet as pq

    assert pq.read_table(inbox / "out" / "indicators")["level2"].to_pylist() == ["数量指标", "质量指标"]
    again = pifubiao(*words, "--forms", inbox / "forms")
    assert (again.stdout, again.stderr.splitlines()[1]) == ("", "  nothing to teach: it is read so")


def test_a_mistake_stops_it_before_anything_is_read(inbox: Path) -> None:
    done = pifubiao("learn", inbox / "none", "--in", inbox / "in")
    assert done.returncode == 2
    done = pifubiao("learn", inbox / "c.jsonl", "--in", inbox / "nowhere")
    assert done.returncode == 2
    done = pifubiao("learn", inbox / "c.jsonl", "--in", inbox / "in", "--to", inbox / "none" / "x")
    assert (done.returncode, done.stderr.splitlines()[0].startswith("Error: the diff could not be written to")) == (
        2,
        True,
    )


def test_every_outcome_has_its_words() -> None:
    from extract.learn import teach as module
    from extract.messages import messages

    named = {value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}
    assert {f"lesson_{outcome}" for outcome in named} == {key for key in messages() if key.startswith("lesson_")}
    assert Lesson.__doc__
