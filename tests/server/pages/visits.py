"""Every page of the server, drawn for somebody who may see it: addresses, and what forms lead to.

Nothing here names a page that only has to be looked at: those come from Django itself.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from tests.server.accounts.test_matrix import ANYTHING, Address, pages
from tests.server.pages.reading import Form, Reading
from tests.server.pages.states import STATES, State, posted

from portique.server.accounts.access import PUBLIC
from portique.server.accounts.roles import Role
from portique.server.people import index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.server.pages.furnishing import Furnished

ADDRESS = "http://localhost:8600"
HOST = {"host": "localhost:8600"}
OUTWARD = frozenset({"outgoing:try"})  # leaves the machine, which no test may
NO_PAGE = frozenset({204, 301, 302, 303, 405})


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as the server answered."""

    name: str
    path: str
    status: int
    html: str
    policy: str
    template: str


class Visitors:
    """Browsers of every role, in a language."""

    def __init__(self, arrive: Callable[[Role], Client], furnished: Furnished) -> None:
        self._arrive, self.furnished = arrive, furnished
        self.places: list[tuple[str, Role | None, str]] = []
        self._clients: dict[Role | str | None, Client] = dict(furnished.known)
        self.places += self._places()

    def client(self, role: Role | str | None) -> Client:
        """Return a role's browser; None: somebody who has not signed in."""
        if role not in self._clients:
            self._clients[role] = self._arrive(role) if isinstance(role, Role) else Client()
        self._clients[role].raise_request_exception = False
        return self._clients[role]

    def get(self, role: Role | None, path: str, language: str) -> Any:
        """Ask for a page."""
        return self.client(role).get(path, headers=HOST | {"accept-language": language})

    def send(self, role: Role | None, form: Form, where: str, language: str) -> Any:
        """Send a form with nothing typed, and undo what came of it."""
        return self.go(State("", role, posted(urljoin(where, form.action), **form.sent)), language)

    def go(self, state: State, language: str) -> Any:
        """Go the way to a page, and undo what came of it."""
        client = self.client(state.role)
        cookies = copy(client.cookies)  # whoever is signed out by it comes back
        with transaction.atomic():
            answer = state.way(client, {"headers": HOST | {"accept-language": language}})
            transaction.set_rollback(True)
        client.cookies = cookies
        index.forget_names()
        return answer

    def _places(self) -> Iterator[tuple[str, Role | None, str]]:
        """Name every address that somebody may look at, and who does; make what it shows."""
        for address in pages():
            mark = address.mark()
            role = None if mark == PUBLIC else next(one for one in Role if address.lets_in(one))
            path = self._path(address)
            for query in self.furnished.queries.get(address.name, [{}]):
                yield address.name, role, f"{path}?{urlencode(query)}" if query else path
        for role in (Role.HEAD, Role.AGENT, Role.HOLDER):
            yield f"home of {role}", role, "/"
        yield "shared device", None, "/compte/poste/"
        yield "nothing there", Role.AGENT, "/nowhere"
        yield "not for them", Role.AGENT, "/compte/comptes/"

    def _path(self, address: Address) -> str:
        made = self.furnished.objects
        for key in address.arguments.keys() - made.keys():
            maker = address.maker(key)
            made[key] = maker() if maker else ANYTHING[address.arguments[key]]()
        return reverse(address.name, kwargs={key: made[key] for key in address.arguments})


def _page(name: str, answer: Any) -> Iterator[Shown]:
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code in NO_PAGE or answer.streaming or "text/html" not in kind:
        return
    if not answer.templates:
        return  # a phone's app, the same for everybody: web/tests look at it
    policy = answer.headers["Content-Security-Policy"]
    html = answer.content.decode()
    path, template = answer.wsgi_request.get_full_path(), answer.templates[0].name
    yield Shown(name, path, answer.status_code, html, policy, template)


def drawn(visitors: Visitors, language: str, *, forms: bool = True) -> Iterator[Shown]:
    """Draw every page and, with nothing typed, where each of its forms leads."""
    sent: set[tuple[str, ...]] = set()
    for state in STATES:
        for shown in _page(state.name, visitors.go(state, language)):
            assert state.sign in shown.html, f"{state.name} is not the page it is called"
            yield shown
    for name, role, path in visitors.places:
        for shown in _page(name, visitors.get(role, path, language)):
            yield shown
            for form in Reading(shown.html).forms if forms else ():
                mark = (
                    name,
                    resolve(urlsplit(urljoin(path, form.action)).path).view_name,
                    *sorted(form.sent),
                )
                if mark not in sent and mark[1] not in OUTWARD:
                    sent.add(mark)
                    yield from _page(f"{name} sent", visitors.send(role, form, path, language))
