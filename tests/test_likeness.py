"""Which names of indicators are one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import extract
from extract.analysis.archive import Archive
from extract.analysis.likeness import Key, Likeness, Name, compiled, keys, likeness, load
from extract.analysis.problems import ArchiveError
from extract.clean import squash
from extract.errors import SchemaError
from extract.regions import regions
from extract.schemafiles import SCHEMAS, read_yaml
from tests import archive as hand
from tests.word_forms import without, words

FILE: Final = SCHEMAS / "dimensions" / "likeness.yaml"
WORDS: Final = read_yaml(FILE)
NUMBER: Final = "数量指标"


def of(*names: str | tuple[str, str | None], least: float = 90.0) -> list[Key]:
    """The keys of names, of 数量指标 where none is told."""
    return keys([Name(one, NUMBER, 1) if isinstance(one, str) else Name(*one, 1) for one in names], least)


def one_key(*names: str | tuple[str, str | None], least: float = 90.0) -> bool:
    return len({key.indicator_key for key in of(*names, least=least)}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Written otherwise.
        ("普法宣传场次", "普法 宣传\u200b场次"),
        ("普法宣传场次", "“普法”宣传场次。"),
        ("普法宣传（进校园）场次", "普法宣传(进校园)场次"),
        ("普法宣传场次", "1、普法宣传场次"),
        ("普法宣传场次", "（一）普法宣传场次"),
        ("普法宣传场次", "指标3：普法宣传场次"),
        ("造林面积", "造林面积（公顷）"),
        ("PM2.5浓度", "pm2.5浓度"),
        # Of another year, or another county.
        ("2023年普法宣传场次", "2024年度普法宣传场次"),
        ("大竹县普法宣传场次", "四川省达州市渠县普法宣传场次"),
        ("全县普法宣传场次", "我区普法宣传场次"),
        ("普法宣传场次", "本年度普法宣传的场次数"),
        # In words that mean the same.
        ("法治宣传场次", "法制宣传场次"),
        ("档案合格率", "档案合格比例"),
        ("社区矫正对象数", "社区矫正对象数量"),
        ("群众满意度", "社会公众满意率"),
        # With a character more.
        ("农村公路养护里程", "农村公路养护总里程"),
        ("在校生营养餐覆盖率", "在校学生营养餐覆盖率"),
        ("困难群众生活补助及时发放率", "困难群众生活费补助款及时发放率"),
    ],
)
def test_one_indicator(one: str, other: str) -> None:
    assert one_key(one, other)
    assert one_key(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Opposite and neighbouring words.
        ("城镇新增就业人数", "城镇减少就业人数"),
        ("居民人均收入增长率", "居民人均收入下降率"),
        ("参加培训的男职工人数", "参加培训的女职工人数"),
        ("参加培训的男职工人数", "参加培训的职工人数"),
        ("城市困难家庭生活补助发放及时率", "农村困难家庭生活补助发放及时率"),
        ("机关办公用房全部水费支出控制率", "机关办公用房全部电费支出控制率"),
        ("高标准农田项目建设验收合格率", "高标准农田项目建设验收完成率"),
        # What is denied.
        ("建设项目竣工验收达标率", "建设项目竣工验收不达标率"),
        ("建设项目竣工验收达标率", "建设项目竣工验收未达标率"),
        # Numbers and letters.
        ("第一季度普法检查次数", "第二季度普法检查次数"),
        ("第1批项目开工数", "第2批项目开工数"),
        ("投资10万元以上项目数", "投资100万元以上项目数"),
        ("改造1.5公里道路工程数", "改造15公里道路工程数"),
        ("1-3年级学生营养餐人数", "13年级学生营养餐人数"),
        ("A类地块土地整理面积", "B类地块土地整理面积"),
        ("A类地块土地整理面积", "类地块土地整理面积"),
        # What is counted.
        ("基层干部业务培训人数", "基层干部业务培训人次"),
        ("农村危房改造完成户数", "农村危房改造完成数"),
        ("农村危房改造完成率", "农村危房改造完工率"),
        # A word more, and not a character.
        ("低保对象生活补助资金发放及时率", "农村低保对象生活补助资金发放及时率"),
        # Of another place than the county's own.
        ("城区供水管网改造里程", "供水管网改造里程"),
        ("安全区域绿化覆盖面积", "安域绿化覆盖面积"),
    ],
)
def test_two_indicators(one: str, other: str) -> None:
    assert not one_key(one, other, least=0)
    assert not one_key(other, one, least=0)


def test_second_levels_keep_names_apart() -> None:
    names = [("群众满意度", "满意度指标"), ("群众满意度", "服务对象满意度指标"), ("群众满意度", "社会效益指标")]
    assert [key.indicator_key for key in of(*names)] == ["满意度指标:群众满意度"] * 2 + ["社会效益指标:群众满意度"]


def test_a_name_without_a_second_level_goes_with_the_one_there_is() -> None:
    assert one_key(("普法宣传场次", None), ("普法宣传场次", NUMBER))
    assert one_key(("农村公路养护总里程", None), ("农村公路养护里程", NUMBER))
    assert one_key(("农村公路养护总里程", None), ("农村公路养护里程", None))
    # Of two it may be either's.
    for own in ("普法宣传场次", "普法宣传活动总场次"):
        base = own.replace("总", "")
        found = of((own, None), (base, NUMBER), (base, "质量指标"))
        assert [key.indicator_key for key in found] == [f"?:{own}", f"数量指标:{base}", f"质量指标:{base}"]


def test_the_key_the_usual_name_and_how_like_they_are() -> None:
    names = [
        Name("农村公路养护总里程", NUMBER, 5),
        Name("农村公路养护里程（公里）", NUMBER, 2),
        Name("水库数", NUMBER, 1),
    ]
    assert keys(names) == [
        Key("数量指标:农村公路养护里程", "农村公路养护总里程", 94.1),
        Key("数量指标:农村公路养护里程", "农村公路养护总里程", 100.0),
        Key("数量指标:水库数", "水库数", 100.0),
    ]
    assert keys([]) == []


def test_what_is_less_like_than_asked_for_is_another() -> None:
    names = ("农村公路养护总里程", "农村公路养护里程")
    assert one_key(*names, least=94.1)
    assert not one_key(*names, least=94.2)
    assert one_key("普法宣传场次", "普法宣传的场次", least=100)
    for least in (-1, 100.5):
        with pytest.raises(ArchiveError, match="min_similarity"):
            of("普法宣传场次", least=least)


def test_a_name_is_like_the_nearest_and_not_like_what_that_is_like() -> None:
    chain = ["公路养护里程", "公路日养护里程", "公路日养护总里程", "公路日养护总计里程"]
    found = [key.indicator_key.removeprefix(f"{NUMBER}:") for key in of(*chain)]
    # The third has two characters more than the first: they are less like than is asked for.
    assert found == [chain[0], chain[0], chain[2], chain[2]]


def test_names_with_nothing_in_them_are_kept_apart() -> None:
    found = of("……", "指标", "的", "2024年", "%", " ")
    assert len({key.indicator_key for key in found[:5]}) == 5
    assert all(len(key.indicator_key) > len("数量指标:") for key in found[:5])


LETTERS: Final = "普法治宣传场次数总的率不新一"
NAMES: Final = st.lists(
    st.builds(
        Name,
        st.text(alphabet=LETTERS, min_size=1, max_size=9),
        st.sampled_from([NUMBER, "质量指标", None]),
        st.integers(1, 3),
    ),
    max_size=12,
    unique_by=lambda name: name[:2],
)


@given(NAMES, st.randoms(use_true_random=False), st.sampled_from([70.0, 90.0, 100.0]))
def test_keys_do_not_hang_on_the_order_of_names(names: list[Name], random: Any, least: float) -> None:
    mixed = random.sample(names, len(names))
    assert dict(zip(mixed, keys(mixed, least), strict=True)) == dict(zip(names, keys(names, least), strict=True))


@given(NAMES, st.sampled_from([70.0, 90.0, 100.0]))
def test_keys_do_not_hang_on_how_many_have_a_name(names: list[Name], least: float) -> None:
    many = [name._replace(indicators=7 - name.indicators) for name in names]
    assert [key.indicator_key for key in keys(many, least)] == [key.indicator_key for key in keys(names, least)]


@given(NAMES, st.sampled_from([70.0, 90.0, 100.0]))
def test_a_key_is_the_key_of_itself(names: list[Name], least: float) -> None:
    found = {key.indicator_key for key in keys(names, least)}
    led = [
        Name(text, None if level == "?" else level, 1) for level, text in (key.split(":", 1) for key in sorted(found))
    ]
    again = keys([name for name in led if name.name], least, cast(Likeness, Same()))
    assert {key.indicator_key for key in again} == found
    assert all(key.similarity == 100 for key in again)


class Same:
    """Names that have been folded are folded to what they are."""

    def family(self, level2: str | None) -> str:
        return likeness().family(level2)

    def fold(self, name: str) -> str:
        return name

    def may_lack(self, letter: str) -> bool:
        return likeness().may_lack(letter)


@given(NAMES, NAMES, st.sampled_from([70.0, 90.0]))
def test_names_that_none_is_like_change_nothing(names: list[Name], others: list[Name], least: float) -> None:
    """Longer names, and those of characters that none of the others has."""
    far = [name._replace(name="".join(chr(ord(letter) + 0x1000) for letter in name.name)) for name in others]
    longer = [Name(f"{name.name}以及其他各项工作成效", name.level2, 1) for name in names if name.level2]
    known = [name for name in names if name.level2]
    for more in (far, longer):
        added = keys([*known, *more], least)[: len(known)]
        assert [key.indicator_key for key in added] == [key.indicator_key for key in keys(known, least)]


@given(st.text(max_size=30))
def test_any_text_is_folded_to_something(name: str) -> None:
    folded = likeness().fold(name)
    assert folded or not name.strip() or not squash(name)


def test_regions_are_left_out_by_their_full_names() -> None:
    for region in list(regions().by_code.values())[::97]:
        assert likeness().fold(f"{region.name}普法宣传场次") == "普法宣传场次", region


# The words of the data file ------------------------------------------------------------------------------------------


def words_of(data: Any) -> Likeness:
    return compiled(data, ["公顷"])


def seen(own: Likeness, path: tuple[str | int, ...], word: str) -> object:
    """What should hang on a word of ``likeness.yaml``."""
    part = path[0]
    if part == "level2":
        return own.family(word)
    if part == "telling":
        return own.may_lack(word)
    around = {"own": f"{word}县", "scopes": f"全{word}"}.get(str(part), word)
    return own.fold(f"云泽{around}" if part == "ends" else f"云泽{around}普法")


@pytest.mark.parametrize("part", [part for part in WORDS if part != "columns"])
def test_every_word_is_in_use(part: str) -> None:
    own = dict(words({part: WORDS[part]}))
    shipped = words_of(WORDS)
    dead = [
        word
        for path, word in own.items()
        if seen(words_of(without(WORDS, path)), path, str(word)) == seen(shipped, path, str(word))
    ]
    assert own and dead == []


def test_units_in_brackets_are_left_out() -> None:
    assert words_of(WORDS).fold("造林面积(公顷)") == "造林面积"
    assert compiled(WORDS, []).fold("造林面积(公顷)") == "造林面积公顷"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("telling: [不", "telling: [不是"), "telling[0]: 不是 is not written as it must be"),
        (("drop: [的", "drops: [的"), "unknown key drops"),
        (("own: [全", "own: [全, 全"), "own: 全 stands here twice"),
    ],
)
def test_a_wrong_file_is_named_with_the_place(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = tmp_path / "likeness.yaml"
    text = FILE.read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(SchemaError, match=rf"likeness\.yaml:\d+: {re.escape(says)}"):
        load(path, [])


# In an archive -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return extract.open(hand.made(tmp_path_factory.mktemp("likeness")))


def test_all_names_of_an_archive_have_a_key(opened: Archive) -> None:
    found = opened.indicator_keys().arrow()
    assert found.column_names == ["name", "level2", "indicator_key", "representative", "similarity", "indicators"]
    names = opened.arrow("indicators", ["name", "level2"]).to_pylist()
    rows = found.to_pylist()
    assert {(row["name"], row["level2"]) for row in rows} == {(row["name"], row["level2"]) for row in names}
    assert sum(row["indicators"] for row in rows) == len(names)
    assert [row["indicators"] for row in rows] == sorted((row["indicators"] for row in rows), reverse=True)
    assert opened.indicator_keys(language="zh").columns == [
        "三级指标",
        "二级指标",
        "指标键",
        "代表名称",
        "相似度",
        "指标数",
    ]


def test_targets_of_a_unit_are_followed_over_the_years(opened: Archive) -> None:
    found = (
        opened.where(unit="大竹县司法局").indicators_keyed(["unit_key", "fiscal_year", "value_base", "name"]).pandas()
    )
    assert list(found) == [
        "unit_key",
        "fiscal_year",
        "value_base",
        "name",
        "indicator_key",
        "representative",
        "similarity",
    ]
    assert set(found["unit_key"]) == {"511724:司法局"}
    over = found.pivot(index="indicator_key", columns="fiscal_year", values="value_base")
    assert list(over) == list(hand.YEARS)
    falling = over[over[2024] < over[2022]]
    assert [list(map(int, row)) for row in falling.itertuples(index=False)] == [[98, 98, 95]]


def test_rows_stand_as_they_do_in_the_view(opened: Archive) -> None:
    found = opened.indicators_keyed()
    full = opened.arrow("indicators_full")
    assert found.arrow().select(full.column_names).equals(full)
    assert found.polars().shape == (full.num_rows, full.num_columns + 3)
    assert found.columns[-3:] == ["indicator_key", "representative", "similarity"]
    labels = opened.indicators_keyed(["三级指标"], language="zh").columns
    assert labels == ["三级指标", "指标键", "代表名称", "相似度"]
    assert repr(found) == f"{full.num_rows:,} rows: {', '.join(found.columns)}"


def test_an_archive_without_indicators(opened: Archive) -> None:
    none = opened.where(year=1999)
    assert none.indicator_keys().arrow().num_rows == none.indicators_keyed().arrow().num_rows == 0


def test_without_rapidfuzz_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "rapidfuzz.fuzz", None)
    with pytest.raises(ArchiveError, match=r"pifubiao\[analysis\]"):
        of("普法宣传场次")


def test_names_are_held_against_few_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not each against each: here all have one length and all characters but one, or two, in common."""
    import rapidfuzz.fuzz

    held: list[tuple[str, str]] = []
    real = rapidfuzz.fuzz.ratio

    def ratio(one: str, other: str) -> float:
        held.append((one, other))
        return real(one, other)

    monkeypatch.setattr(rapidfuzz.fuzz, "ratio", ratio)
    letters = [chr(0x5000 + at) for at in range(1500)]
    places = [f"{letter}湾河堤岸加固工程长度" for letter in letters if likeness().may_lack(letter)]
    assert len({key.indicator_key for key in of(*places)}) == len(places)
    assert held == []
    longer = [f"{name[0]}湾河堤岸与加固工程长度" for name in places]
    assert len({key.indicator_key for key in of(*places, *longer)}) == len(places)
    assert len(held) == len(places)
