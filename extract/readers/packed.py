"""Office files that are zips of XML parts: what is taken out of them is bounded, and their XML names nothing outside.

Nothing is written anywhere, no entity is resolved, and a document type is refused: no office program writes one.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from extract.errors import UnreadableInput

if TYPE_CHECKING:
    from extract.readers.files import ReadOptions

# Below this size no part is a bomb, however well it packs.
_HARMLESS: Final = 8 * 1024 * 1024
_BLOCK: Final = 1024 * 1024
_LOCAL_HEADER: Final = 30
_ENCRYPTED: Final = 1
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError)


class Parts:
    """The parts of a zip, as much as the options let be taken out in all and for one packed byte.

    UnreadableInput: ``malformed`` where it is no whole zip, ``encrypted`` where a part is locked,
    ``unpacks_too_large`` where a limit is passed.
    """

    def __init__(self, data: bytes, options: ReadOptions) -> None:
        self._data = data
        self._limit = options.max_unpacked_bytes
        self._ratio = options.max_ratio
        self._largest_tree = options.max_xml_bytes
        self._taken = 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self.names: Final = frozenset(self._zip.namelist())
        except _BROKEN as error:
            raise UnreadableInput("malformed", reason=str(error)) from error

    def read(self, name: str) -> bytes:
        """A part, unpacked."""
        try:
            info = self._zip.getinfo(name)
            if info.flag_bits & _ENCRYPTED:
                raise UnreadableInput("encrypted")
            with self._zip.open(info) as file:
                found = bytearray()
                while block := file.read(_BLOCK):
                    found += block
                    self._count(len(block), len(found), info.compress_size)
        except KeyError as error:
            raise UnreadableInput("malformed", reason=f"{name} is missing") from error
        except _BROKEN as error:
            raise UnreadableInput("malformed", reason=str(error)) from error
        return bytes(found)

    def parse(self, name: str) -> Any:
        """The root element of a part; raises as ``read`` and ``parse`` do."""
        return parse(self.read(name), self._largest_tree)

    def find(self, name: str) -> bytes | None:
        """A part, unpacked; None where there is none of that name."""
        return self.read(name) if name in self.names else None

    def measure(self, folder: str) -> None:
        """Unpacks all parts in a folder, to hold them against the limits, for a library that does not.

        What the zip says of their sizes is not believed.
        """
        for info in self._zip.infolist():
            if info.filename.startswith(folder) and info.compress_type == zipfile.ZIP_DEFLATED:
                self._inflate(info)

    def _inflate(self, info: zipfile.ZipInfo) -> None:
        head = self._data[info.header_offset : info.header_offset + _LOCAL_HEADER]
        begin = info.header_offset + len(head) + int.from_bytes(head[26:28], "little")
        begin += int.from_bytes(head[28:30], "little")
        packed = self._data[begin : begin + info.compress_size]
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        own = 0
        try:
            while packed and not inflater.eof:
                size = len(inflater.decompress(packed, _BLOCK))
                packed = inflater.unconsumed_tail
                own += size
                self._count(size, own, info.compress_size)
        except zlib.error as error:
            raise UnreadableInput("malformed", reason=str(error)) from error

    def _count(self, size: int, own: int, packed: int) -> None:
        self._taken += size
        if self._taken > self._limit:
            raise UnreadableInput("unpacks_too_large", limit=self._limit)
        if own > _HARMLESS and own > self._ratio * packed:
            raise UnreadableInput("unpacks_too_large", limit=max(_HARMLESS, self._ratio * packed))


def parse(data: bytes, largest: int) -> Any:
    """The root element of an XML part of so many bytes at most: as a tree it takes some eight times its size.

    UnreadableInput: ``malformed`` where it is not well-formed or nested beyond all sense, ``declares_entities`` where
    it has a document type, ``unpacks_too_large``.
    """
    if len(data) > largest:
        raise UnreadableInput("unpacks_too_large", limit=largest)
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        if b"<!DOCTYPE" in data:
            raise UnreadableInput("declares_entities") from error
        raise UnreadableInput("malformed", reason=f"XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableInput("declares_entities")
    return root


def _parser() -> Any:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def local(element: Any) -> str:
    """The name of an element without its namespace; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """An attribute by its name without namespace: strict and transitional files differ in those alone."""
    for key, value in element.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None
