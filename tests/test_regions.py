"""The table of regions, and which of them a text begins with."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.errors import SchemaError
from extract.regions import COUNTY, PREFECTURE, PROVINCE, Codes, Region, level, load, regions, stem, within
from extract.schemafiles import SCHEMAS, read_yaml

FILE = SCHEMAS / "dimensions" / "regions.yaml"


def listed() -> list[Region]:
    """Every name of every region, as the file has them."""
    data = read_yaml(FILE)
    now, former = data["now"].split(), data["former"].split()
    current = [Region(code, name, 9999) for code, name in zip(now[::2], now[1::2], strict=True)]
    return current + [
        Region(*own[:2], int(own[2])) for own in zip(former[::3], former[1::3], former[2::3], strict=True)
    ]


def above(region: Region) -> list[Region]:
    """The province and the prefecture that a region lies in, the highest first."""
    codes = dict.fromkeys((f"{region.code[:2]}0000", f"{region.code[:4]}00"))
    return [regions().by_code[code] for code in codes if code in regions().by_code and code != region.code]


def meant(text: str) -> Codes:
    steps = regions().steps(text)
    assert steps and steps[-1].end == len(text)
    return steps[-1].codes


def test_every_region_is_told_by_its_full_name_with_what_it_lies_in() -> None:
    wrong = []
    for region in listed():
        path = "".join(one.name for one in above(region))
        # Of one name there may be several in a province: 毕节市 was a county, and is what that lies in.
        others = (one.code for one in listed_by_name()[region.name])
        if meant(path + region.name) != {code for code in others if all(within(code, up.code) for up in above(region))}:
            wrong.append(region)
    assert wrong == []


_BY_NAME: dict[str, list[Region]] = {}


def listed_by_name() -> dict[str, list[Region]]:
    if not _BY_NAME:
        for region in listed():
            _BY_NAME.setdefault(region.name, []).append(region)
    return _BY_NAME


def test_every_name_alone_stands_for_all_that_have_it() -> None:
    for name, own in listed_by_name().items():
        assert {region.code for region in own} <= meant(name), name
        assert regions().settled(meant(name)) <= meant(name)


def test_codes_and_names_are_what_they_say() -> None:
    current = [region for region in listed() if region.last == 9999]
    assert len({region.code for region in current}) == len(current) == 3212
    assert [len([one for one in current if one.level == kind]) for kind in (PROVINCE, PREFECTURE, COUNTY)] == [
        34,
        333,
        2845,
    ]
    assert all(re.fullmatch(r"[一-鿿㐀-䶿]{2,16}", region.name) for region in listed())
    codes = [region.code for region in current]
    assert all(one < other for one, other in pairwise(codes))
    assert all(f"{code[:2]}0000" in codes for code in codes)
    # What the ministry has no region for: a prefecture-like code that holds counties right below the province.
    assert {code[:4] for code in codes if code[4:] != "00" and f"{code[:4]}00" not in codes} == {
        "1101", "1201", "3101", "4190", "4290", "4690", "5001", "5002", "6590",
    }  # fmt: skip


def test_levels() -> None:
    assert [level(code) for code in ("510000", "511700", "511724")] == ["province", "prefecture", "county"]
    assert within("511724", "511700") and within("511724", "510000") and within("511724", "511724")
    assert not within("511724", "511600") and not within("511700", "511724") and not within("511725", "511724")


@pytest.mark.parametrize(
    ("text", "codes", "end"),
    [
        ("四川省达州市大竹县司法局", "511724", 9),
        ("大竹县司法局", "511724", 3),
        ("达州市司法局", "511700", 3),
        ("乐山市市中区教育局", "511102", 6),
        ("乐山市中区教育局", "511102", 5),
        ("乐山市中心医院", "511100", 3),
        # Autonomous counties and prefectures are called by less.
        ("石柱县图书馆", "500240", 3),
        ("凉山州教育局", "513400", 3),
        ("鄂温克旗", "150724", 4),
        ("内蒙古自治区", "150000", 6),
        # Former names have the code that they had, or the one that the region still has.
        ("郫县教育局", "510124", 2),
        ("元坝区民政局", "510811", 3),
        # 简阳市 was in 资阳市.
        ("资阳市简阳市财政局", "512081", 6),
        ("城区供水", "140202 140302 140402 140502 441502", 2),
        ("鼓楼区", "320106 320302 350102 410204", 3),
        ("东乡县", "361029 622926", 3),
    ],
)
def test_what_a_text_begins_with(text: str, codes: str, end: int) -> None:
    last = regions().steps(text)[-1]
    assert (last.codes, last.end) == (Codes(codes.split()), end)


@pytest.mark.parametrize("text", ["", "司", "司法局", "云泽县水务局", "县司法局", "大竹司法局", "第二中学"])
def test_what_no_region_is(text: str) -> None:
    assert regions().steps(text) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("简阳市", "510185"), ("枞阳县", "340722"), ("米林县", "540422"), ("平安县", "630221")],
)
def test_a_region_that_moved_is_the_one_that_came_last(name: str, code: str) -> None:
    codes = meant(name)
    assert len(codes) > 1
    assert regions().settled(codes) == {code}


def test_districts_of_one_name_in_two_cities_are_two() -> None:
    assert regions().settled(meant("桥东区")) == {"130103", "130502", "130702"}


def test_regions_that_are_gone() -> None:
    codes = meant("哈密市")
    assert codes == {"650500", "652201"}
    assert regions().there_in(2017, codes) == codes
    assert regions().there_in(2018, codes) == {"650500"}


def test_short_names_count_below_what_is_named() -> None:
    (step,) = regions().steps("四川省大竹中学")
    found = regions().short_below("大竹中学", step.codes)
    assert found is not None and (found.codes, found.end) == (Codes(["511724"]), 2)
    assert regions().short_below("大竹中学", Codes(["500000"])) is None
    assert regions().short_below("", step.codes) is None


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("大竹县", "大竹"), ("四川省", "四川"), ("大兴安岭地区", "大兴安岭"), ("神农架林区", "神农架"), ("六枝特区", "六枝"),
        ("锡林郭勒盟", "锡林郭勒"), ("广西壮族自治区", "广西"), ("内蒙古自治区", "内蒙古"), ("东乡族自治县", "东乡"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"), ("巴音郭楞蒙古自治州", "巴音郭楞"), ("龙胜各族自治县", "龙胜"), ("渠县", "渠"),
    ],
)  # fmt: skip
def test_short_names(name: str, short: str) -> None:
    assert stem(name, PEOPLES) == short


PEOPLES = sorted(read_yaml(FILE)["peoples"], key=len, reverse=True)


@pytest.mark.parametrize("people", PEOPLES)
def test_every_people_is_in_some_name(people: str) -> None:
    less = [one for one in PEOPLES if one != people]
    named = [region.name for region in listed() if "自治" in region.name]
    assert any(stem(name, less) != stem(name, PEOPLES) for name in named)


@given(st.text(alphabet="四川省达州市大竹县渠鼓楼区中部0一 ", max_size=14))
def test_steps_lie_within_one_another_and_hold_for_any_text(text: str) -> None:
    steps = regions().steps(text)
    assert all(one.end < other.end for one, other in pairwise(steps))
    for one, other in pairwise(steps):
        assert all(any(code != up and within(code, up) for up in one.codes) for code in other.codes)
        assert all(any(within(code, up) for code in other.codes) for up in one.codes)
    assert all(step.codes and step.end <= len(text) for step in steps)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("now: |\n  110000 北京市", "now: |\n  110000北京市"), "now: "),
        (("now: |\n  110000 北京市", "now: |\n  110000 北京市\n  110000 东京市"), "now: 110000 stands here twice"),
        (("peoples: [", "peoples: [白族, "), "peoples: 白族 stands here twice"),
        (("former: |", "past: |"), "unknown key past"),
    ],
)
def test_a_wrong_file_is_named_with_the_place(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = tmp_path / "regions.yaml"
    text = FILE.read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(SchemaError, match=rf"regions\.yaml:\d+: {re.escape(says)}"):
        load(path)
