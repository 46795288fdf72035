"""What makes a page good for everybody, asked in a browser that shows what the server drew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.staticfiles import finders
from tests.server.pages.visits import ADDRESS, Shown

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page, Route

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}}
HEIGHT = 800
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

LOOKING = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at a page: width and colours; `whole`: also what axe and keyboards say."""

    width: int
    scheme: str
    whole: bool = True


class Eye:
    """A browser to which every address answers what the server drew."""

    def __init__(self, page: Page) -> None:
        self.page, self.wrong = page, list[str]()
        self._shown: Shown | None = None
        page.route("**/*", self._answer)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def faults(self, shown: Shown, language: str, looks: tuple[Look, ...]) -> list[str]:
        """Open a page once, look at it in each way; return what is wrong."""
        self._shown, self.wrong = shown, []
        self.see(looks[0])
        self.page.goto(ADDRESS + shown.path)
        self.page.evaluate(f"{AXE_SCRIPT}\n{LOOKING}")
        self.wrong += self.page.evaluate("(language) => looking.form(language)", language)
        for look in looks:
            self.see(look)
            self.wrong += self.page.evaluate("() => looking.layout()")
            if look.whole:
                self.wrong += self.page.evaluate("() => looking.keyboard()") + self._axe()
        return self.wrong

    def picture(self, file: Path) -> None:
        """Keep a picture of the page, for people to look at."""
        self.page.screenshot(path=file, full_page=True)

    def see(self, look: Look) -> None:
        """Set width and colours."""
        self.page.emulate_media(color_scheme=look.scheme)  # type: ignore[arg-type]  # light or dark
        self.page.set_viewport_size({"width": look.width, "height": HEIGHT})

    def _axe(self) -> list[str]:
        found = self.page.evaluate("(rules) => axe.run(rules)", RULES)["violations"]
        return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ADDRESS).partition("?")[0]
        file = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
        if file:
            route.fulfill(path=file, content_type=TYPES[Path(file).suffix])
        elif route.request.is_navigation_request() and self._shown is not None:
            policy = {"Content-Security-Policy": self._shown.policy}
            kind = "text/html; charset=utf-8"
            route.fulfill(body=self._shown.html, content_type=kind, headers=policy)
        else:
            route.fulfill(status=204)  # what a page asks by itself

    def _hear(self, told: ConsoleMessage) -> None:
        if told.type in {"error", "warning"} and "EventSource" not in told.text:
            self.wrong.append(told.text)
