"""The checks of a form, made anew where a person changed values.

Of what the checks say of the form as it was read and of the form as it is now, only the difference counts: what else
was found when the form was read stays, and no more is said of values that nobody touched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from extract import checks
from extract.checks import FAILS, Checked
from extract.interpret.funding import parts_of
from extract.interpret.placing import Equation, equations
from extract.interpret.sums import balance
from extract.model import Amount, Finding, Form
from extract.profiles import Library, Profile

_EQUATION: Final = "funding_equation"

_Key = tuple[str, str | None, int | None, str | None, object]
_Balance = Callable[[Sequence[Amount]], Checked]


class _Answers(NamedTuple):
    funding: Checked
    weights: Checked
    others: list[Finding]

    @property
    def findings(self) -> list[Finding]:
        return [*self.others, *self.weights.findings, *self.funding.findings]


def rechecked(read: Form, now: Form, library: Library) -> Form:
    """The form as it is ``now``, its findings and the answers of its checks with it; it was ``read`` so."""
    profile = next((one for one in library.profiles if one.name == read.form_profile), library.general)
    summed = _as_read(read, profile)
    before, after = _answers(read, profile, summed), _answers(now, profile, summed)
    money, weighed = now.funding_check, now.weight_check
    if before.funding.answer == money:
        money = after.funding.answer
    elif after.funding.findings:
        money = FAILS
    if before.weights.answer == weighed:
        weighed = after.weights.answer
    findings = _difference(read.findings, before.findings, after.findings)
    return replace(now, funding_check=money, weight_check=weighed, findings=findings)


def _answers(form: Form, profile: Profile, summed: _Balance) -> _Answers:
    words = profile.vocabulary
    flat = any(finding.code == "levels_absent" for finding in form.findings)
    others = [
        *checks.head(form),
        *checks.levels(form.indicators, words.parents, words.full_labels, words.profile.counter, flat=flat),
        *checks.targets(form.indicators),
        *checks.duplicates(form.indicators),
    ]
    return _Answers(summed(form.funding), checks.weights(form.indicators), others)


def _difference(
    findings: Sequence[Finding], before: Sequence[Finding], after: Sequence[Finding]
) -> tuple[Finding, ...]:
    """The findings without those that checks give no more, and with those that they give only now."""
    was = {_key(finding) for finding in before}
    now = {_key(finding): finding for finding in after}
    kept = [now.get(_key(finding), finding) for finding in findings if _key(finding) not in was - now.keys()]
    return (*kept, *(finding for key, finding in now.items() if key not in was))


def _key(finding: Finding) -> _Key:
    """What a finding is about; of the funding's equations the column tells one from another."""
    column = finding.params.get("column") if finding.code == _EQUATION else None
    return finding.code, finding.table, finding.seq, finding.field, column


def _as_read(form: Form, profile: Profile) -> _Balance:
    """What balances the amounts as they were balanced when the form was read.

    Which equations a form has, its header says, of which nothing is kept; where a single part need not be the whole
    (其中：财政拨款), only sums of several do.
    """
    stated = {_key(finding) for finding in form.findings if finding.code == _EQUATION}

    def several(amounts: Sequence[Amount]) -> Checked:
        return _balanced(amounts, profile, fewest=2)

    def every(amounts: Sequence[Amount]) -> Checked:
        return _balanced(amounts, profile, fewest=1)

    found = several(form.funding)
    agrees = found.answer == form.funding_check and {_key(one) for one in found.findings} == stated
    same = every(form.funding)
    if agrees and (same.answer, {_key(one) for one in same.findings}) != (form.funding_check, stated):
        return several
    return every


def _balanced(amounts: Sequence[Amount], profile: Profile, *, fewest: int) -> Checked:
    """The equations of the amounts that stand in a form; of those that were worked out only what fails now."""
    columns = tuple((amount.category, amount.source) for amount in amounts)
    made = equations(columns, parts_of(columns, profile.vocabulary.profile), profile.vocabulary.profile.beside)
    made = tuple(one for one in made if len(one.parts) >= fewest)
    answer, failed = balance([amount for amount in amounts if amount.basis != "inferred"], made)
    inferred = {column for column, amount in zip(columns, amounts, strict=True) if amount.basis == "inferred"}
    broken = [one for one in made if one.whole in inferred and _fails(one, amounts)]
    if not broken:
        return Checked(answer, failed)
    return Checked(FAILS, [*failed, *balance(amounts, broken)[1]])


def _fails(equation: Equation, amounts: Sequence[Amount]) -> bool:
    whole, parts = equation.sides({(amount.category, amount.source): amount.amount for amount in amounts})
    return parts is not None and whole != parts
