"""The access matrix: every address of the server, for everybody, as its view's mark says.

Nothing here names a page: addresses come from Django itself, so a new one is held to this at once.
Arguments of addresses are filled from `tests/server/matrix_objects.py`.
"""

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from tests.server.matrix_objects import FOR_EVERYBODY, OBJECTS, READS_CODES, TRACES

from portique.server.accounts.access import BY_PROOF, EARLY, MARK, PUBLIC, STEPPED
from portique.server.accounts.roles import TWO_FACTORS, Role

pytestmark = pytest.mark.slow  # every address, role by role

FOUND = 200
FINE = frozenset({200, 204, 302, 404, 405})
REFUSED = frozenset({400, 401, 403, 404, 405, 411, 413, 415})
SIGN_IN, FACTORS = "/compte/connexion/", "/compte/second-facteur/"
ANYTHING = {  # until somebody says how to make one: an object that is not there
    "UUIDConverter": uuid.uuid4,
    "IntConverter": lambda: 1,
    "StringConverter": lambda: "x",
    "SlugConverter": lambda: "x",
    "PathConverter": lambda: "x",
}
EVERYBODY = [None, *Role]
INLINE = re.compile(r"<script(?![^>]*\b(src|type=.application/json))|<style|\s(on[a-z]+|style)=")


@dataclass(frozen=True)
class Address:
    """One address, what is behind it, and its arguments: of what form each is."""

    name: str
    view: Any
    arguments: dict[str, str]

    def path(self) -> str:
        """Fill the arguments in, with objects made for it where somebody said how."""
        made = {key: (self.maker(key) or ANYTHING[self.arguments[key]])() for key in self.arguments}
        return reverse(self.name, kwargs=made)

    def maker(self, key: str) -> Any:
        return OBJECTS.get(f"{self.name}.{key}") or OBJECTS.get(key)

    def mark(self) -> Any:
        return getattr(self.view, MARK, None)

    def lets_in(self, role: Role | None) -> bool:
        return self.mark() == PUBLIC or (role is not None and role in self.mark())


def walk(patterns: Any, space: tuple[str, ...] = ()) -> Iterator[Address]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = (*space, pattern.namespace) if pattern.namespace else space
            yield from walk(pattern.url_patterns, inner)
        else:
            name = ":".join((*space, pattern.name or str(pattern.pattern)))
            forms = {key: type(form).__name__ for key, form in pattern.pattern.converters.items()}
            yield Address(name, pattern.callback, forms)


def addresses() -> list[Address]:
    return list(walk(get_resolver().url_patterns))


def pages() -> list[Address]:
    return [address for address in addresses() if address.mark() != BY_PROOF]


def browser(signed_in: Any, role: Role | None) -> Client:
    client: Client = Client() if role is None else signed_in(role)
    client.raise_request_exception = False
    return client


def visits(signed_in: Any) -> Iterator[tuple[Client, Address]]:
    """Go through all pages, each in the browser of the first role that may see it."""
    everything = pages()
    for role in Role:
        mine = [each for each in everything if each.lets_in(role)]
        client = browser(signed_in, role) if mine else Client()
        yield from ((client, each) for each in mine)
        everything = [each for each in everything if each not in mine]


def rows() -> dict[str, list[Any]]:
    """Return every row of every table, save those that say who was there."""
    with connection.cursor() as cursor:
        found = {}
        for table in set(connection.introspection.table_names()) - TRACES:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- names from the database
            found[table] = sorted(map(str, cursor.fetchall()))
        return found


def verdict(address: Address, role: Role | None, response: Any) -> str:
    """Return what is wrong with an answer; nothing when it is as the mark says."""
    code, leads_to = response.status_code, response.headers.get("Location", "")
    if address.lets_in(role):
        led_away = leads_to == FACTORS and role in TWO_FACTORS  # who has one in these tests
        return "" if code in FINE and not led_away else "shut out"
    if role is None:
        return "" if code == 302 and leads_to.startswith(SIGN_IN) else "open to anybody"
    return "" if code == 403 else "open to this role"


def test_every_view_says_who_may_see_it():
    """A view without a mark is closed; it is an oversight all the same."""
    assert [address.name for address in addresses() if address.mark() is None] == []


def test_every_argument_of_an_address_has_its_object():
    """An address of something that is not there shows less than it should."""
    lacking = [(a.name, key) for a in addresses() for key in a.arguments if not a.maker(key)]

    assert lacking == [], "tell tests/server/matrix_objects.py how to make them"


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("method", ["get", "post"])
def test_each_page_is_open_to_whom_its_mark_names_and_to_nobody_else(signed_in, role, method):
    """Looking and sending alike; what is sent by those who may is left to each page's own tests."""
    client, wrong = browser(signed_in, role), []
    for address in pages():
        if method == "post" and address.lets_in(role):
            continue
        response = getattr(client, method)(address.path())
        said = verdict(address, role, response)
        if said:
            wrong.append((address.name, said, response.status_code))

    assert wrong == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_asks_for_a_proof_answers_nobody_without_one(signed_in, method):
    """A head's session is no proof: gates sign, programs have tokens."""
    client = browser(signed_in, Role.HEAD)
    proofs = [address for address in addresses() if address.mark() == BY_PROOF]
    codes = {each.name: getattr(client, method)(each.path()).status_code for each in proofs}

    assert {name: code for name, code in codes.items() if code not in REFUSED} == {}


def test_looking_changes_nothing(signed_in):
    """No row of any table but the traces of looking, by any GET of somebody who may."""
    changed = []
    for client, address in visits(signed_in):
        path, before = address.path(), rows()
        client.get(path)
        after = rows()
        changed += [(address.name, table) for table in after if after[table] != before[table]]

    assert changed == []


def test_every_answer_is_kept_by_nobody_and_runs_nothing_foreign(signed_in, settings):
    """Headers, cookies as over HTTPS, and no script or style within a page, refusals included."""
    for cookie in ("SESSION", "CSRF", "LANGUAGE"):  # what `PORTIQUE_SECURE` says once, at the start
        setattr(settings, f"{cookie}_COOKIE_SECURE", True)
    stranger, wrong = Client(), []
    for client, address in visits(signed_in):
        for response in (client.get(address.path()), stranger.get(address.path())):
            wrong += [(address.name, fault) for fault in faults_of(response, address.name)]

    assert wrong == []


def faults_of(response: Any, page: str) -> Iterator[str]:
    policy = response.headers.get("Content-Security-Policy", "")
    if page in READS_CODES:
        policy = policy.replace("'wasm-unsafe-eval'", "")
    theirs = page in FOR_EVERYBODY and response.status_code == FOUND
    kept = "no-cache" if theirs else "no-store"
    if (
        "default-src 'self'" not in policy
        or "unsafe" in policy
        or "object-src 'none'" not in policy
    ):
        yield "policy"
    if kept not in response.headers.get("Cache-Control", ""):
        yield "kept"
    expected = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
    expected |= {"Referrer-Policy": "same-origin"}
    yield from (name for name, value in expected.items() if response.headers.get(name) != value)
    for name, cookie in response.cookies.items():
        kept_apart = cookie["httponly"] and cookie["samesite"] and cookie["secure"]
        if cookie["max-age"] != 0 and not kept_apart:
            yield f"cookie {name}"
    if "text/html" in response.headers.get("Content-Type", "") and not response.streaming:
        yield from ("inline" for _ in INLINE.finditer(response.content.decode()))


@pytest.mark.parametrize("role", sorted(TWO_FACTORS))
def test_without_a_second_factor_there_is_only_its_set_up(account, role):
    """Every page leads there, save those that are needed for it."""
    client = Client()
    client.force_login(account(role))
    later = [address for address in pages() if not getattr(address.view, EARLY, False)]
    ways = {each.name: client.get(each.path()).headers.get("Location") for each in later}

    assert {name: way for name, way in ways.items() if way != FACTORS} == {}


@pytest.mark.parametrize("role", list(Role))
def test_acts_that_matter_ask_who_is_there_again(signed_in, role):
    """Five minutes after password or factor were given, neither looking nor sending does."""
    client = browser(signed_in, role)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    stepped = [each for each in pages() if getattr(each.view, STEPPED, False)]
    for address in (each for each in stepped if each.lets_in(role)):
        for method in (client.get, client.post):
            assert "/encore/" in method(address.path()).headers["Location"], address.name


def test_served_over_https_django_finds_nothing_to_say():
    """Its own check of a deployment, with every warning an error."""
    told = os.environ | {"PORTIQUE_SECURE": "1"}
    told.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # this run's own: Playwright keeps a loop
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
