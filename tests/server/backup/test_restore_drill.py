"""The restore drill: copied under load, put back into an empty folder, and everything goes on.

A real server with a real gate before it; while the gate files and a program has passes made, the
database is copied. Then the machine is lost. On both kinds of database.
"""

import http.cookiejar
import json
import re
import shutil
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.link_real import Mother, RealGate, School, opened_school, wait_for
from tests.e2e.test_first_day import one_time_code

from portique.testing.postgresql import own_database

pytestmark = pytest.mark.slow
PASSWORD, SECRET = "une phrase assez longue", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ERASED = (2, 3)
COMMAND = """
import json, sys
from pathlib import Path
from portique.cli.main import main
def portique(*words):
    main([*map(str, words), "--json"], standalone_mode=False)
school = Path(sys.argv[1])
"""
BEGIN = """
from datetime import timedelta
from portique.server.config.starting import make_ready, migrate
make_ready(school); migrate()
from portique.server.school.adoption import adopt; adopt(school)
from allauth.mfa.models import Authenticator
from portique.core.values import Kind
from portique.server.accounts.adapter import SecondFactorAdapter
from portique.server.accounts.models import User
from portique.server.api.actions import Wanted, make_token
from portique.server.api.scopes import Scope
from portique.server.people.actions import Particulars, add_person
head = User.objects.create_user("direction", name="C. Fontaine", role="head", password=sys.argv[2])
secret = SecondFactorAdapter().encrypt(sys.argv[3])
Authenticator.objects.create(user=head, type="totp", data={"secret": secret})
people = [add_person(Kind.STAFF, Particulars("Ali", "Benani")) for n in range(60)]
_, token = make_token(head, Wanted("drill", (Scope.PASSES_WRITE,), timedelta(days=1)))
print(json.dumps({"token": token, "people": [str(one.pk) for one in people]}))
portique("server", "backup-key", "--school", school)
portique("server", "recovery-key", "--school", school)
"""
BACK_UP = """
portique("server", "backup", "--school", school, "--out", sys.argv[2])
from uuid import UUID
from portique.server.gates.actions import order_erasure
from portique.server.gates.models import Gate
from portique.server.people.erasing import erase
erase([UUID(sys.argv[3])])
order_erasure(Gate.objects.get(), 1, json.loads(sys.argv[4]))
"""
RESTORE = """
portique("server", "restore", "--school", school, *sys.argv[2:])
"""


def run(script: str, *words: object) -> list[dict[str, Any]]:
    """Run a script with its own Django; return what it answers, a line each."""
    command = [sys.executable, "-c", COMMAND + script, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@dataclass
class Machine:
    """A server's folder and its database, read from outside."""

    school: Path
    url: str

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Ask the database, whether or not a server runs on it."""
        if not self.url:
            import sqlite3

            with closing(sqlite3.connect(self.school / "server.db", timeout=30)) as database:
                return database.execute(question).fetchall()
        import psycopg

        with psycopg.connect(self.url) as connection:
            return connection.execute(question).fetchall()

    def chains(self) -> dict[int, bytes]:
        """Return the chain at each entry that is held."""
        return {n: bytes(c) for n, c in self.rows("SELECT number, chain FROM gates_entry")}

    def heads(self) -> list[tuple[int, bytes]]:
        """Return how far each epoch is held, and the chain there."""
        return [(n, bytes(c)) for n, c in self.rows("SELECT last, chain FROM gates_epoch")]

    def passes(self) -> dict[str, tuple[Any, ...]]:
        """Return whose each pass is, and its text."""
        asked = "SELECT pass_id, holder, text, line FROM passes_issuedpass"
        return {number: tuple(rest) for number, *rest in self.rows(asked)}

    def bodies(self) -> set[int]:
        """Return which entries still say something."""
        asked = "SELECT number FROM gates_entry WHERE body IS NOT NULL"
        return {number for (number,) in self.rows(asked)}

    def granted(self, pass_id: str) -> bool:
        """Say whether the console was told that a pass was granted."""
        told = self.rows("SELECT data FROM console_event WHERE kind = 'decision'")
        events = [json.loads(data) if isinstance(data, str) else data for (data,) in told]
        return any(event["pass"] == pass_id and event["outcome"] == 0 for event in events)


@dataclass
class Drill:
    """The school, who writes while it is copied, and where it is put back."""

    school: School
    gate: RealGate
    told: dict[str, Any]
    machine: Machine
    other: Machine
    issued: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def issue(self, person: str) -> str:
        """Have a program issue a pass; return its number."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.school.server.port}/api/v1/passes",
            data=json.dumps({"person": person}).encode(),
            headers={
                "Authorization": f"Bearer {self.told['token']}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- loopback
            return str(json.loads(answer.read())["id"])

    @contextmanager
    def load(self) -> Iterator[None]:
        """Let the gate file, and a program write, all the while."""
        threads = [threading.Thread(target=work) for work in (self._show, self._issue)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(self.issued) > 2, "a first pass")
        wait_for(lambda: len(self.machine.chains()) > 6, "a first filing")
        yield
        self.over.set()
        for thread in threads:
            thread.join()

    def _show(self) -> None:
        for text in cycle(self.school.texts):
            if self.over.wait(0.15):
                return
            self.gate.show(text)

    def _issue(self) -> None:
        for person in self.told["people"][1:]:
            if self.over.wait(0.1):
                return
            self.issued.append(self.issue(person))

    def move(self) -> None:
        """Lose the machine; what lies elsewhere is settings, keys and the list of erasures."""
        self.school.server.kill()
        self.other.school.mkdir()
        for name in ("school.toml", "erased.list"):
            shutil.copy(self.machine.school / name, self.other.school)
        shutil.copytree(self.machine.school / "keys", self.other.school / "keys")


def sign_in(address: str) -> str:
    """Sign the head in with password and app, as a browser does; return the page one is led to."""
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(cookies)

    def send(path: str, **fields: str) -> str:
        page = browser.open(address + path, timeout=30).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        data = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token[1]}).encode()
        request = urllib.request.Request(address + path, data, {"Referer": address})  # noqa: S310 -- loopback
        return str(browser.open(request, timeout=30).read().decode())

    send("/compte/connexion/", login="direction", password=PASSWORD)
    return send("/compte/second-facteur/verification/", code=one_time_code(SECRET))


@pytest.fixture(params=["sqlite", "postgresql"])
def drill(request, tmp_path, monkeypatch) -> Iterator[Drill]:
    """A school whose server and gate run, on either database, and an empty one beside."""
    with databases(request.param, tmp_path, monkeypatch) as (url, other_url), \
            opened_school(tmp_path, [()]) as school:  # fmt: skip
        [gate] = school.gates
        machine = Machine(school.server.school, url)
        mother = Mother(tmp_path / "mother.log")
        told, key, recovery = run(BEGIN, machine.school, PASSWORD, SECRET)
        (tmp_path / "key.txt").write_text(key["secret"])
        (tmp_path / "recovery.txt").write_text(recovery["secret"])
        school.server.start()
        born = mother.bear(gate.config)
        yield Drill(school, gate, told, machine, Machine(tmp_path / "other", other_url))
        mother.bury(born)
        mother.close()


@contextmanager
def databases(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, str]]:
    """Give two empty databases of a kind: the server's, and the one to put a copy back into."""
    if kind == "sqlite":
        monkeypatch.delenv("DATABASE_URL", raising=False)
        yield "", ""
        return
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    with own_database() as first:
        monkeypatch.setenv("DATABASE_URL", first)
        with own_database() as second:
            yield first, second


def test_a_school_put_back_goes_on(drill, tmp_path, monkeypatch):
    """Same rows and chain heads, erasures hold, the gate follows, people sign in, passes count."""
    copy = tmp_path / "copies" / "copy.age"
    copy.parent.mkdir()
    with drill.load():
        before = list(drill.issued), drill.machine.chains()
        erased = drill.told["people"][1]
        run(BACK_UP, drill.machine.school, copy, erased, json.dumps(ERASED))
    drill.move()
    monkeypatch.setenv("DATABASE_URL", drill.other.url)
    keys = "--key", tmp_path / "key.txt", "--recovery-key", tmp_path / "recovery.txt"
    [done] = run(RESTORE, drill.other.school, copy, *keys)

    check_rows(drill, *before)
    assert done["erased"] == 2  # a person, and entries
    assert not drill.other.bodies() & set(ERASED)
    check_that_it_goes_on(drill)


def check_rows(drill: Drill, issued: list[str], chains: dict[int, bytes]) -> None:
    """Hold what was put back to what was there before the copy, and to what was there after."""
    passes, all_passes = drill.other.passes(), drill.machine.passes()
    entries, all_entries = drill.other.chains(), drill.machine.chains()
    [(last, head)] = drill.other.heads()

    assert set(issued) <= passes.keys()
    assert passes.items() <= all_passes.items()
    assert chains.items() <= entries.items() <= all_entries.items()
    assert (last, head) == (max(entries), entries[max(entries)])


def check_that_it_goes_on(drill: Drill) -> None:
    """Start it: the gate files again what is missing and what comes, and takes new knowledge."""
    heard = drill.gate.heard
    known = heard.reports[-1].knowledge
    assert known
    heard.reports.clear()
    drill.school.server.school = drill.other.school
    drill.school.server.start()
    wait_for(lambda: heard.drained, "all that the copy lacks")
    assert drill.machine.chains().items() <= drill.other.chains().items()
    assert not drill.other.bodies() & set(ERASED)

    assert "Que voulez-vous faire" in sign_in(f"http://127.0.0.1:{drill.school.server.port}")
    number = drill.issue(drill.told["people"][-1])
    counted = "SELECT value FROM school_counter WHERE name = 'knowledge'"
    [(version,)] = drill.other.rows(counted)
    wait_for(lambda: knows(heard, known.epoch, version), "the new epoch at the gate")
    show_until_granted(drill, number)
    show_a_lost_one(drill)


def show_a_lost_one(drill: Drill) -> None:
    """Show a pass issued after the copy: the alarm says so, and no other speaks of a stolen key."""
    known, lost = drill.other.passes(), drill.machine.passes()
    drill.gate.show(next(text for number, (_, text, _) in lost.items() if number not in known))
    alarms = "SELECT kind FROM gates_alarm WHERE kind LIKE 'unknown%'"
    wait_for(lambda: drill.other.rows(alarms) == [("unknown-restored",)], "the alarm of a restore")


def show_until_granted(drill: Drill, number: str) -> None:
    """Show a pass every second, as somebody does who holds it up."""
    text, looks = drill.other.passes()[number][1], cycle(range(50))

    def granted() -> bool:
        if next(looks) == 0:
            drill.gate.show(text)
        return drill.other.granted(number)

    wait_for(granted, "the new pass at the gate")


def knows(heard: Any, epoch: int, number: int) -> bool:
    """Say whether the gate has knowledge of a later epoch, as new as that."""
    known = heard.reports[-1].knowledge if heard.reports else None
    return known is not None and known.epoch > epoch and known.number >= number
