"""Whose a document is, and values in base units."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.dimensions import (
    BaseUnits,
    Dimensions,
    Kinds,
    base_units,
    compiled_base_units,
    compiled_kinds,
    dimensions,
    in_base_unit,
    kinds,
    load_base_units,
    load_kinds,
)
from extract.errors import SchemaError
from extract.schemafiles import SCHEMAS, read_yaml
from extract.tables.build import to_tables
from extract.tables.derived import of_indicators
from tests.made import extraction, form
from tests.word_forms import Path as Steps
from tests.word_forms import without, words

FOLDER = SCHEMAS / "dimensions"
PROJECT = "51172424T000012345678"


def region(unit: str | None, **more: Any) -> tuple[str | None, str | None]:
    found = dimensions(unit, **more)
    return found.region_code, found.region_basis


def test_all_of_a_document() -> None:
    assert dimensions("大竹县司法局部门", "135") == Dimensions(
        "511724", "大竹县", "county", "unit_name", "司法局", "511724:司法局"
    )
    assert dimensions("湖北省公安厅") == Dimensions(
        "420000", "湖北省", "province", "unit_name", "公安局", "420000:公安厅"
    )
    assert dimensions(None) == dimensions("") == Dimensions()
    assert dimensions("云泽县水务局") == Dimensions(unit_kind="水务局")


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("四川省达州市大竹县司法局", "511724"),
        ("池州市贵池区棠溪镇人民政府", "341702"),
        ("湘潭市环境卫生管理处", "430300"),
        ("中共大竹县委组织部", "511724"),
        ("国家税务总局大竹县税务局", "511724"),
        ("政协大竹县委员会", "511724"),
        (" 大竹县　司法局（本级）", "511724"),
        ("尤溪县（本级）招商服务中心", "350426"),
        ("环江县公证处", "451226"),
        ("双流县教育局", "510122"),
    ],
)
def test_a_unit_is_of_the_region_that_its_name_begins_with(unit: str, code: str) -> None:
    assert region(unit) == (code, "unit_name")
    # Whatever else is said.
    assert region(unit, title="渠县预算", project_code=PROJECT, source_path="云南省/永德县/a.txt") == (
        code,
        "unit_name",
    )


# What else may be said of a unit, and how that is named.
EVIDENCE = [
    ({"supervising_unit": "大竹县司法局"}, "supervising_unit"),
    ({"title": "大竹县2024年项目支出绩效目标表"}, "title"),
    ({"title": "2024年度大竹县部门预算"}, "title"),
    ({"project_code": PROJECT}, "project_code"),
    ({"source_path": "大竹县/2024/a.txt"}, "path"),
    ({"source_path": "a.zip!/2024年大竹县/b.pdf"}, "path"),
    ({"source_path": "附表_大竹县（公开）-2024.xlsx"}, "path"),
    ({"source_path": "四川/达州/大竹/a.txt"}, "path"),
]


@pytest.mark.parametrize(("evidence", "basis"), EVIDENCE)
@pytest.mark.parametrize("unit", [None, "司法局", "第二中学", "县司法局", "文化馆"])
def test_other_evidence_tells_a_region_that_the_name_does_not(
    unit: str | None, evidence: dict[str, str], basis: str
) -> None:
    assert region(unit, **evidence) == ("511724", basis)


@pytest.mark.parametrize(
    ("unit", "evidence", "code", "basis"),
    [
        ("鼓楼区司法局", {"source_path": "江苏省/南京市/a.txt"}, "320106", "unit_name+path"),
        ("鼓楼区司法局", {"source_path": "福建/福州/a.txt"}, "350102", "unit_name+path"),
        ("鼓楼区司法局", {"supervising_unit": "开封市司法局"}, "410204", "unit_name+supervising_unit"),
        ("鼓楼区司法局", {"project_code": "32010624T000012345678"}, "320106", "unit_name+project_code"),
        # A code that no region has is one of the city's own zones.
        ("鼓楼区司法局", {"project_code": "32019924T000012345678"}, "320106", "unit_name+project_code"),
        # What leaves two leaves the choice to what comes next.
        ("鼓楼区司法局", {"title": "江苏省预算", "source_path": "南京市/a.txt"}, "320106", "unit_name+path"),
        ("哈密市教育局", {"fiscal_year": 2020}, "650500", "unit_name+fiscal_year"),
        ("四川省大竹中学", {"source_path": "大竹县/a.txt"}, "511724", "unit_name+path"),
        ("达州市大竹生态环境局", {"project_code": PROJECT}, "511724", "unit_name+project_code"),
    ],
)
def test_evidence_decides_between_the_regions_that_a_name_fits(
    unit: str, evidence: dict[str, Any], code: str, basis: str
) -> None:
    assert region(unit) == (None, None)
    assert region(unit, **evidence) == (code, basis)


@pytest.mark.parametrize(
    ("unit", "evidence"),
    [
        # One name, several regions.
        ("鼓楼区司法局", {}),
        ("鼓楼区司法局", {"source_path": "江苏省/a.txt"}),
        ("司法局", {"source_path": "鼓楼区/a.txt"}),
        # Of the city or of the county.
        ("四川省大竹中学", {}),
        ("达州市大竹生态环境局", {"source_path": "四川省/a.txt"}),
        # In a city there are many counties, and so there are in a province.
        ("司法局", {"source_path": "四川省/达州市/a.txt"}),
        ("司法局", {"title": "四川省项目支出绩效目标表"}),
        ("司法局", {"supervising_unit": "达州市司法局"}),
        # Two counties.
        ("司法局", {"source_path": "大竹县/渠县/a.txt"}),
        ("司法局", {"title": "渠县预算", "source_path": "大竹县/a.txt"}),
        # Common words that are short names, or names, of regions.
        ("司法局", {"source_path": "公安/合作/a.txt"}),
        ("司法局", {"source_path": "晋城市/城区供水/a.txt"}),
        # No code of a project.
        ("司法局", {"project_code": "511724"}),
        ("司法局", {"project_code": "511724001"}),
        ("司法局", {"project_code": "99172424T000012345678"}),
        # A unit of the county is no unit of the city, and the other way round.
        ("县司法局", {"source_path": "达州市/a.txt"}),
        ("市教育局", {"source_path": "大竹县/a.txt"}),
        ("区卫生健康局", {"project_code": PROJECT}),
        ("鼓楼区司法局", {"title": "南京市项目支出绩效目标表", "source_path": "福州市/a.txt"}),
        ("司法局", {"supervising_unit": "成都市司法局", "source_path": "大竹县/a.txt"}),
        # Of the city that is, or of the county that was.
        ("司法局", {"source_path": "新疆维吾尔自治区/哈密市/a.txt"}),
        # A unit of one of them is under that.
        ("分校", {"supervising_unit": "四川省大竹中学"}),
        # 达县 was gone long before.
        ("达县教育局", {"fiscal_year": 2024}),
    ],
)
def test_where_nothing_decides_there_is_no_region(unit: str, evidence: dict[str, Any]) -> None:
    found = dimensions(unit, "135", **evidence)
    assert found == Dimensions(unit_kind=found.unit_kind)


def test_the_word_for_a_level_chooses_among_the_regions_of_a_path() -> None:
    path = "四川省/达州市/大竹县/a.txt"
    assert region("市教育局", source_path=path) == ("511700", "path")
    assert region("县教育局", source_path=path) == ("511724", "path")
    assert region("省教育厅", source_path=path) == ("510000", "path")
    # 市 is a part of these names.
    assert region("市场监督管理局", source_path=path) == ("511724", "path")
    assert region("市政园林处", source_path=path) == ("511724", "path")


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        ("大竹县司法局", "司法局"),
        ("云泽县水利局", "水务局"),
        ("高新区财政局", "财政局"),
        ("区卫生健康局", "卫生健康局"),
        ("达州市大竹生态环境局", "生态环境局"),
        ("达州市高新区教育体育局", "教育局"),
        ("中共大竹县委员会宣传部", "宣传部"),
        ("大竹县人大常委会办公室机关", "人大常委会"),
        ("井研县马踏镇人民政府", "乡镇"),
        ("宣汉县第二中学", "中学"),
        ("大竹县职业中学", "职业学校"),
        # Of a bureau, and not the bureau.
        ("大竹县公安局刑侦大队", None),
        ("大竹县县域经济发展中心", None),
        ("非司法局", None),
    ],
)
def test_kinds(unit: str, kind: str | None) -> None:
    assert dimensions(unit).unit_kind == kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("大竹县司法局", "大竹县司法局部门"),
        ("大竹县司法局", "四川省大竹县司法局（本级）"),
        ("大竹县司法局", "达州市大竹县 司法局机关"),
        ("石柱县图书馆", "石柱土家族自治县图书馆"),
    ],
)
def test_a_unit_has_one_key_however_it_is_written(one: str, other: str) -> None:
    assert dimensions(one).unit_key == dimensions(other, "135").unit_key is not None


def test_keys_tell_units_apart() -> None:
    names = [
        "大竹县司法局",
        "渠县司法局",
        "大竹县公证处",
        "大竹县第一中学",
        "大竹县第二中学",
        "大竹县文物局",
        "大竹县文物管理所",
        "大竹县",
    ]
    assert len({dimensions(name).unit_key for name in names}) == len(names)
    assert dimensions(None, " 135", source_path="大竹县/a.txt").unit_key == "511724:#135"
    assert dimensions("区司法局", source_path="广元市/昭化区/a.txt").unit_key == dimensions("昭化区司法局").unit_key


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=20), st.integers(1990, 2100))
def test_nothing_is_raised_and_a_region_has_all_its_columns(unit: str, title: str, path: str, year: int) -> None:
    found = dimensions(unit, title, title=title, supervising_unit=title, source_path=path, fiscal_year=year)
    told = [value is not None for value in found[:4]]
    assert all(told) or not any(told)
    assert found.unit_key is None or found.unit_key.startswith(f"{found.region_code}:")


# The words of the data files ---------------------------------------------------------------------------------------

KINDS = read_yaml(FOLDER / "unit-kinds.yaml")
UNITS = read_yaml(FOLDER / "base-units.yaml")


def kinds_of(data: Any) -> Kinds:
    return compiled_kinds(FOLDER / "unit-kinds.yaml", data)


def kind_seen(own: Kinds, part: str, word: str) -> object:
    """What should hang on a word of ``unit-kinds.yaml``."""
    trials: dict[str, Callable[[], object]] = {
        "tails": lambda: (own.bare(f"司法局{word}"), own.bare(f"司法局({word})")),
        "levels": lambda: (own.stand_in(f"{word}司法局"), own.kind(f"云泽{word}司法局")),
        "names": lambda: (own.kind(word), own.kind(f"云泽县{word}")),
        "ends": lambda: own.kind(f"云泽{word}"),
    }
    return trials[part]()


@pytest.mark.parametrize("part", ["tails", "levels", "names", "ends"])
def test_every_word_of_the_kinds_is_in_use(part: str) -> None:
    own = dict(words({part: KINDS[part]}))
    dead = [
        word
        for path, word in own.items()
        if kind_seen(kinds_of(without(KINDS, path)), part, str(word)) == kind_seen(kinds(), part, str(word))
    ]
    assert own and dead == []


@pytest.mark.parametrize(("part", "kind"), [(part, kind) for part in ("names", "ends") for kind in KINDS[part]])
def test_every_word_means_its_kind(part: str, kind: str) -> None:
    assert {kinds().kind(f"云泽县{word}") for word in KINDS[part][kind]} == {kind}


@pytest.mark.parametrize("lead", KINDS["leads"])
def test_every_word_before_a_region_is_in_use(lead: str) -> None:
    less = kinds_of({**KINDS, "leads": {word: kept for word, kept in KINDS["leads"].items() if word != lead}})
    assert kinds().led(f"{lead}大竹县") == (KINDS["leads"][lead], "大竹县")
    assert less.led(f"{lead}大竹县") != kinds().led(f"{lead}大竹县")


def test_a_dead_word_is_found_out() -> None:
    added = kinds_of({**KINDS, "ends": {**KINDS["ends"], "医院": ["医院", "人民医院"]}})
    assert kind_seen(added, "ends", "人民医院") == kind_seen(kinds(), "ends", "人民医院")


def units_of(data: Any) -> BaseUnits:
    return compiled_base_units(FOLDER / "base-units.yaml", data)


@pytest.mark.parametrize(("base", "unit"), [(base, unit) for base, units in UNITS["bases"].items() for unit in units])
def test_every_unit_is_in_use(base: str, unit: str) -> None:
    rest = {word: factor for word, factor in UNITS["bases"][base].items() if word != unit}
    less = units_of({**UNITS, "bases": {**UNITS["bases"], base: rest}})
    assert base_units().of(unit) == (base, Decimal(str(UNITS["bases"][base][unit])))
    assert less.of(unit) == (unit, Decimal(1))


@pytest.mark.parametrize("per", UNITS["per"])
def test_every_sign_between_units_is_in_use(per: str) -> None:
    less = units_of({**UNITS, "per": [one for one in UNITS["per"] if one != per]})
    assert base_units().of(f"万元{per}户") == ("元/户", Decimal(10000))
    assert less.of(f"万元{per}户") == (f"万元{per}户", Decimal(1))


def test_every_unit_of_measure_that_has_a_base_is_known_as_one() -> None:
    known = read_yaml(SCHEMAS / "vocabulary" / "units.yaml")["units"]
    # These are known by their other spellings, or are no unit's word by themselves.
    extra = {"百万元", "°C"}
    assert {unit for base, units in UNITS["bases"].items() for unit in (base, *units)} - set(known) - {
        "百分点"
    } <= extra


def test_steps_of_words_are_those_of_the_file() -> None:
    places: list[Steps] = [path for path, _ in words({"names": KINDS["names"]})]
    assert len(places) == sum(map(len, KINDS["names"].values()))


@pytest.mark.parametrize(
    ("file", "load", "change", "says"),
    [
        ("unit-kinds", load_kinds, ("司法局: [司法局", "司法局: [公证处, 司法局"), "公证处 stands under 司法局 and under 公证处"),
        ("unit-kinds", load_kinds, ("tails: [部门", "tails: [部门, 部门"), "部门 stands here twice"),
        ("unit-kinds", load_kinds, ("levels: [省", "levels: [省级"), "is not written as it must be"),
        ("base-units", load_base_units, ("千元: 1000", "千元: 0"), "bases.元.千元: 0"),
        ("base-units", load_base_units, ("户数: 1", "户数: 1, 公里: 1"), "bases.米: 公里 stands under 户 and under 米"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_with_the_place(
    tmp_path: Path, file: str, load: Callable[[Path], object], change: tuple[str, str], says: str
) -> None:
    path = tmp_path / f"{file}.yaml"
    text = (FOLDER / path.name).read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(SchemaError, match=rf"{file}\.yaml:\d+: .*{re.escape(says)}"):
        load(path)


# Values --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "base", "of"),
    [
        ("12.5", "万元", "125000", "元"),
        ("0.3", "亿元", "30000000", "元"),
        ("95", "％", "95", "%"),
        ("95", "百分比", "95", "%"),
        ("5", "‰", "0.5", "%"),
        ("2", "个百分点", "2", "百分点"),
        ("3", "名", "3", "人"),
        ("3", "人次", "3", "人次"),
        ("1.2", "万人次", "12000", "人次"),
        ("7", "公里", "7000", "米"),
        ("7", "㎡", "7", "平方米"),
        ("2", "公顷", "30", "亩"),
        ("2", "小时", "120", "分钟"),
        ("2", "万元/公里", "20000", "元/公里"),
        ("2", "万元／公里", "20000", "元/公里"),
        ("475", "元/亩", "475", "元/亩"),
        # No number of days, or a date.
        ("12", "个月", "12", "个月"),
        ("2024", "年", "2024", "年"),
        ("8", "里", "8", "里"),
        ("9", "人天", "9", "人天"),
        ("1", "工 作日", "1", "工作日"),
    ],
)
def test_base_units(value: str, unit: str, base: str, of: str) -> None:
    assert in_base_unit(Decimal(value), unit) == (Decimal(base), of)


def test_what_is_no_number_or_has_no_unit() -> None:
    assert in_base_unit(None, "万元") == (None, "元")
    assert in_base_unit(Decimal(5), None) == (Decimal(5), None)
    assert in_base_unit(None, None) == (None, None)


@given(st.integers(-(10**37), 10**37), st.sampled_from([("公顷", 15), ("亿元", 10**8), ("毫米", Fraction(1, 1000))]))
def test_nothing_is_rounded(number: int, unit: tuple[str, Fraction | int]) -> None:
    value = Decimal((number < 0, tuple(map(int, str(abs(number)))), -10))
    found, _ = in_base_unit(value, unit[0])
    assert found is not None and Fraction(found) == Fraction(value) * unit[1]


def column(values: list[tuple[str | None, str | None]]) -> list[tuple[Decimal | None, str | None]]:
    numbers = [None if value is None else Decimal(value) for value, _ in values]
    known = list(dict.fromkeys(numbers))
    codes = pa.array([known.index(number) for number in numbers], pa.int32())
    found = of_indicators(codes, known, pa.array([unit for _, unit in values], pa.string()))
    return list(zip(found["value_base"].to_pylist(), found["unit_base"].to_pylist(), strict=True))


def test_columns() -> None:
    rows = [("5", "万元"), (None, "万元"), ("5", None), (None, None), ("5", "%"), ("5", "万元"), ("0.3", "‰")]
    assert column(rows) == [
        (50000, "元"),
        (None, "元"),
        (5, None),
        (None, None),
        (5, "%"),
        (50000, "元"),
        (Decimal("0.03"), "%"),
    ]
    assert column([]) == []


def test_a_product_that_does_not_fit_is_not_made() -> None:
    large = "1" * 28
    assert column([(large, "亿元"), ("0.0000000001", "毫米")]) == [(Decimal(large), "亿元"), (Decimal("1E-10"), "毫米")]


def test_the_tables_have_them() -> None:
    tables = to_tables([extraction("大竹县/a.txt", form())])
    (document,) = tables["documents"].to_pylist()
    assert {name: document[name] for name in Dimensions._fields} == {
        "region_code": "511724",
        "region_name": "大竹县",
        "region_level": "county",
        "region_basis": "path",
        "unit_kind": "司法局",
        "unit_key": "511724:司法局",
    }
    assert tables["indicators"]["unit"].to_pylist() == ["场次", "个"]
    assert tables["indicators"]["unit_base"].to_pylist() == ["场", "个"]
