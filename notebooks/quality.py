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
# # Quality of an archive: where to look first
#
# Nobody reads everything again. Findings say what is doubtful, `confidence` how likely a row is right, and `basis` how a
# value was come by. The output is that of the samples: `make extract IN=samples OUT=out`.

# %%
import extract
import pandas
from look import COLOURS, SEVERITIES, grid, shares, style
from matplotlib import pyplot as plt

style()
archive = extract.open("../out")
documents = archive.pandas("documents").set_index("document_id")
documents["status"].value_counts()

# %% [markdown]
# ## How sure the rows are
#
# Of rows with a confidence of 0.99, one in a hundred is expected to be wrong. So 1 − confidence, summed up, is the number
# of rows that are expected to be wrong.

# %%
RATED = ("funding", "tasks", "indicators")
rated = pandas.concat(
    {name: archive.pandas(name, ["document_id", "seq", "confidence"]) for name in RATED}, names=["table"]
)
rated = rated.reset_index("table").assign(wrong=1 - rated["confidence"].to_numpy())
rated.groupby("table").agg(rows=("seq", "size"), lowest=("confidence", "min"), expected_wrong=("wrong", "sum"))

# %%
figure, axes = plt.subplots(figsize=(8, 4))
for name, colour in zip(RATED, COLOURS, strict=False):
    doubt = rated.loc[rated["table"] == name, "wrong"].sort_values(ascending=False).reset_index(drop=True)
    axes.plot(
        (doubt.index + 1) / len(doubt), doubt.cumsum() / rated["wrong"].sum(), color=colour, linewidth=2, label=name
    )
axes.set_xscale("log")
axes.xaxis.set_major_formatter("{x:.1%}")
axes.yaxis.set_major_formatter("{x:.0%}")
axes.set_xlabel("share of the table's rows, least sure first")
axes.set_title("Share of all mistakes to be expected that are in the least sure rows")
axes.legend(title="")
grid(axes, "both")

# %% [markdown]
# ## Where to look first
#
# The forms with the most rows that are expected to be wrong, findings beside.

# %%
findings = archive.pandas("findings")
doubts = findings[findings["severity"] != "info"].groupby("document_id").size()
first = pandas.DataFrame({"expected_wrong": rated.groupby("document_id")["wrong"].sum(), "doubts": doubts}).fillna(0)
first = first.join(documents[["source_path", "status"]]).sort_values("expected_wrong", ascending=False).head(12)[::-1]

figure, axes = plt.subplots(figsize=(8, 4.8))
colours = first["status"].map({"ok": COLOURS[0], "warning": SEVERITIES["warning"], "error": SEVERITIES["error"]})
bars = axes.barh(first["source_path"].str.split("/").str[-1], first["expected_wrong"], color=colours)
axes.bar_label(bars, [f"{doubts:.0f} doubts" if doubts else "" for doubts in first["doubts"]], padding=4)
axes.set_xlabel("rows that are expected to be wrong")
axes.set_title("Look here first (orange: with findings, blue: without)")
axes.margins(x=0.12)
grid(axes, "x")

# %% [markdown]
# ## How much of that a person reads
#
# Reading these twelve forms again finds this share of all mistakes that are to be expected:

# %%
f"{first['expected_wrong'].sum() / rated['wrong'].sum():.0%} of them in {len(first) / len(documents):.0%} of the forms"

# %% [markdown]
# ## How values were come by
#
# `stated`: it stands there. `inherited`: from a cell that spans, or a row above. `inferred`: worked out.

# %%
provenance = archive.pandas("provenance", ["table", "field", "basis"])
labels = provenance[provenance["field"].isin(["level1", "level2", "operator", "category", "source", "amount"])]
basis = labels.groupby(["field", "basis"]).size().unstack(fill_value=0)[["stated", "inherited", "inferred"]]

figure, axes = plt.subplots(figsize=(8, 3.6))
shares(axes, basis)
axes.set_title("How values were come by", pad=34)

# %% [markdown]
# ## Cut texts
#
# Exports cut long texts. The rest is looked for in the goals and in the other forms of the same department.

# %%
tasks = archive.pandas("tasks")
cut = tasks[tasks["content_truncated"]]
pandas.Series(
    {"tasks": len(tasks), "cut": len(cut), "recovered": cut["content_recovered"].notna().sum()}, name="tasks"
).to_frame().T

# %% [markdown]
# ## One doubt, and where it stands

# %%
doubt = findings[findings["code"] == "weight_sum"].iloc[0]
print(documents.loc[doubt["document_id"], "source_path"])
print(doubt["message"])

# %%
weights = archive.pandas("provenance")
weights = weights[(weights["document_id"] == doubt["document_id"]) & (weights["field"] == "weight")]
weights[["seq", "line", "column_start", "column_end", "text", "basis"]].head(5)
