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
# # Funding across units and years
#
# Money of an archive of four counties, six bureaus and five years. The counties are real, **all figures are made up**:
# `make example` writes the archive and reads it.

# %%
import extract
from look import grid, named_at_end, shares, style
from matplotlib import pyplot as plt

style()
archive = extract.open("../out-example")
archive

# %% [markdown]
# `funding_wide` has a row a form and a column for each kind of amount, in yuan, exactly; `floats=True` makes them numbers
# for plots. What a department spends on projects is in its own form; project forms would count it twice.

# %%
TEN_THOUSAND = 10_000
funding = archive.where(kind="department").pandas("funding_wide", floats=True)
amounts = ["total_total", "basic_total", "project_total"]
funding[amounts] /= TEN_THOUSAND
funding[["region_name", "unit_kind", "fiscal_year", *amounts]].head(6)

# %% [markdown]
# ## By county and year

# %%
by_county = funding.pivot_table(index="fiscal_year", columns="region_name", values="total_total", aggfunc="sum")

figure, axes = plt.subplots()
named_at_end(axes, by_county)
axes.set_ylim(0)
axes.yaxis.set_major_formatter("{x:,.0f}")
axes.set_title("Total budget of six bureaus (万元)")

# %%
(by_county.pct_change().dropna() * 100).round(1)

# %% [markdown]
# ## What it is for
#
# Basic spending keeps a bureau running; project spending is what it is given for its tasks.

# %%
latest = funding[funding["fiscal_year"] == funding["fiscal_year"].max()]
parts = latest.groupby("unit_kind")[["basic_total", "project_total"]].sum()
parts = parts.loc[parts["basic_total"].div(parts.sum(axis=1)).sort_values().index]

figure, axes = plt.subplots(figsize=(8, 3.8))
shares(axes, parts.rename(columns={"basic_total": "basic spending", "project_total": "project spending"}))
axes.set_title("What the budgets of 2025 are for, by kind of bureau", pad=34)

# %% [markdown]
# ## The same bureau in different counties
#
# `unit_kind` compares a bureau across counties, and `unit_key` follows it over the years.

# %%
project = latest.pivot_table(index="unit_kind", columns="region_name", values="project_total", aggfunc="sum")
project = project.loc[project.sum(axis=1).sort_values().index]

figure, axes = plt.subplots(figsize=(8, 4.4))
project.plot.barh(ax=axes, width=0.8)
axes.xaxis.set_major_formatter("{x:,.0f}")
axes.set_ylabel("")
axes.set_title("Project spending of 2025 (万元)")
axes.legend(title="", loc="lower right", reverse=True)
grid(axes, "x")

# %% [markdown]
# ## What moved most
#
# The change of each bureau's project spending against the year before. Red is less, blue is more.

# %%
yearly = funding.set_index(["region_name", "unit_kind", "fiscal_year"])["project_total"].unstack()
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
axes.set_title("Change of project spending against the year before")

# %% [markdown]
# ## The same by SQL
#
# All tables and views can be asked by DuckDB, by their English or Chinese names.

# %%
archive.sql(
    """
    select region_name, fiscal_year, round(sum(total_total) / 10000, 2) as "万元"
    from funding_wide where form_kind = 'department' and fiscal_year >= 2024
    group by all order by all
    """
).pandas()

# %% [markdown]
# ## Can the sums be trusted?
#
# `funding_check` says of each form whether its sums hold, do not hold, or could not be compared.

# %%
documents = archive.pandas("documents")
documents.groupby(["form_kind", "funding_check"], as_index=False).size()

# %%
archive.where(funding_check="fails").pandas("findings_full", ["source_path", "code", "message"])
