from __future__ import annotations

import hashlib
from pathlib import Path

import pandas
import pyarrow.parquet as pq
import pytest

from extract import to_tables, write_tables
from extract.errors import UsageError
from extract.tables import writer
from extract.tables.package import PACKAGE
from extract.tables.schemas import TABLES, schemas
from extract.tables.writer import TableWriter, check_replaceable
from tests.made import extraction, failed


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    tables = to_tables([extraction(), failed("b.txt")])
    write_tables(tables, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*TABLES, PACKAGE])
    for name in TABLES:
        read = pq.read_table(tmp_path / "out" / name)
        assert read.equals(tables[name])
        assert read.schema.metadata == schemas()[name].metadata
        for field in schemas()[name]:
            found = read.schema.field(field.name)
            assert (found.nullable, found.metadata) == (field.nullable, field.metadata)
    frame = pandas.read_parquet(tmp_path / "out" / "indicators")
    assert list(frame["name"]) == ["宣传次数", "覆盖村社"]
    assert len(pandas.read_parquet(tmp_path / "out" / "failures")) == 1


def test_empty_tables_are_files_too(tmp_path: Path) -> None:
    write_tables(to_tables([]), tmp_path / "out")
    for name in TABLES:
        assert list(pandas.read_parquet(tmp_path / "out" / name).columns) == schemas()[name].names


def test_zstd(tmp_path: Path) -> None:
    write_tables(to_tables([extraction()]), tmp_path / "out")
    metadata = pq.ParquetFile(tmp_path / "out" / "tasks" / "part-00000.parquet").metadata
    kinds = {metadata.row_group(0).column(place).compression for place in range(metadata.num_columns)}
    assert kinds == {"ZSTD"}


def test_files_depend_on_the_rows_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "ROW_GROUP", 7)
    sources = [extraction(f"{number}.txt") for number in range(12)]
    for name, steps in {"one": [12], "three": [5, 1, 6], "many": [1] * 12}.items():
        (tmp_path / name).mkdir()
        with TableWriter(tmp_path / name) as target:
            start = 0
            for step in steps:
                for table, rows in to_tables(sources[start : start + step]).items():
                    target.write(table, rows)
                start += step
        assert target.rows["indicators"] == 24
    assert digests(tmp_path / "one") == digests(tmp_path / "three") == digests(tmp_path / "many")
    metadata = pq.ParquetFile(tmp_path / "one" / "indicators" / "part-00000.parquet").metadata
    assert [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)] == [7, 7, 7, 3]


def test_a_part_that_is_written_anew_is_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "ROW_GROUP", 7)
    write_tables(to_tables([extraction(f"{number}.txt") for number in range(12)]), tmp_path / "out")
    part = tmp_path / "out" / "indicators" / "part-00000.parquet"
    rows = writer.part_of(part)
    assert rows.num_rows == 24
    writer.write_part(tmp_path / "again.parquet", rows)
    assert (tmp_path / "again.parquet").read_bytes() == part.read_bytes()
    assert writer.part_of(part, ["name"]).column_names == ["name"]


def test_an_output_tells_what_its_tables_are(tmp_path: Path) -> None:
    write_tables(to_tables([extraction()]), tmp_path / "out")
    metadata = pq.ParquetFile(tmp_path / "out" / "tasks" / "part-00000.parquet").schema_arrow.metadata
    told = {key.decode(): words.decode() for key, words in metadata.items()}
    assert set(told) == {"label_zh", "description", "description_zh"}
    assert told["label_zh"] == "年度主要任务"


def make(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("tasks/part-00000.parquet", "run.json", "datapackage.json"),
        ("goals/part-00012.parquet", "goals/.DS_Store", "Thumbs.db"),
    ],
)
def test_what_a_run_may_replace(tmp_path: Path, names: tuple[str, ...]) -> None:
    check_replaceable(make(tmp_path / "out", *names))
    check_replaceable(tmp_path / "none")


@pytest.mark.parametrize(
    ("names", "stranger"),
    [
        (("tasks/part-00000.parquet", "thesis.docx"), "thesis.docx"),
        (("tasks/part-00000.parquet", "tasks/mine.parquet"), "tasks/mine.parquet"),
        ((".git/config",), ".git"),
        (("run.json", "data/x"), "data"),
        (("tasks",), "tasks"),
    ],
)
def test_what_a_run_must_not_replace(tmp_path: Path, names: tuple[str, ...], stranger: str) -> None:
    out = make(tmp_path / "out", *names)
    with pytest.raises(UsageError) as caught:
        write_tables(to_tables([]), str(out))
    assert caught.value.key == "out_not_ours"
    assert caught.value.params == {"path": str(out), "name": stranger}


def test_a_file_or_a_mount_point_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        check_replaceable(tmp_path / "file")
    assert caught.value.key == "out_no_folder"
    (tmp_path / "dangling").symlink_to(tmp_path / "none")
    with pytest.raises(UsageError) as caught:
        check_replaceable(tmp_path / "dangling")
    assert caught.value.key == "out_no_folder"
    with pytest.raises(UsageError) as caught:
        check_replaceable(Path("/"))
    assert caught.value.key == "out_is_mount"
