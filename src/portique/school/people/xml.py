"""XML from outside, read piece by piece: chosen elements only, nothing kept of the rest.

No document type, entity or outer reference is accepted, and the whole tree is never built: memory
stays that of one element whatever the size of the file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

# No stubs of defusedxml are installed; its three names are used here only.
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import (  # type: ignore[import-untyped]
    DefusedXMLParser,
    ParseError,
)

from portique.school.people.limits import count_name
from portique.school.people.refusals import Refusal, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portique.core.errors import FileRefused

DEPTH_MAX = 16
ELEMENTS_MAX = 2_000_000
ELEMENT_PARTS_MAX = 500
TEXT_CHARACTERS_MAX = 2_000
LIST_DEPTH = 4  # root / DONNEES / a list / its items: what is counted when nobody wants it


@dataclass(slots=True)
class Element:
    """One chosen element: its attributes, and its parts in their order."""

    tag: str
    attributes: dict[str, str]
    parts: list[Element] = field(default_factory=list)
    text: str = ""

    def part(self, *tags: str) -> str:
        """Return the text of the first part that has one and bears one of these names."""
        for tag in tags:
            for part in self.parts:
                if part.tag == tag and part.text:
                    return part.text
        return ""


class _Stop(Exception):  # noqa: N818 - no error: the rest of the file is of no use
    """The root is of no interest."""


@dataclass(slots=True)
class Wanted:
    """What to look for in one file.

    `roots` names the roots of interest; `elements` says whom to give each chosen element, by its
    name. What is met beside them in lists is counted in `beside`, by name.
    """

    roots: frozenset[str]
    elements: dict[str, Callable[[Element], None]]
    beside: Counter[str] = field(default_factory=Counter)


class _Gatherer:
    """The parser's target: keeps the open elements within a chosen one, and counts."""

    def __init__(self, wanted: Wanted) -> None:
        self.root = ""
        self._wanted = wanted
        self._depth = 0
        self._count = 0
        self._open: list[Element] = []
        self._parts = 0
        self._texts: list[str] = []
        self._length = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        self._depth += 1
        self._count += 1
        _check_counts(self._depth, self._count)
        if self._depth == 1:
            self._enter_root(tag)
        elif self._open or tag in self._wanted.elements:
            self._enter(tag, attributes)
        elif self._depth == LIST_DEPTH:
            count_name(self._wanted.beside, tag)

    def data(self, text: str) -> None:
        """Take a piece of text, if it belongs to a chosen element."""
        if not self._open:
            return
        self._length += len(text)
        if self._length > TEXT_CHARACTERS_MAX:
            raise refused(Refusal.TEXT_TOO_LONG, "a text of the file is longer than any name")
        self._texts.append(text)

    def end(self, tag: str) -> None:
        """Leave an element, and give it away if it was chosen."""
        self._depth -= 1
        if not self._open:
            return
        element = self._open.pop()
        element.text = "" if element.parts else "".join(self._texts).strip()
        self._forget_text()
        if self._open:
            self._open[-1].parts.append(element)
        else:
            self._wanted.elements[tag](element)

    def close(self) -> None:
        """End the file."""

    def _enter_root(self, tag: str) -> None:
        self.root = tag
        if tag not in self._wanted.roots:
            raise _Stop

    def _enter(self, tag: str, attributes: dict[str, str]) -> None:
        self._parts = self._parts + 1 if self._open else 0
        if self._parts > ELEMENT_PARTS_MAX:
            raise refused(Refusal.TOO_MANY_PARTS, "one person of the file has hundreds of parts")
        self._open.append(Element(tag, attributes))
        self._forget_text()

    def _forget_text(self) -> None:
        self._texts, self._length = [], 0


def _check_counts(depth: int, count: int) -> None:
    if depth > DEPTH_MAX:
        raise refused(Refusal.TOO_DEEP, "the file is nested deeper than any export")
    if count > ELEMENTS_MAX:
        raise refused(Refusal.TOO_MANY_PARTS, "the file holds more than any school's export")


class _Walker:
    """The parser's target when every element counts and none is kept."""

    def __init__(self, element: Callable[[str, dict[str, str], str], None]) -> None:
        self._element = element
        self._open: list[tuple[dict[str, str], list[str]]] = []
        self._count = 0

    def start(self, _tag: str, attributes: dict[str, str]) -> None:
        """Enter an element."""
        self._count += 1
        _check_counts(len(self._open), self._count)
        self._open.append((attributes, []))

    def data(self, text: str) -> None:
        """Take a piece of text."""
        if self._open:
            self._open[-1][1].append(text)

    def end(self, tag: str) -> None:
        """Leave an element."""
        attributes, texts = self._open.pop()
        self._element(tag, attributes, "".join(texts))

    def close(self) -> None:
        """End the file."""


def read_xml(chunks: Iterable[bytes], wanted: Wanted) -> str:
    """Read one XML file, giving each chosen element away as it ends.

    Returns:
        The name of its root. If that is not among `wanted.roots`, nothing else was read.

    Raises:
        FileRefused: A document type or entity, not well-formed or cut, too deep, long or many.
    """
    gatherer = _Gatherer(wanted)
    _parse(chunks, gatherer)
    return gatherer.root


def walk_xml(chunks: Iterable[bytes], element: Callable[[str, dict[str, str], str], None]) -> None:
    """Give every element away as it ends: its name, its attributes, its own text.

    Raises:
        FileRefused: As `read_xml`.
    """
    _parse(chunks, _Walker(element))


def _parse(chunks: Iterable[bytes], target: object) -> None:
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        for chunk in chunks:
            parser.feed(chunk)
        parser.close()
    except _Stop:
        return
    except DefusedXmlException as error:
        raise refused(
            Refusal.ENTITIES, "the file declares a document type or entities: no export does"
        ) from error
    except (ParseError, LookupError, ValueError) as error:
        raise _not_well_formed(error) from error


def _not_well_formed(error: Exception) -> FileRefused:
    line = getattr(error, "position", (0,))[0]
    return refused(
        Refusal.NOT_WELL_FORMED,
        f"the XML breaks off or is damaged near line {line}: export it again, change nothing",
    )
