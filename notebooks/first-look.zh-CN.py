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
# # 初看一遍
#
# 一个输出文件夹里有什么，各列有多少内容，哪些存疑。这里用样本的输出：`make extract IN=samples OUT=out`。

# %%
import json
from pathlib import Path

import extract
from look import GREY, SEVERITIES, grid, style
from matplotlib import pyplot as plt

style()
archive = extract.open("../out")
archive

# %% [markdown]
# ## 输入的去向
#
# 每个输入或已转换，或有疑点，或失败，一个都不会丢。`run.json` 中有计数。

# %%
counts = json.loads(Path("../out/run.json").read_text(encoding="utf-8"))["counts"]
{name: counts[name] for name in ("inputs", "converted", "converted_with_findings", "failed", "skipped")}

# %% [markdown]
# ## 有哪些表

# %%
documents = archive.pandas("文档")
documents.pivot_table(index="表类型", columns="预算年度", values="文档编号", aggfunc="count", fill_value=0)

# %%
documents.groupby(["媒体类型"], as_index=False).size().sort_values("size", ascending=False)

# %% [markdown]
# ## 各列有多少内容
#
# 空白单元格为空值。只有项目支出表才有的列（如项目名称）只在这些表中有内容；写了单位名称而没有编码的情况很常见。

# %%
columns = [
    "表名",
    "预算年度",
    "单位名称",
    "单位编码",
    "主管部门",
    "项目名称",
    "金额单位",
    "其他说明",
]
filled = documents[columns].notna().groupby(documents["表类型"]).mean().T[::-1]

figure, axes = plt.subplots(figsize=(8, 4.2))
filled.plot.barh(ax=axes, width=0.75)
axes.set_title("各列有内容的表所占比例")
axes.xaxis.set_major_formatter("{x:.0%}")
axes.set_xlim(0, 1)
axes.legend(title="", ncols=2, loc="lower left", bbox_to_anchor=(0.55, 1))
grid(axes, "x")

# %% [markdown]
# ## 哪些存疑
#
# 疑点是对一个值、一行或一张表的存疑；`info` 级只是提示。

# %%
findings = archive.pandas("疑点")
by_code = findings.groupby(["代码", "级别"]).size().sort_values()

figure, axes = plt.subplots(figsize=(8, 4.6))
bars = axes.barh(
    by_code.index.get_level_values("代码"),
    by_code.to_numpy(),
    color=[SEVERITIES[severity] for severity in by_code.index.get_level_values("级别")],
)
axes.bar_label(bars, padding=4)
axes.set_title("各类疑点的数目")
axes.set_xlabel("疑点")
for severity in findings["级别"].unique():
    axes.barh([by_code.index[0][0]], [0], color=SEVERITIES[severity], label=severity)
axes.legend(loc="lower right")
grid(axes, "x")

# %% [markdown]
# 其中多数集中在少数表上，即文本中丢失了列的那些。疑点最多的表：

# %%
worst = archive.pandas("疑点全表").groupby("来源路径").agg(疑点=("代码", "size"), 疑点代码=("代码", "unique"))
worst.sort_values("疑点", ascending=False).head(5)

# %% [markdown]
# ## 一张表
#
# 真实样本：大竹县司法局的指标及其所在的指标树。

# %%
one = archive.where(unit="大竹县司法局").pandas(
    "指标", ["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "权重"], floats=True
)
one.head(12)

# %%
weights = one.groupby(["一级指标", "二级指标"], sort=False)["权重"].sum()[::-1]

figure, axes = plt.subplots(figsize=(8, 3.6))
bars = axes.barh([f"{level1} · {level2}" for level1, level2 in weights.index], weights.to_numpy(), color=GREY)
axes.bar_label(bars, padding=4, fmt="%g")
axes.set_title(f"大竹县司法局的权重分布（合计 {weights.sum():g}）")
axes.set_xlabel("权重")
grid(axes, "x")
