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
# # 归档的质量：先看哪里
#
# 没有人会全部重读一遍。疑点说明哪里存疑，置信度说明一行有多大可能是对的，依据说明值从何而来。这里用样本的输出：`make extract IN=samples OUT=out`。

# %%
import extract
import pandas
from look import COLOURS, SEVERITIES, grid, shares, style
from matplotlib import pyplot as plt

style()
archive = extract.open("../out")
documents = archive.pandas("文档").set_index("文档编号")
documents["状态"].value_counts()

# %% [markdown]
# ## 各行有多确定
#
# 置信度为 0.99 的行，预期每百行有一行出错。因此把 1 − 置信度相加，就是预期出错的行数。

# %%
RATED = ("资金", "任务", "指标")
rated = pandas.concat({name: archive.pandas(name, ["文档编号", "序号", "置信度"]) for name in RATED}, names=["数据表"])
rated = rated.reset_index("数据表").assign(出错可能=1 - rated["置信度"].to_numpy())
rated.groupby("数据表").agg(行=("序号", "size"), 最低置信度=("置信度", "min"), 预期出错的行=("出错可能", "sum"))

# %%
figure, axes = plt.subplots(figsize=(8, 4))
for name, colour in zip(RATED, COLOURS, strict=False):
    doubt = rated.loc[rated["数据表"] == name, "出错可能"].sort_values(ascending=False).reset_index(drop=True)
    axes.plot(
        (doubt.index + 1) / len(doubt), doubt.cumsum() / rated["出错可能"].sum(), color=colour, linewidth=2, label=name
    )
axes.set_xscale("log")
axes.xaxis.set_major_formatter("{x:.1%}")
axes.yaxis.set_major_formatter("{x:.0%}")
axes.set_xlabel("该数据表中行的比例（从最不确定的行起）")
axes.set_title("最不确定的行包含的预期错误所占比例")
axes.legend(title="")
grid(axes, "both")

# %% [markdown]
# ## 先看哪里
#
# 预期出错的行最多的表，并列出疑点数。

# %%
findings = archive.pandas("疑点")
doubts = findings[findings["级别"] != "info"].groupby("文档编号").size()
first = pandas.DataFrame({"预期出错的行": rated.groupby("文档编号")["出错可能"].sum(), "疑点数": doubts}).fillna(0)
first = first.join(documents[["来源路径", "状态"]]).sort_values("预期出错的行", ascending=False).head(12)[::-1]

figure, axes = plt.subplots(figsize=(8, 4.8))
colours = first["状态"].map({"ok": COLOURS[0], "warning": SEVERITIES["warning"], "error": SEVERITIES["error"]})
bars = axes.barh(first["来源路径"].str.split("/").str[-1], first["预期出错的行"], color=colours)
axes.bar_label(bars, [f"{doubts:.0f} 个疑点" if doubts else "" for doubts in first["疑点数"]], padding=4)
axes.set_xlabel("预期出错的行")
axes.set_title("先看这些（橙色有疑点，蓝色没有）")
axes.margins(x=0.12)
grid(axes, "x")

# %% [markdown]
# ## 一个人要读多少
#
# 重读这十二张表，就能找到以下比例的预期错误：

# %%
f"{len(first) / len(documents):.0%} 的表中有 {first['预期出错的行'].sum() / rated['出错可能'].sum():.0%} 的预期错误"

# %% [markdown]
# ## 值从何而来
#
# stated：原文写明；inherited：承自合并单元格或上方行；inferred：推断。

# %%
provenance = archive.pandas("出处", ["数据表", "字段", "依据"])
labels = provenance[provenance["字段"].isin(["level1", "level2", "operator", "category", "source", "amount"])]
basis = labels.groupby(["字段", "依据"]).size().unstack(fill_value=0)[["stated", "inherited", "inferred"]]

figure, axes = plt.subplots(figsize=(8, 3.6))
shares(axes, basis)
axes.set_title("各值的由来", pad=34)

# %% [markdown]
# ## 被截断的文字
#
# 导出时过长的文字会被截断。程序在整体绩效目标和同一部门的其他表中寻找下文。

# %%
tasks = archive.pandas("任务")
cut = tasks[tasks["内容是否被截断"]]
pandas.Series(
    {"任务": len(tasks), "被截断": len(cut), "已恢复": cut["恢复的内容"].notna().sum()}, name="任务"
).to_frame().T

# %% [markdown]
# ## 一个疑点，及其所在之处

# %%
doubt = findings[findings["代码"] == "weight_sum"].iloc[0]
print(documents.loc[doubt["文档编号"], "来源路径"])
print(doubt["说明"])

# %%
weights = archive.pandas("出处")
weights = weights[(weights["文档编号"] == doubt["文档编号"]) & (weights["字段"] == "weight")]
weights[["序号", "行号", "起始字符", "结束字符", "原文", "依据"]].head(5)
