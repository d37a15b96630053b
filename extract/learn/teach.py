"""From corrections to the words that a profile lacks, each proved by reading the sources again."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from extract.corrections.file import Correction, Corrections
from extract.errors import SchemaError
from extract.formfiles import FormFile, read_forms, read_words
from extract.learn.profile import Draft, Profiles
from extract.learn.prove import Gone, Others, Reader, Seen, breaks, harm, right, seen
from extract.learn.words import Source, Word, is_known, together, words
from extract.model import Form
from extract.readers import kinds
from extract.readers.leaf import Leaf
from extract.schemafiles import SCHEMAS

# So many words are tried for a correction; each takes reading its source once more.
_MOST_TRIED: Final = 60
_MOST_TRIED_APART: Final = 16

TAUGHT: Final = "taught"
NOT_NEEDED: Final = "not_needed"
NO_SOURCE: Final = "no_source"
CHANGED: Final = "changed"
NO_WORD: Final = "no_word"
NO_HELP: Final = "no_help"
HARMS: Final = "harms"
HARMS_OTHERS: Final = "harms_others"

# Those after which nothing is left to do.
DONE: Final = frozenset({TAUGHT, NOT_NEEDED})


class Lesson(NamedTuple):
    """What came of a correction: ``outcome`` is one of the above, ``detail`` the words, or what a word would harm."""

    correction: Correction
    outcome: str
    detail: str = ""


class Taught(NamedTuple):
    """What came of all corrections, and the files of profiles that they ask for."""

    lessons: Sequence[Lesson]
    drafts: Sequence[Draft]

    @property
    def diff(self) -> str:
        """All changes, for ``patch -p1`` in the folder of the profiles; "" for none."""
        return "".join(draft.diff() for draft in self.drafts)


def teach(corrections: Corrections, leaves: Others, own: Sequence[FormFile], reader: Reader) -> Taught:
    """The words that would have made corrections unnecessary.

    ``leaves`` gives the sources at hand, each time it is called; ``own``: the profiles that there are besides those
    shipped; ``reader``: what reads. Profiles are asked for nothing that a source does not need.
    """
    return _Teacher(corrections, leaves, own, reader).taught()


class _Case(NamedTuple):
    """A form that somebody corrected, as it is read by the profiles so far."""

    leaf: Leaf
    number: int
    form: Form
    said: Sequence[Correction]
    gone: Gone

    def right(self, form: Form | None, one: Correction) -> bool:
        """Whether the form, read otherwise, says what a correction says."""
        return right(form, one, self.gone)


class _Teacher:
    def __init__(self, corrections: Corrections, leaves: Others, own: Sequence[FormFile], reader: Reader) -> None:
        self._corrections = corrections
        self._leaves = leaves
        self._reader = reader
        built_in = read_forms(SCHEMAS / "forms")
        tree = read_words(SCHEMAS / "vocabulary")["indicators"]
        self._levels: Mapping[str, Container[str]] = {"level1": tree["level1"], "level2": tree["level2"]}
        self._profiles = Profiles(built_in, own)
        self._lessons: dict[Correction, Lesson] = {}
        self._seen: dict[str, list[Seen]] | None = None
        self._hashes = set(corrections.hashes)
        self._cases: list[_Case] = []

    def taught(self) -> Taught:
        self._reader.use(self._profiles.files())
        self._cases = list(self._found())
        for case in self._cases:
            self._teach(case)
        self._thin_out()
        for one in self._corrections.every:
            self._lessons.setdefault(one, Lesson(one, NO_SOURCE))
        return Taught([self._lessons[one] for one in self._corrections.every], self._profiles.drafts())

    def _found(self) -> Iterator[_Case]:
        """The forms of sources at hand that somebody corrected."""
        for leaf in self._leaves():
            sha256 = hashlib.sha256(leaf.data).hexdigest()
            if leaf.failure is not None or sha256 not in self._hashes:
                continue
            said: dict[int, list[Correction]] = defaultdict(list)
            for one in self._corrections.of(leaf.source_path, sha256):
                if one.source_sha256 == sha256 and one not in self._lessons:
                    said[one.form_index].append(one)
            forms = {form.form_index: form for form in self._reader.read(leaf).forms} if said else {}
            for index, own in said.items():
                if (fitting := self._fitting(own, forms.get(index))) and index in forms:
                    yield _Case(leaf, index, forms[index], fitting, Gone.of(forms[index], fitting))

    def _fitting(self, said: Sequence[Correction], form: Form | None) -> list[Correction]:
        """What was said of a form and still fits."""
        found = []
        for one in said:
            if right(form, one):
                self._lessons[one] = Lesson(one, NOT_NEEDED)
                found.append(one)
            elif form is not None and right(form, one._replace(new=one.old)):
                self._lessons[one] = Lesson(one, NO_WORD)
                found.append(one)
            else:
                self._lessons[one] = Lesson(one, CHANGED)
        return found

    # ---- one form

    def _teach(self, case: _Case) -> None:
        """Finds words for what is wrong in a form."""
        self._reader.use(self._profiles.files())
        case = self._again(case)
        wrong = [one for one in case.said if not case.right(case.form, one)]
        source = self._reader.source(case.leaf, case.form)
        header = [word for word in together(wrong, source) if self._is_new(case.form, word)]
        if len(header) > 1:
            self._try(case, wrong, header)
        for one in wrong:
            if self._lessons[one].outcome not in DONE:
                self._search(self._again(case), one, source)

    def _search(self, case: _Case, one: Correction, source: Source) -> None:
        most = _MOST_TRIED if kinds.kind(case.leaf.data) == "text" else _MOST_TRIED_APART
        proposed = [word for word in words(one, source, self._levels) if self._is_new(case.form, word)]
        for word in proposed[:most]:
            if self._try(case, [one], [word]):
                return

    def _is_new(self, form: Form, word: Word) -> bool:
        """Whether a word means nothing yet, neither to the profile nor to the file that it would go to."""
        known = is_known(word, self._reader.vocabulary(form))
        return not known and self._profiles.takes(form.form_profile, word)

    def _again(self, case: _Case) -> _Case:
        """The form as it is read now; what other words brought out is taught with them."""
        form = self._read(case)
        if form is None:
            return case
        for one in case.said:
            if case.right(form, one) and self._lessons[one].outcome not in DONE:
                self._lessons[one] = Lesson(one, TAUGHT)
        return case._replace(form=form)

    def _read(self, case: _Case) -> Form | None:
        found = self._reader.read(case.leaf).forms
        return next((form for form in found if form.form_index == case.number), None)

    def _try(self, case: _Case, wanted: Sequence[Correction], proposed: Sequence[Word]) -> bool:
        """Takes words into the profiles where they bring out what is wanted and harm nothing."""
        profile = case.form.form_profile
        tried = self._profiles.with_words(profile, proposed)
        try:
            self._reader.use(tried.files())
        except SchemaError:
            self._reader.use(self._profiles.files())
            return False
        form = self._read(case)
        outcome, detail = NO_HELP, ""
        if all(case.right(form, one) for one in wanted):
            harmed = next(filter(None, map(self._harmed, self._cases)), None)
            if harmed is not None:
                outcome, detail = HARMS, _named(proposed, harmed)
            elif (path := self._broken(tried)) is not None:
                outcome, detail = HARMS_OTHERS, _named(proposed, path)
            else:
                outcome = TAUGHT
        if outcome == TAUGHT:
            self._profiles = tried
            for one in case.said:
                if case.right(form, one) and self._lessons[one].outcome not in DONE:
                    self._lessons[one] = Lesson(one, TAUGHT)
            return True
        self._reader.use(self._profiles.files())
        for one in wanted:
            # What comes nearest to help is told.
            if _RANK.index(outcome) >= _RANK.index(self._lessons[one].outcome):
                self._lessons[one] = Lesson(one, outcome, detail)
        return False

    def _harmed(self, case: _Case) -> str | None:
        """The value of a form that becomes wrong, or may have; the forms are compared as they were before all words."""
        harmed = harm(case.form, self._read(case), case.said)
        if harmed is None:
            return None
        return " ".join([case.leaf.source_path, *("" if part is None else str(part) for part in harmed)])

    # ---- the other sources

    def _broken(self, tried: Profiles) -> str | None:
        """A source at hand that would be read worse by these profiles; None where none is."""
        if self._seen is None:
            self._reader.use(self._profiles.files())
            self._seen = {leaf.source_path: seen(self._reader.read(leaf)) for leaf in self._others()}
            self._reader.use(tried.files())
        now: dict[str, list[Seen]] = {}
        for leaf in self._others():
            now[leaf.source_path] = seen(self._reader.read(leaf))
            if breaks(self._seen.get(leaf.source_path, []), now[leaf.source_path]):
                return leaf.source_path
        self._seen = now
        return None

    def _others(self) -> Iterator[Leaf]:
        for leaf in self._leaves():
            if leaf.failure is None and hashlib.sha256(leaf.data).hexdigest() not in self._hashes:
                yield leaf

    # ---- all forms

    def _thin_out(self) -> None:
        """Takes out words without which all is read as well, and tells which ones are left for each correction."""
        taught = [(case, [one for one in case.said if self._lessons[one].outcome in DONE]) for case in self._cases]
        for profile, word in list(self._profiles.added):
            fewer = self._profiles.without(profile, word)
            if self._all_right(fewer, taught):
                self._profiles = fewer
        for profile, word in self._profiles.added:
            without = self._profiles.without(profile, word)
            self._reader.use(without.files())
            for case, said in taught:
                form = self._read(case)
                for one in said:
                    if not case.right(form, one):
                        lesson = self._lessons[one]
                        detail = ", ".join(filter(None, [lesson.detail, _shown(word)]))
                        self._lessons[one] = lesson._replace(detail=detail)

    def _all_right(self, profiles: Profiles, taught: Sequence[tuple[_Case, Sequence[Correction]]]) -> bool:
        self._reader.use(profiles.files())
        if not all(case.right(form, one) for case, said in taught for form in [self._read(case)] for one in said):
            return False
        return not any(map(self._harmed, self._cases)) and self._broken(profiles) is None


_RANK: Final = (NO_WORD, NO_HELP, HARMS, HARMS_OTHERS, TAUGHT, NOT_NEEDED, NO_SOURCE, CHANGED)


def _shown(word: Word) -> str:
    return f"{'.'.join(word.steps)}: {word.text}"


def _named(proposed: Sequence[Word], harmed: str) -> str:
    return f"{', '.join(map(_shown, proposed))} → {harmed}"
