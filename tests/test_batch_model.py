"""A model of a batch: whatever happened to inputs, settings and runs before, a run gives what one from nothing gives."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from extract.api import extract_bytes
from extract.batch.run import Options, run
from extract.model import Extraction
from tests import killed
from tests.archives import zip_of
from tests.correcting import rows
from tests.test_again import shrink, tables_of
from tests.test_cli import ENVIRONMENT, SAMPLE
from tests.test_recover import FORM, START

# How many steps: few with every run of the tests, thousands by `make model`.
STEPS: Final = int(os.environ.get("PIFUBIAO_MODEL_STEPS", "60"))
_FEW: Final = 60
_EACH: Final = 15
_SMALL: Final = 2
_NEVER: Final = 1_000_000
# So many steps touch the disk in a run of these inputs, some more or less.
_MOST_STEPS: Final = 120
NAMES: Final = tuple(f"{folder}{number}" for folder in ("", "甲/", "乙/丙/") for number in range(4))
ARCHIVES: Final = ("a.zip", "甲/b.zip")
CONTENTS: Final = (START, START + "时法律服务圈。", START + "康社会。", "完成任务。", "落实普法责任制，推进法治建设。")
CODES: Final = ("121", "121001", "122", "")
BROKEN: Final = (
    b"",
    b"\0\1\2",
    b"PK\x03\x04",
    b"%PDF-1.4\n",
    "没有表。\n".encode(),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
)
PROFILES: Final = (
    None,
    "name: own\nextends: general\nidentify: [{title: [批复表]}]\n",
    "name: own\nextends: general\nidentify: [{title: [批复表]}]\ncolumns: {pass: [权重]}\n",
)
# What may differ between a run that takes over and one that does not.
_DIFFERS: Final = {"converted", "converted_with_findings", "skipped"}

texts = st.builds(
    lambda code, content, goal: FORM.format(code=code, content=content, goal=goal).encode(),
    st.sampled_from(CODES),
    st.sampled_from(CONTENTS),
    st.sampled_from(("做好工作。", f"一是援助。{START}时法律服务圈；办好实事。")),
)
files = texts | st.sampled_from(BROKEN)
archives = st.dictionaries(st.sampled_from(("x", "y", "文/z")), files, max_size=3).map(zip_of)


class Stopped(BaseException):
    """Stands for whatever ends a run in the middle."""


class Batch(RuleBasedStateMachine):
    """Inputs in a folder, what else decides what is read of them, and one output folder over all runs."""

    taken: int = 0
    finished: int = 0
    ended: int = 0
    killer: killed.Runs

    def __init__(self) -> None:
        super().__init__()
        self.code = "1"
        self.said: list[dict[str, Any]] = []
        self.profile = 0
        self.folder = Path(tempfile.mkdtemp(prefix="model-"))
        self.source, self.out = self.folder / "in", self.folder / "out"
        self.source.mkdir()
        self.stack = ExitStack()
        patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        shrink(patch, _SMALL)
        patch.setattr("extract.batch.convert._TOO_FRESH", -(1 << 62))
        patch.setattr("extract.tables.place.os.fsync", lambda _: None)
        patch.setattr("extract.batch.settings._code", lambda: self.code)

    def teardown(self) -> None:
        self.stack.close()
        shutil.rmtree(self.folder)

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """One thing of all that may happen; runs are half of it. As rules of their own some would be left out for long."""
        type(self).taken += 1
        runs = (self.finish, self.finish, self.finish, self.stop, self.kill) if self.inputs() else ()
        data.draw(st.sampled_from((*runs, self.write, self.change, self.change, self.correct, self.decide)))(data)

    # ---- what happens to inputs

    def inputs(self) -> list[Path]:
        return sorted(path for path in self.source.rglob("*") if path.is_file())

    @initialize(data=st.dictionaries(st.sampled_from(NAMES), texts, min_size=2, max_size=8))
    def begin(self, data: dict[str, bytes]) -> None:
        for name, content in data.items():
            self.put(name, content)

    def put(self, name: str, content: bytes) -> None:
        """Adds a file, or changes one."""
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def write(self, data: st.DataObject) -> None:
        self.put(data.draw(st.sampled_from(NAMES)), data.draw(texts))

    def change(self, data: st.DataObject) -> None:
        """Whatever else may happen to inputs: files that are broken, archives, other names and times, none any more."""
        there = self.inputs()
        act = data.draw(st.sampled_from(("break", "pack", *(("rename", "touch", "remove") if there else ()))))
        if act == "break":
            self.put(data.draw(st.sampled_from(NAMES)), data.draw(st.sampled_from(BROKEN)))
        elif act == "pack":
            self.put(data.draw(st.sampled_from(ARCHIVES)), data.draw(archives))
        else:
            path = data.draw(st.sampled_from(there))
            if act == "rename":
                name = data.draw(st.sampled_from((*NAMES, *ARCHIVES)))
                self.put(name, b"")
                path.replace(self.source / name)
            elif act == "touch":
                os.utime(path)
            else:
                path.unlink()

    # ---- what else decides

    def correct(self, data: st.DataObject) -> None:
        """Says of an indicator of a form what it is in truth; the file may change afterwards."""
        forms = self.forms()
        if not forms:
            return
        found = data.draw(st.sampled_from(forms))
        field = data.draw(st.sampled_from(("weight", "name", "value")))
        new = data.draw(st.sampled_from(("5", "90", None)))
        value = rows(found)["indicators"][0][field]
        old = None if value is None else str(value.normalize()) if field == "weight" else str(value)
        place = {"form_index": 0, "table": "indicators", "seq": 0, "field": field}
        source = {"source_sha256": found.source_sha256, "source_path": found.source_path}
        self.said.append({**source, **place, "old": old, "new": new})

    def decide(self, data: st.DataObject) -> None:
        """Another program, other form profiles, a correction taken back."""
        act = data.draw(st.sampled_from(("teach", "program", *(("take back",) if self.said else ()))))
        if act == "teach":
            self.profile = data.draw(st.integers(0, len(PROFILES) - 1))
        elif act == "program":
            self.code = data.draw(st.sampled_from(("1", "2")))
        else:
            self.said.pop(data.draw(st.integers(0, len(self.said) - 1)))

    def forms(self) -> list[Extraction]:
        read = (
            extract_bytes(path.read_bytes(), source_path=path.relative_to(self.source).as_posix())
            for path in self.inputs()
        )
        return [one for one in read if one.forms and one.forms[0].indicators]

    # ---- runs

    def options(self, out: Path, workers: int | None = None, *, full: bool = False) -> Options:
        forms, text = self.folder / "forms", PROFILES[self.profile]
        shutil.rmtree(forms, ignore_errors=True)
        if text is not None:
            forms.mkdir()
            (forms / "own.yaml").write_text(text, encoding="utf-8")
        corrections = self.folder / "said.jsonl"
        corrections.write_text("".join(json.dumps(line) + "\n" for line in self.said), encoding="utf-8")
        return Options(
            (str(self.source),),
            out,
            workers=workers,
            full=full,
            forms=forms if text is not None else None,
            corrections=(corrections,) if self.said else (),
        )

    def finish(self, data: st.DataObject) -> None:
        """A run that ends, and gives what one from nothing gives."""
        workers = data.draw(st.sampled_from((None, None, None, None, None, None, 1, 2)))
        full = data.draw(st.sampled_from((False, False, False, False, True)))
        run(self.options(self.out, workers, full=full))
        self.check()

    def stop(self, data: st.DataObject) -> None:
        """A run that an exception ends before one of its steps; what stood there before stands there still, or all is new."""
        number = data.draw(st.integers(0, _MOST_STEPS))
        self.ends(lambda: self.stopped(number))

    def kill(self, data: st.DataObject) -> None:
        """A run whose process is killed before one of its steps."""
        number = data.draw(st.integers(0, _MOST_STEPS))
        self.ends(lambda: self.killed(number))

    def ends(self, act: Callable[[], bool]) -> None:
        before = tables_of(self.out)
        if act():
            type(self).finished += 1
            self.check()
            return
        type(self).ended += 1
        if tables_of(self.out) != before:
            self.check()

    def stopped(self, number: int) -> bool:
        """Whether the run came to its end."""

        def stop() -> None:
            raise Stopped

        with pytest.MonkeyPatch.context() as patch:
            counted = killed.before(number, stop)
            for owner, name in killed.steps():
                patch.setattr(owner, name, counted(getattr(owner, name)))
            try:
                run(self.options(self.out))
            except Stopped:
                return False
        return True

    def killed(self, number: int) -> bool:
        options = self.options(self.out)
        words = ["extract", str(self.source), "--out", str(self.out), "--max-failed", "100%"]
        words += ["--forms", str(options.forms)] if options.forms else []
        words += ["--corrections", str(options.corrections[0])] if options.corrections else []
        code = self.killer.killed_before(number, words, code=self.code, small=_SMALL)
        assert code in (0, -9), code
        return code == 0

    def check(self) -> None:
        """The output is that of a run from nothing."""
        fresh = self.folder / "fresh"
        run(self.options(fresh))
        assert tables_of(self.out) == tables_of(fresh)
        assert account(self.out) == account(fresh)
        shutil.rmtree(fresh)


def account(out: Path) -> dict[str, Any]:
    """What ``run.json`` says, but for how it came about."""
    found = json.loads((out / "run.json").read_text(encoding="utf-8"))
    counts = found["counts"]
    known = sum(counts[name] for name in (*_DIFFERS, "failed"))
    assert known == counts["inputs"]
    return {
        "counts": {name: value for name, value in counts.items() if name not in _DIFFERS},
        "profiles": found["profiles"],
    }


def tell() -> None:
    sys.stdout.write(f"{Batch.taken} steps, {Batch.ended} runs ended before their end\n")


def test_any_history_gives_what_a_run_from_nothing_gives() -> None:
    few = settings(
        max_examples=max(1, min(STEPS // _EACH, 40)), stateful_step_count=_EACH, deadline=None, database=None
    )
    if STEPS > _FEW:
        few = settings(few, derandomize=False, print_blob=True)
    with killed.runs(SAMPLE, ENVIRONMENT) as killer:
        Batch.killer = killer
        run_state_machine_as_test(Batch, settings=few)
        while STEPS > _FEW and Batch.taken < STEPS:
            tell()
            run_state_machine_as_test(Batch, settings=few)
    if STEPS > _FEW:
        tell()
    assert Batch.ended > 0
