# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 指标
#
# 指标性质、定性等级、权重，以及目标值的逐年变化。用的是 `make example` 写出并读取的归档：四个县、六个部门、五个年度，**数字全是虚构的**。

# %%
import extract
from look import COLOURS, GREY, named_at_end, shares, style
from matplotlib import pyplot as plt

style()
archive = extract.open("../out-example")
indicators = archive.where(kind="department").pandas("指标全表", floats=True)
indicators[
    ["行政区划名称", "单位类别", "预算年度", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "权重"]
].head(7)

# %% [markdown]
# ## 指标性质
#
# 定性指标的性质为“定性”，以等级代替数值。

# %%
operators = indicators.groupby(["一级指标", "指标性质"]).size().unstack(fill_value=0)[["≥", "≤", "=", "定性"]]

figure, axes = plt.subplots(figsize=(8, 3.4))
shares(axes, operators)
axes.set_title("各一级指标的指标性质", pad=34)

# %%
qualitative = (indicators["指标性质"] == "定性").groupby(indicators["单位类别"]).mean().sort_values(ascending=False)
(qualitative * 100).round(1).rename("定性指标所占比例，%").to_frame()

# %% [markdown]
# ## 定性等级

# %%
indicators[indicators["定性等级"].notna()].groupby(["定性等级"], as_index=False).agg(
    指标=("三级指标", "size"), 例子=("三级指标", "unique")
)

# %% [markdown]
# ## 权重
#
# 一张表的权重合计为 90 或 100；`权重核对` 写明每张表是否如此。

# %%
weights = indicators.groupby(["单位类别", "一级指标"])["权重"].sum().unstack(fill_value=0)
weights = weights[["产出指标", "成本指标", "效益指标", "满意度指标"]]

figure, axes = plt.subplots(figsize=(8, 3.8))
shares(axes, weights)
axes.set_title("各类单位的权重分布", pad=34)

# %%
archive.where(weight_check="fails").pandas("疑点全表", ["来源路径", "代码", "说明"])

# %% [markdown]
# ## 同一指标的几种写法
#
# 同一指标在各县、各年度的名称写法略有不同。`indicator_keys` 说明哪些名称是同一个，以及各与代表名称有多相似。

# %%
named = archive.indicator_keys(language="zh").pandas()
several = named[named.duplicated("指标键", keep=False)].sort_values(["指标键", "指标数"], ascending=[True, False])
several[["代表名称", "三级指标", "指标数", "相似度"]]

# %% [markdown]
# ## 一个目标的逐年变化

# %%
NAME = "矛盾纠纷调解成功率"
keyed = archive.where(kind="department").indicators_keyed(language="zh").pandas(floats=True)
one = keyed[keyed["代表名称"] == NAME]
targets = one.pivot_table(index="预算年度", columns="行政区划名称", values="指标值（数值）")

figure, axes = plt.subplots()
named_at_end(axes, targets)
axes.set_title(f"{NAME}的目标值（不低于，%）")

# %% [markdown]
# ## 提高与降低
#
# 单位、指标键和性质都相同的，视为同一个目标。对 `≤` 而言，值变大就是目标降低：允许花得更多，或用时更长。

# %%
numbers = keyed[keyed["指标性质"].isin(["≥", "≤"]) & keyed["指标值（数值）"].notna()]
rows = numbers.pivot_table(index=["单位键", "指标键", "指标性质"], columns="预算年度", values="指标值（基本单位）")
moved = rows.diff(axis=1).iloc[:, 1:]
moved[moved.index.get_level_values("指标性质") == "≤"] *= -1
counts = (moved > 0).sum().to_frame("提高").assign(降低=(moved < 0).sum(), 不变=(moved == 0).sum())
counts

# %%
figure, axes = plt.subplots(figsize=(8, 3.6))
years = [str(year) for year in counts.index]
raised = axes.bar(years, counts["提高"], color=COLOURS[0], label="提高", width=0.6)
lowered = axes.bar(years, -counts["降低"], color=COLOURS[1], label="降低", width=0.6)
axes.bar_label(raised, padding=3)
axes.bar_label(lowered, [str(number) for number in counts["降低"]], padding=3)
axes.axhline(0, color=GREY, linewidth=0.8)
axes.set_yticks([])
axes.spines["left"].set_visible(False)
axes.margins(y=0.15)
axes.set_title("比上年提高和降低的目标数", pad=26)
axes.legend(ncols=2, loc="lower left", bbox_to_anchor=(0, 0.98))

# %% [markdown]
# ## 降低最多的比率

# %%
rates = numbers[(numbers["指标性质"] == "≥") & (numbers["基本单位"] == "%")]
rates = rates.pivot_table(index=["行政区划名称", "单位类别", "代表名称"], columns="预算年度", values="指标值（数值）")
lowest = rates.diff(axis=1).min(axis=1).sort_values()
rates.loc[lowest.index[:8]]
