"""The exceptions of the package: one root, and one class per way to go wrong."""

from __future__ import annotations


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
