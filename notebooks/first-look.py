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
# # A first look
#
# What is in an output, how much of it is filled, and what is doubtful. The output is that of the samples:
# `make extract IN=samples OUT=out`.

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
# ## What became of the inputs
#
# Each input is converted, converted with findings, or failed; none is dropped. `run.json` counts them.

# %%
counts = json.loads(Path("../out/run.json").read_text(encoding="utf-8"))["counts"]
{name: counts[name] for name in ("inputs", "converted", "converted_with_findings", "failed", "skipped")}

# %% [markdown]
# ## Which forms there are

# %%
documents = archive.pandas("documents")
documents.pivot_table(index="form_kind", columns="fiscal_year", values="document_id", aggfunc="count", fill_value=0)

# %%
documents.groupby(["media_type"], as_index=False).size().sort_values("size", ascending=False)

# %% [markdown]
# ## How much of each column is filled
#
# A blank cell is null. Columns that only project forms have (`project_code`) are filled for these alone; units that are
# named without a code are frequent.

# %%
columns = [
    "title",
    "fiscal_year",
    "unit_name",
    "unit_code",
    "supervising_unit",
    "project_name",
    "amount_unit",
    "other_notes",
]
filled = documents[columns].notna().groupby(documents["form_kind"]).mean().T[::-1]

figure, axes = plt.subplots(figsize=(8, 4.2))
filled.plot.barh(ax=axes, width=0.75)
axes.set_title("Share of forms in which a column is filled")
axes.xaxis.set_major_formatter("{x:.0%}")
axes.set_xlim(0, 1)
axes.legend(title="", ncols=2, loc="lower left", bbox_to_anchor=(0.55, 1))
grid(axes, "x")

# %% [markdown]
# ## What is doubtful
#
# A finding is a doubt about a value, a row or a form. Those of severity `info` only tell something.

# %%
findings = archive.pandas("findings")
by_code = findings.groupby(["code", "severity"]).size().sort_values()

figure, axes = plt.subplots(figsize=(8, 4.6))
bars = axes.barh(
    by_code.index.get_level_values("code"),
    by_code.to_numpy(),
    color=[SEVERITIES[severity] for severity in by_code.index.get_level_values("severity")],
)
axes.bar_label(bars, padding=4)
axes.set_title("Findings by code")
axes.set_xlabel("findings")
for severity in findings["severity"].unique():
    axes.barh([by_code.index[0][0]], [0], color=SEVERITIES[severity], label=severity)
axes.legend(loc="lower right")
grid(axes, "x")

# %% [markdown]
# Most of them are of a few forms: those whose text lost its columns. The forms with the most findings:

# %%
worst = archive.pandas("findings_full").groupby("source_path").agg(findings=("code", "size"), codes=("code", "unique"))
worst.sort_values("findings", ascending=False).head(5)

# %% [markdown]
# ## One form
#
# The real sample: the indicators of the bureau of justice of 大竹县, and the tree that they stand in.

# %%
one = archive.where(unit="大竹县司法局").pandas(
    "indicators", ["level1", "level2", "name", "operator", "value", "unit", "weight"], floats=True
)
one.head(12)

# %%
weights = one.groupby(["level1", "level2"], sort=False)["weight"].sum()[::-1]

figure, axes = plt.subplots(figsize=(8, 3.6))
bars = axes.barh([f"{level1} · {level2}" for level1, level2 in weights.index], weights.to_numpy(), color=GREY)
axes.bar_label(bars, padding=4, fmt="%g")
axes.set_title(f"大竹县司法局: where the weights lie ({weights.sum():g} in all)")
axes.set_xlabel("weight")
grid(axes, "x")
