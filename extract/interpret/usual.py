"""What most rows of a table have, and rows that lack some of it: the halves of one that a line break cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from extract.interpret.grammar import NAME, OPERATOR, VALUE, WEIGHT

_COUNTED: Final = (NAME, OPERATOR, VALUE, WEIGHT)
# In so many rows at least, and in such a share of all, stands what a row usually has.
_FEWEST: Final = 4
_SHARE: Final = 0.6


class Usual:
    """The roles that most rows of a table have. They are looked for when first asked for: most tables never ask.

    ``rows``: gives the roles of each row's cells.
    """

    def __init__(self, rows: Callable[[], Iterable[Sequence[int]]]) -> None:
        self._rows = rows
        self._roles: frozenset[int] | None = None

    @property
    def roles(self) -> frozenset[int]:
        """These roles; none where too few rows are alike."""
        if self._roles is None:
            rows = [frozenset(roles) for roles in self._rows()]
            counts = Counter(role for roles in rows for role in roles)
            self._roles = frozenset(
                role for role in _COUNTED if counts[role] >= _FEWEST and counts[role] >= _SHARE * len(rows)
            )
        return self._roles

    def holds(self, roles: Sequence[int]) -> bool:
        """Whether a row has all that rows usually have."""
        return self.roles.issubset(roles)
