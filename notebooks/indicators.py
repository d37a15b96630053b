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
# # Indicators
#
# Operators, scales, weights, and targets year on year, in the archive that `make example` writes and reads: four
# counties, six bureaus, five years. **All figures are made up.**

# %%
import extract
from look import COLOURS, GREY, named_at_end, shares, style
from matplotlib import pyplot as plt

style()
archive = extract.open("../out-example")
indicators = archive.where(kind="department").pandas("indicators_full", floats=True)
indicators[["region_name", "unit_kind", "fiscal_year", "level2", "name", "operator", "value", "unit", "weight"]].head(7)

# %% [markdown]
# ## Operators
#
# A qualitative indicator has the operator 定性 and grades in place of a number.

# %%
operators = indicators.groupby(["level1", "operator"]).size().unstack(fill_value=0)[["≥", "≤", "=", "定性"]]

figure, axes = plt.subplots(figsize=(8, 3.4))
shares(axes, operators)
axes.set_title("Operators by first level", pad=34)

# %%
qualitative = (indicators["operator"] == "定性").groupby(indicators["unit_kind"]).mean().sort_values(ascending=False)
(qualitative * 100).round(1).rename("qualitative, %").to_frame()

# %% [markdown]
# ## Scales

# %%
indicators[indicators["scale"].notna()].groupby(["scale"], as_index=False).agg(
    indicators=("name", "size"), examples=("name", "unique")
)

# %% [markdown]
# ## Weights
#
# The weights of a form sum to 90 or 100; `weight_check` says of each form whether they do.

# %%
weights = indicators.groupby(["unit_kind", "level1"])["weight"].sum().unstack(fill_value=0)
weights = weights[["产出指标", "成本指标", "效益指标", "满意度指标"]]

figure, axes = plt.subplots(figsize=(8, 3.8))
shares(axes, weights)
axes.set_title("Where the weights lie, by kind of bureau", pad=34)

# %%
archive.where(weight_check="fails").pandas("findings_full", ["source_path", "code", "message"])

# %% [markdown]
# ## One indicator under several names
#
# Counties and years write the name of an indicator a little differently. `indicator_keys` says which names are one, and how
# near each is to the one that stands for all.

# %%
named = archive.indicator_keys(language="en").pandas()
several = named[named.duplicated("indicator_key", keep=False)].sort_values(
    ["indicator_key", "indicators"], ascending=[True, False]
)
several[["representative", "name", "indicators", "similarity"]]

# %% [markdown]
# ## A target year on year

# %%
NAME = "矛盾纠纷调解成功率"
keyed = archive.where(kind="department").indicators_keyed(language="en").pandas(floats=True)
one = keyed[keyed["representative"] == NAME]
targets = one.pivot_table(index="fiscal_year", columns="region_name", values="value_number")

figure, axes = plt.subplots()
named_at_end(axes, targets)
axes.set_title(f"{NAME}: target, at least (%)")

# %% [markdown]
# ## Raised and lowered
#
# A target is the same one where unit, indicator and operator are. Of `≤` a higher value is a lower target: more may be spent,
# or more time may pass.

# %%
numbers = keyed[keyed["operator"].isin(["≥", "≤"]) & keyed["value_number"].notna()]
rows = numbers.pivot_table(index=["unit_key", "indicator_key", "operator"], columns="fiscal_year", values="value_base")
moved = rows.diff(axis=1).iloc[:, 1:]
moved[moved.index.get_level_values("operator") == "≤"] *= -1
counts = (moved > 0).sum().to_frame("raised").assign(lowered=(moved < 0).sum(), same=(moved == 0).sum())
counts

# %%
figure, axes = plt.subplots(figsize=(8, 3.6))
years = [str(year) for year in counts.index]
raised = axes.bar(years, counts["raised"], color=COLOURS[0], label="raised", width=0.6)
lowered = axes.bar(years, -counts["lowered"], color=COLOURS[1], label="lowered", width=0.6)
axes.bar_label(raised, padding=3)
axes.bar_label(lowered, [str(number) for number in counts["lowered"]], padding=3)
axes.axhline(0, color=GREY, linewidth=0.8)
axes.set_yticks([])
axes.spines["left"].set_visible(False)
axes.margins(y=0.15)
axes.set_title("Targets that were raised and lowered against the year before", pad=26)
axes.legend(ncols=2, loc="lower left", bbox_to_anchor=(0, 0.98))

# %% [markdown]
# ## Rates that were lowered most

# %%
rates = numbers[(numbers["operator"] == "≥") & (numbers["unit_base"] == "%")]
rates = rates.pivot_table(
    index=["region_name", "unit_kind", "representative"], columns="fiscal_year", values="value_number"
)
lowest = rates.diff(axis=1).min(axis=1).sort_values()
rates.loc[lowest.index[:8]]
