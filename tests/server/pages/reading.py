"""What is written on a page, as somebody reads or hears it, and the forms one may send from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

SPOKEN = ("alt", "aria-label", "content", "data-label", "placeholder", "title")
SILENT = ("script", "style", "svg", "code")
VOID = ("br", "hr", "img", "input", "link", "meta")
OTHER_TONGUE = "lang"


@dataclass(slots=True)
class Form:
    """A form of the page's main part: where it goes, and what is sent when nothing is typed."""

    action: str
    sent: dict[str, str] = field(default_factory=dict)


class Reading(HTMLParser):
    """Read a page: its texts, its forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.forms: list[Form] = []
        self._open: list[str] = []
        self._silent: list[bool] = [False]
        self._form: Form | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what is spoken of a tag, and what its form would send."""
        given = {name: value or "" for name, value in attributes}
        foreign = tag != "html" and OTHER_TONGUE in given
        if not self._silent[-1] and not foreign:
            self._say(tag, given)
        if tag not in VOID:
            self._open.append(tag)
            self._silent.append(self._silent[-1] or foreign or tag in SILENT)
        self._note(tag, given)

    def handle_endtag(self, tag: str) -> None:
        """Close a tag, with those inside it that were left open."""
        if tag == "form":
            self._form = None
        while tag in self._open and self._open.pop() != tag:
            self._silent.pop()
        if len(self._silent) > len(self._open) + 1:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        text = " ".join(data.split(" ")).strip()
        if text and not self._silent[-1]:
            self.texts.append(text)

    def _say(self, tag: str, given: dict[str, str]) -> None:
        names = SPOKEN if tag != "meta" else ()
        self.texts += [given[name] for name in names if given.get(name)]

    def _note(self, tag: str, given: dict[str, str]) -> None:
        if tag == "form" and given.get("method") == "post" and "main" in self._open:
            self._form = Form(given.get("action", ""))
            self.forms.append(self._form)
        name = given.get("name", "")
        if self._form is None or not name:
            return
        if tag == "input" and given.get("type") == "hidden":
            self._form.sent[name] = given.get("value", "")
        elif tag == "button":
            self._form.sent.setdefault(name, given.get("value", ""))
