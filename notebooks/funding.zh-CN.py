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
# # 各单位各年度的资金
#
# 一个含四个县、六个部门、五个年度的归档。县名是真的，**数字全是虚构的**：`make example` 写出该归档并读取。

# %%
import extract
from look import grid, named_at_end, shares, style
from matplotlib import pyplot as plt

style()
archive = extract.open("../out-example")
archive

# %% [markdown]
# `资金宽表` 每个文档一行，每类金额一列，以元计，完全精确；`floats=True` 把它们变成绘图用的浮点数。部门的项目支出已在部门整体支出表中，再加上项目支出表就会重复计算。

# %%
TEN_THOUSAND = 10_000
funding = archive.where(kind="department").pandas("资金宽表", floats=True)
amounts = ["预算支出总额_合计", "基本支出_合计", "项目支出_合计"]
funding[amounts] /= TEN_THOUSAND
funding[["行政区划名称", "单位类别", "预算年度", *amounts]].head(6)

# %% [markdown]
# ## 各县各年度

# %%
by_county = funding.pivot_table(index="预算年度", columns="行政区划名称", values="预算支出总额_合计", aggfunc="sum")

figure, axes = plt.subplots()
named_at_end(axes, by_county)
axes.set_ylim(0)
axes.yaxis.set_major_formatter("{x:,.0f}")
axes.set_title("六个部门的预算支出总额（万元）")

# %%
(by_county.pct_change().dropna() * 100).round(1)

# %% [markdown]
# ## 用在哪里
#
# 基本支出维持单位运转，项目支出用于具体任务。

# %%
latest = funding[funding["预算年度"] == funding["预算年度"].max()]
parts = latest.groupby("单位类别")[["基本支出_合计", "项目支出_合计"]].sum()
parts = parts.loc[parts["基本支出_合计"].div(parts.sum(axis=1)).sort_values().index]

figure, axes = plt.subplots(figsize=(8, 3.8))
shares(axes, parts.rename(columns={"基本支出_合计": "基本支出", "项目支出_合计": "项目支出"}))
axes.set_title("各类单位 2025 年预算的构成", pad=34)

# %% [markdown]
# ## 不同县的同类单位
#
# `单位类别` 用于比较各县的同类单位，`单位键` 用于跨年度跟踪同一单位。

# %%
project = latest.pivot_table(index="单位类别", columns="行政区划名称", values="项目支出_合计", aggfunc="sum")
project = project.loc[project.sum(axis=1).sort_values().index]

figure, axes = plt.subplots(figsize=(8, 4.4))
project.plot.barh(ax=axes, width=0.8)
axes.xaxis.set_major_formatter("{x:,.0f}")
axes.set_ylabel("")
axes.set_title("2025 年项目支出（万元）")
axes.legend(title="", loc="lower right", reverse=True)
grid(axes, "x")

# %% [markdown]
# ## 变化最大的
#
# 各单位项目支出比上年的变化：红色为减少，蓝色为增加。

# %%
yearly = funding.set_index(["行政区划名称", "单位类别", "预算年度"])["项目支出_合计"].unstack()
change = (yearly.pct_change(axis=1) * 100).dropna(axis=1)
largest = change.abs().max(axis=1).sort_values(ascending=False).index[:10]
shown = change.loc[largest]

figure, axes = plt.subplots(figsize=(8, 4.6))
axes.imshow(shown, cmap="RdBu", vmin=-80, vmax=80, aspect="auto")
axes.set_xticks(range(len(shown.columns)), [str(year) for year in shown.columns])
axes.set_yticks(range(len(shown)), [f"{county} {kind}" for county, kind in shown.index])
for row, values in enumerate(shown.to_numpy()):
    for column, value in enumerate(values):
        axes.text(
            column, row, f"{round(value):+d} %", ha="center", va="center", color="white" if abs(value) > 50 else "black"
        )
axes.spines[:].set_visible(False)
axes.tick_params(length=0)
axes.set_title("项目支出比上年的变化")

# %% [markdown]
# ## 用 SQL 得到同样的结果
#
# 所有数据表和视图都可用 DuckDB 查询，中英文名称均可。

# %%
archive.sql(
    """
    select 行政区划名称, 预算年度, round(sum(预算支出总额_合计) / 10000, 2) as "万元"
    from 资金宽表 where 表类型 = 'department' and 预算年度 >= 2024
    group by all order by all
    """
).pandas()

# %% [markdown]
# ## 合计可信吗
#
# `资金核对` 写明每张表的合计是相符（holds）、不符（fails）还是无从比较（not_made）。

# %%
documents = archive.pandas("文档")
documents.groupby(["表类型", "资金核对"], as_index=False).size()

# %%
archive.where(funding_check="fails").pandas("疑点全表", ["来源路径", "代码", "说明"])
