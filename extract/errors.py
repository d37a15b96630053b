"""The exceptions of the package: one root, and one class per way to go wrong."""

from __future__ import annotations

import errno
import os
from typing import Final

# The system gives a process no more: processes, open files, memory. Threads have no number, and words alone say it.
_SCARCE: Final = frozenset({errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_NO_THREAD: Final = ("can't start new thread", os.strerror(errno.EAGAIN))


def is_scarce(error: Exception) -> bool:
    """Whether an exception says that the system gives this process no more of what it needs."""
    if isinstance(error, OSError):
        return error.errno in _SCARCE
    return any(words in str(error) for words in _NO_THREAD)


class PifubiaoError(Exception):
    """Root of every exception that this package raises on purpose."""


class UnreadableInput(PifubiaoError):
    """An input gives no form; becomes a row of the table ``failures``.

    ``code`` is a code of ``schemas/failures.yaml``; ``params`` fill its message.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


class SchemaError(PifubiaoError):
    """A data file (``schemas/``, or a folder of form profiles) is not what its schema asks for.

    The message names the file, the line and the place in it, and what is wrong there; ``zh`` is the same in Chinese.
    """

    def __init__(self, message: str, zh: str | None = None) -> None:
        super().__init__(message)
        self.zh = zh if zh is not None else message


class UsageError(PifubiaoError):
    """The caller asked for something that cannot be done: no input, output not writable, bad option.

    ``key`` is a key of ``schemas/messages.yaml``, and ``params`` fill its message.
    """

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params

    def __str__(self) -> str:
        return ": ".join([self.key, ", ".join(f"{name}={value}" for name, value in self.params.items())])
