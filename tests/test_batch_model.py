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
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from extract.api import extract_bytes
from extract.batch.run import Options, run
from tests import killed
from tests.archives import zip_of
from tests.correcting import rows
from tests.test_again import shrink, tables_of
from tests.test_cli import ENVIRONMENT, SAMPLE
from tests.test_recover import FORM, START

# How many steps: few with every run of the tests, thousands by `make model`.
STEPS: Final = int(os.environ.get("PIFUBIAO_MODEL_STEPS", "60"))
_EACH: Final = 30
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


def _has_inputs(batch: Batch) -> bool:
    return bool(batch.inputs())


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

    # ---- what happens to inputs

    def inputs(self) -> list[Path]:
        return sorted(path for path in self.source.rglob("*") if path.is_file())

    @initialize(data=st.dictionaries(st.sampled_from(NAMES), texts, min_size=2, max_size=8))
    def begin(self, data: dict[str, bytes]) -> None:
        for name, content in data.items():
            self.put(name, content)

    @rule(name=st.sampled_from(NAMES), content=files)
    def put(self, name: str, content: bytes) -> None:
        """Adds a file, or changes one."""
        self.step()
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    @rule(name=st.sampled_from(ARCHIVES), content=archives)
    def put_archive(self, name: str, content: bytes) -> None:
        self.put(name, content)

    @precondition(_has_inputs)
    @rule(data=st.data(), name=st.sampled_from((*NAMES, *ARCHIVES)))
    def rename(self, data: st.DataObject, name: str) -> None:
        self.step()
        path = data.draw(st.sampled_from(self.inputs()))
        (self.source / name).parent.mkdir(parents=True, exist_ok=True)
        path.replace(self.source / name)

    @precondition(_has_inputs)
    @rule(data=st.data())
    def touch(self, data: st.DataObject) -> None:
        self.step()
        os.utime(data.draw(st.sampled_from(self.inputs())))

    @precondition(_has_inputs)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        self.step()
        data.draw(st.sampled_from(self.inputs())).unlink()

    # ---- what else decides

    @precondition(_has_inputs)
    @rule(data=st.data(), field=st.sampled_from(("weight", "name", "value")), new=st.sampled_from(("5", "90", None)))
    def correct(self, data: st.DataObject, field: str, new: str | None) -> None:
        """Says of an indicator of a form what it is in truth; the file may change afterwards."""
        self.step()
        path = data.draw(st.sampled_from(self.inputs()))
        found = extract_bytes(path.read_bytes(), source_path=path.relative_to(self.source).as_posix())
        if not found.forms or not found.forms[0].indicators:
            return
        value = rows(found)["indicators"][0][field]
        old = None if value is None else str(value.normalize()) if field == "weight" else str(value)
        place = {"form_index": 0, "table": "indicators", "seq": 0, "field": field}
        self.said.append(
            {"source_sha256": found.source_sha256, "source_path": found.source_path, **place, "old": old, "new": new}
        )

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        self.step()
        self.said.pop(data.draw(st.integers(0, len(self.said) - 1)))

    @rule(profile=st.integers(0, len(PROFILES) - 1))
    def teach(self, profile: int) -> None:
        self.step()
        self.profile = profile

    @rule(code=st.sampled_from(("1", "2")))
    def program(self, code: str) -> None:
        self.step()
        self.code = code

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

    @precondition(_has_inputs)
    @rule(workers=st.sampled_from((None, None, None, None, 1, 2)), full=st.sampled_from((False, False, False, True)))
    def finish(self, workers: int | None, full: bool) -> None:
        """A run that ends, and gives what one from nothing gives."""
        self.step()
        run(self.options(self.out, workers, full=full))
        self.check()

    @precondition(_has_inputs)
    @rule(number=st.integers(0, _MOST_STEPS))
    def stop(self, number: int) -> None:
        """A run that an exception ends before one of its steps; what stood there before stands there still, or all is new."""
        self.step()
        self.ends(lambda: self.stopped(number))

    @precondition(_has_inputs)
    @rule(number=st.integers(0, _MOST_STEPS))
    def kill(self, number: int) -> None:
        """A run whose process is killed before one of its steps."""
        self.step()
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

    def step(self) -> None:
        type(self).taken += 1


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


def test_any_history_gives_what_a_run_from_nothing_gives() -> None:
    few = settings(
        max_examples=max(1, min(STEPS // _EACH, 20)), stateful_step_count=_EACH, deadline=None, database=None
    )
    if STEPS > 60:
        few = settings(few, derandomize=False, print_blob=True)
    with killed.runs(SAMPLE, ENVIRONMENT) as killer:
        Batch.killer = killer
        while Batch.taken < STEPS:
            run_state_machine_as_test(Batch, settings=few)
            if STEPS > 60:
                sys.stdout.write(f"{Batch.taken} steps, {Batch.ended} runs ended before their end\n")
    assert Batch.ended > 0
