"""Inputs and outputs in a store of objects, which a real server on this machine holds."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pyarrow import fs

import extract
from extract import ArchiveError
from extract.batch.addresses import is_remote, shown
from extract.batch.manifest import Manifest
from extract.batch.run import Options, placed, run
from extract.errors import UsageError
from tests import archive as by_hand
from tests.needs import needs
from tests.test_again import fill, made, shrink, tables_of, trusted, write
from tests.test_cli import ENVIRONMENT, pifubiao

needs_server = needs("moto", found=find_spec("moto") is not None)
_numbers = count()

# Files' times are trusted at once here too.
__all__ = ["trusted"]


class Store(NamedTuple):
    """A bucket of a server."""

    system: Any
    bucket: str
    rest: str

    def address(self, path: str, *, secret: str = "") -> str:
        return f"s3://{secret}{self.bucket}/{path}?{self.rest}"

    def put(self, folder: Path, path: str) -> None:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                with self.system.open_output_stream(
                    f"{self.bucket}/{path}/{file.relative_to(folder).as_posix()}"
                ) as out:
                    out.write(file.read_bytes())

    def get(self, path: str, folder: Path) -> Path:
        folder.mkdir()
        fs.copy_files(f"{self.bucket}/{path}", str(folder), self.system, fs.LocalFileSystem())
        return folder

    def written(self, path: str) -> dict[str, int]:
        found = self.system.get_file_info(fs.FileSelector(f"{self.bucket}/{path}", recursive=True))
        return {one.path: one.mtime_ns for one in found if one.type == fs.FileType.File}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def store(server: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_EC2_METADATA_DISABLED": "true"}
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
        ENVIRONMENT[name] = value
    system = fs.S3FileSystem(endpoint_override=server, scheme="http", region="us-east-1", allow_bucket_creation=True)
    bucket = f"bucket{next(_numbers)}"
    system.create_dir(bucket)
    return Store(system, bucket, f"endpoint_override={server}&scheme=http&region=us-east-1")


def elsewhere(source: str, out: str, **options: Any) -> Manifest:
    with placed(Options((source,), Path(out), workers=None, **options), out) as own:
        return run(own)


@needs_server
def test_what_lies_elsewhere_is_read_as_what_lies_here(tmp_path: Path, store: Store) -> None:
    source = fill(tmp_path / "in", 5)
    write(source, "县 一/#表?.txt")
    (source / ".hidden").write_bytes(b"x")
    store.put(source, "数据/in")
    address = store.address("数据/in")
    found = run(Options((address,), tmp_path / "there", workers=None))
    made(source, tmp_path / "here")
    assert tables_of(tmp_path / "there") == tables_of(tmp_path / "here")
    assert found.counts.inputs == 6
    again = run(Options((address,), tmp_path / "there", workers=2))
    assert (again.counts.skipped, again.counts.inputs) == (6, 6)


@needs_server
def test_children_read_what_lies_elsewhere(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    shrink(monkeypatch, 2)
    source = fill(tmp_path / "in", 6)
    store.put(source, "in")
    run(Options((store.address("in"),), tmp_path / "there", workers=2))
    made(source, tmp_path / "here")
    assert tables_of(tmp_path / "there") == tables_of(tmp_path / "here")


@needs_server
def test_an_output_elsewhere_is_that_of_a_run_here_and_only_what_has_changed_is_put_there(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrink(monkeypatch, 3)
    source = fill(tmp_path / "in")
    out = store.address("out/表", secret="key:secret@")
    first = elsewhere(str(source), out)
    assert first.counts.converted + first.counts.converted_with_findings == 20
    made(source, tmp_path / "here")
    assert tables_of(store.get("out/表", tmp_path / "one")) == tables_of(tmp_path / "here")
    account = (tmp_path / "one" / "run.json").read_text(encoding="utf-8")
    assert json.loads(account)["parameters"]["out"] == f"s3://{store.bucket}/out/表"
    assert "secret" not in account

    before = store.written("out")
    assert elsewhere(str(source), out).counts.skipped == 20
    after = store.written("out")
    assert {path for path in after if before.get(path) != after[path]} <= {f"{store.bucket}/out/表/run.json"}

    write(source, "1/0041")
    (source / "2" / "005").unlink()
    assert elsewhere(str(source), out).counts.skipped == 19
    made(source, tmp_path / "fresh")
    assert tables_of(store.get("out/表", tmp_path / "two")) == tables_of(tmp_path / "fresh")


@needs_server
def test_an_output_that_was_not_put_there_whole_is_made_anew(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = fill(tmp_path / "in", 4)
    out = store.address("out")
    elsewhere(str(source), out)
    write(source, "0/0001")

    def stop(*_: object) -> None:
        raise OSError("the line is cut")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("extract.batch.remote.arrow.copy_files", stopping(stop, after=4))
        with pytest.raises(OSError, match="the line is cut"):
            elsewhere(str(source), out)
    assert elsewhere(str(source), out).counts.skipped == 0
    made(source, tmp_path / "fresh")
    assert tables_of(store.get("out", tmp_path / "got")) == tables_of(tmp_path / "fresh")


def stopping(stop: Any, after: int) -> Any:
    left = iter(range(after))

    def copied(*words: Any) -> None:
        if next(left, None) is None:
            stop()
        real(*words)

    real = fs.copy_files
    return copied


@needs_server
def test_what_cannot_be_had(tmp_path: Path, store: Store) -> None:
    store.put(fill(tmp_path / "in", 2), "in")
    for inputs, out, key in (
        ((store.address("none"),), tmp_path / "out", "input_missing"),
        ((store.address("in"), str(tmp_path / "in")), tmp_path / "out", "remote_mixed"),
    ):
        with pytest.raises(UsageError) as caught:
            run(Options(inputs, out, workers=None))
        assert caught.value.key == key
    for address, key in ((store.address("in/out"), "out_in_input"), (store.address(""), "input_in_out")):
        with pytest.raises(UsageError) as caught:
            elsewhere(store.address("in"), address)
        assert caught.value.key == key
    with pytest.raises(UsageError) as caught:
        elsewhere(str(tmp_path / "in"), store.address("in"))
    assert (caught.value.key, caught.value.params["path"]) == ("out_not_ours", f"s3://{store.bucket}/in")


@needs_server
def test_the_command_takes_addresses(tmp_path: Path, store: Store) -> None:
    store.put(fill(tmp_path / "in", 3), "in")
    done = pifubiao("extract", store.address("in"), "--out", store.address("out"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"Done (exit code 0): 3 forms in s3://{store.bucket}/out"
    assert len([path for path in store.written("out") if path.endswith(".parquet")]) == 10


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    began = time.monotonic()
    rest = "endpoint_override=127.0.0.1:9&scheme=http&region=us-east-1"
    done = pifubiao(
        "extract", f"s3://a:b@bucket/in?{rest}", "--out", tmp_path / "out", AWS_EC2_METADATA_DISABLED="true"
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Error: s3://bucket/in cannot be reached (")
    assert time.monotonic() - began < 60


@pytest.mark.parametrize(
    ("text", "remote"),
    [("s3://b/c", True), ("hdfs://h/x", True), ("C:/x", False), ("a/b", False), ("file:///x", False), ("a:b", False)],
)
def test_what_an_address_is(text: str, remote: bool) -> None:
    assert is_remote(text) is remote


def test_passwords_are_not_told() -> None:
    assert shown("s3://key:secret@bucket/a/b?region=x&token=y") == "s3://bucket/a/b"
    assert shown("hdfs://host:8020/a") == "hdfs://host:8020/a"


def test_memory_of_another_library_is_read_too(tmp_path: Path) -> None:
    """What Arrow does not know, fsspec may."""
    fsspec = pytest.importorskip("fsspec")
    source = fill(tmp_path / "in", 3)
    system = fsspec.filesystem("memory")
    for file in source.rglob("*"):
        if file.is_file():
            system.pipe(f"/store/{file.relative_to(source).as_posix()}", file.read_bytes())
    run(Options(("memory://store",), tmp_path / "there", workers=None))
    made(source, tmp_path / "here")
    assert tables_of(tmp_path / "there") == tables_of(tmp_path / "here")


@needs_server
def test_an_output_elsewhere_is_opened(store: Store, tmp_path: Path) -> None:
    out = by_hand.made(tmp_path)
    store.put(out, "analysis/out")
    there, here = extract.open(store.address("analysis/out")), extract.open(out)
    assert repr(there).splitlines()[1:] == repr(here).splitlines()[1:]
    for name in ("documents", "indicators_full", "funding_wide", "failures"):
        rows = here.where(unit="司法局", year=2024).arrow(name).to_pylist()
        narrowed = there.where(unit="司法局", year=2024)
        assert narrowed.arrow(name).to_pylist() == narrowed.scan(name).collect().to_dicts() == rows
        answered = narrowed.sql(f"SELECT * FROM {name}").arrow().to_pylist()
        assert sorted(map(repr, answered)) == sorted(map(repr, rows))


@needs_server
def test_an_output_that_is_being_put_elsewhere_is_not_opened(store: Store, tmp_path: Path) -> None:
    out = by_hand.made(tmp_path)
    account = ".pifubiao/accounts/part-00000.json"
    for folder, gone, name in (("one", "run.json", "run.json"), ("two", account, ".pifubiao/accounts")):
        store.put(out, folder)
        store.system.delete_file(f"{store.bucket}/{folder}/{gone}")
        with pytest.raises(ArchiveError) as caught:
            extract.open(store.address(folder, secret="a:b@"))
        assert (caught.value.key, caught.value.params["name"]) == ("archive_not_whole", name)
        assert "b@" not in str(caught.value)
    with pytest.raises(ArchiveError) as caught:
        extract.open(store.address("nothing"))
    assert caught.value.key == "archive_missing"
