"""The printed words in a stream, put together from the pieces that narrow cells broke them into.

A word may be cut anywhere (服务对象满 / 意度指标, 总 / 体 / 目 / 标), and pieces of other cells may stand between its
own. So all ways to put pieces together are followed, and the one that makes most of them part of a word is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final, NamedTuple

import regex

from extract.clean import squash
from extract.interpret.stream_tokens import Token
from extract.vocabulary import FormProfile, Vocabulary

_LONGEST: Final = 24
# Pieces of one word stand no further apart than so many tokens, and lines.
_APART: Final = 18
_LINES_APART: Final = 24
_SCORE_WITHIN: Final = 4
_KEPT: Final = 40
_MOST_OPEN: Final = 6
# What it counts that a token is part of a word; what a word costs, that it is in pieces, and that they are apart.
_PART: Final = 1.0
_A_WORD: Final = 0.5
# Words as short as 说明 are as likely pieces of others.
_A_SHORT_WORD: Final = 0.8
_SHORT: Final = 2
_A_PIECE: Final = 0.2
_A_LINE_APART: Final = 0.02
# A score that a label may carry, whole or in pieces.
_SCORE: Final = regex.compile(r"[(\[][\d.\-~]{1,8}%?分?[)\]]分?")
_UNITS: Final = ("(元)", "(万元)", "(单位:元)", "(单位:万元)", "(千元)")


class Lexicon:
    """The words that a form prints, and all their beginnings."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        profile = vocabulary.profile
        common = frozenset(_words(vocabulary))
        self.words = common
        # 单位 / 资金 is one word, 财政拨款 / 资金 rather pieces of two: words with such an ending are known whole only.
        self.whole = common | {word + suffix for word, suffix in product(profile.sources, profile.source_suffixes)}
        self.scored = frozenset(word for word in map(squash, vocabulary.labels))
        self.beginnings = frozenset(word[:end] for word in common for end in range(1, len(word)))
        # What may stand before a section's label is no piece of it: 部门 / 年度总体目标 are a name's end and a label.
        self._prefixes = frozenset(profile.section_prefixes)
        bare = frozenset(_words(vocabulary, prefixed=False))
        self._behind = bare | {word[:end] for word in bare for end in range(1, len(word))}

    def joined(self, text: str, piece: str) -> str:
        """A beginning of a word with a further piece; "" where the two are none together."""
        whole = text + piece
        if text in self._prefixes and whole not in self._behind:
            return ""
        return whole

    def is_word(self, text: str) -> bool:
        """Whether a squashed text is a word, a colon or a score behind it aside."""
        if text in self.words or text.rstrip(":") in self.words:
            return True
        start = text.find("(")
        return start > 0 and text[:start] in self.scored and _SCORE.fullmatch(text, start) is not None

    def begins(self, text: str) -> bool:
        """Whether a squashed text is the beginning of a longer word."""
        if text in self.beginnings:
            return True
        start = text.find("(")
        return start > 0 and text[:start] in self.scored and _SCORE.fullmatch(text, start, partial=True) is not None

    def may_score(self, text: str) -> bool:
        """Whether a squashed text is a label that a score in brackets may follow."""
        return text in self.scored


def _words(vocabulary: Vocabulary, *, prefixed: bool = True) -> Iterable[str]:
    profile = vocabulary.profile
    yield from map(squash, vocabulary.labels)
    yield from profile.columns
    yield from profile.task_columns
    yield from (word for word, name in profile.fields.items() if name != "amount_unit" and len(word) > _SHORT)
    yield from _sections(profile, ("", *profile.section_prefixes) if prefixed else ("",))
    money = (*profile.categories, *profile.sources, *profile.project_total)
    yield from money
    yield from (f"其中:{word}" for word in money)


def _sections(profile: FormProfile, prefixes: Sequence[str]) -> Iterable[str]:
    for word, name in profile.bare_sections.items():
        for prefix in prefixes:
            if prefix and word.startswith(prefix):
                continue
            yield prefix + word
            if name == "funding":
                yield from (prefix + word + unit for unit in _UNITS)


class Word(NamedTuple):
    """A printed word: its squashed text, and the places of its tokens in the stream."""

    text: str
    tokens: tuple[int, ...]


class _Open(NamedTuple):
    """A word of which more pieces may come."""

    text: str
    tokens: tuple[int, ...]


class _State(NamedTuple):
    cost: float
    open: tuple[_Open, ...]
    done: tuple[Word, ...]


def words(stream: Sequence[Token], known: Lexicon) -> list[Word]:
    """The printed words of a stream, in the order of their first pieces. No token is part of two."""
    states = [_State(0.0, (), ())]
    texts = [squash(token.text) if len(token.text) <= _LONGEST else "" for token in stream]
    for at, text in enumerate(texts):
        if not text:
            continue
        whole = known.is_word(text) or text in known.whole
        begins = known.begins(text) or (known.may_score(text) and _score_follows(stream, at))
        begins = begins and _goes_on(text, texts[at + 1 : at + 1 + _APART], known)
        found: dict[tuple[_Open, ...], _State] = {}
        for state in states:
            for after in _after(_aged(state, at, stream, known), at, text, whole, begins, stream, known):
                before = found.get(after.open)
                if before is None or after.cost < before.cost:
                    found[after.open] = after
        states = sorted(found.values(), key=lambda state: state.cost)[:_KEPT]
    best = min((_closed(state, known) for state in states), key=lambda state: state.cost)
    return sorted(best.done, key=lambda word: word.tokens)


def _goes_on(text: str, following: Sequence[str], known: Lexicon) -> bool:
    """Whether one of the next tokens can be the next piece of a word."""
    wholes = (known.joined(text, piece) for piece in following if piece)
    return any(whole and (known.is_word(whole) or known.begins(whole)) for whole in wholes)


def _score_follows(stream: Sequence[Token], at: int) -> bool:
    """Whether something in brackets stands close behind a token."""
    return any(token.text[0] in "(（" for token in stream[at + 1 : at + 1 + _SCORE_WITHIN])


def _aged(state: _State, at: int, stream: Sequence[Token], known: Lexicon) -> _State:
    """The state without the open words that are too far behind; one that is no word by itself was none."""
    if not state.open:
        return state
    kept = []
    done = state.done
    cost = state.cost
    for word in state.open:
        last = word.tokens[-1]
        if at - last <= _APART and stream[at].line - stream[last].line <= _LINES_APART:
            kept.append(word)
        elif known.is_word(word.text):
            done = (*done, Word(word.text, word.tokens))
        else:
            cost += _worth(word.tokens)
    return state if len(kept) == len(state.open) else _State(cost, tuple(kept), done)


def _worth(pieces: Sequence[int]) -> float:
    """What was counted for the pieces of a word."""
    return (_PART - _A_PIECE) * len(pieces) + _A_PIECE - _A_WORD


def _closed(state: _State, known: Lexicon) -> _State:
    done = state.done
    cost = state.cost
    for word in state.open:
        if known.is_word(word.text):
            done = (*done, Word(word.text, word.tokens))
        else:
            cost += _worth(word.tokens)
    return _State(cost, (), done)


def _after(
    state: _State, at: int, text: str, whole: bool, begins: bool, stream: Sequence[Token], known: Lexicon
) -> Iterable[_State]:
    """What a token can be: text of its own, a word, the beginning of one, a further piece of one that is open."""
    yield state
    cost, opened, done = state
    if begins and len(opened) < _MOST_OPEN:
        yield _State(cost - _PART + _A_WORD, (*opened, _Open(text, (at,))), done)
    if whole:
        yield _State(
            cost - _PART + (_A_WORD if len(text) > _SHORT else _A_SHORT_WORD), opened, (*done, Word(text, (at,)))
        )
    for place, word in enumerate(opened):
        joined = known.joined(word.text, text)
        is_whole = known.is_word(joined)
        goes_on = known.begins(joined) or (known.may_score(joined) and _score_follows(stream, at))
        if not (is_whole or goes_on):
            continue
        last = stream[word.tokens[-1]]
        if last.line == stream[at].line and last.at < stream[at].at - 1:
            continue
        apart = max(0, stream[at].line - last.line - 1)
        own = cost - _PART + _A_PIECE + _A_LINE_APART * apart
        rest = (*opened[:place], *opened[place + 1 :])
        tokens = (*word.tokens, at)
        if goes_on:
            yield _State(own, (*opened[:place], _Open(joined, tokens), *opened[place + 1 :]), done)
        if is_whole:
            yield _State(own, rest, (*done, Word(joined, tokens)))
