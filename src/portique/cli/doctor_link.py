"""Whether a gate and its school's server understand each other: asked as the gate asks."""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from portique.cli.doctor_checks import Finding, State
from portique.cli.doctor_tls import explain
from portique.cli.options import machine_time
from portique.core.errors import EnvironmentProblem, KnowledgeError, LinkError
from portique.core.knowledge import BUNDLE_BYTES_MAX, read_bundle, read_keys_part
from portique.core.values import Uai, to_ms
from portique.gate.clock import GateClock
from portique.gate.keyfiles import read_private, read_public
from portique.gate.link.calls import Caller, Calls, Place
from portique.gate.link.fetching import FILE, OK, PATH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portique.gate.link.calls import Reply
    from portique.gate.sections import GateConfig

NAME = "server"
UNKNOWN = 401
RECEIPTS = ".outbox"  # beside the journal, see `portique.gate.outbox`
SKEW_MS_MAX = 5_000  # further away, a gate goes by the server's signed time


def check_server(config: GateConfig) -> Iterator[Finding]:
    """Fetch the knowledge as the gate would, and throw it away; a file of it says when it did."""
    try:
        reply = _asked(config)
    except EnvironmentProblem as problem:
        yield Finding(NAME, State.WRONG, str(problem), "mend that file first")
        return
    except LinkError as error:
        yield _not_reached(config.server.address, error)
        return
    yield from _judged(config, reply)
    yield _last_contact(config)


def _asked(config: GateConfig) -> Reply:
    """Ask the server once.

    Raises:
        EnvironmentProblem: The gate's key or the authority's file can't be used.
        LinkError: No reply.
    """
    server = config.server
    caller = Caller(config.gate.id, read_private(config.gate.key), GateClock(), os.urandom)
    calls = Calls(Place(server.address, server.ca, server.proxy), caller)
    try:
        return calls.ask("GET", PATH, bytes_max=BUNDLE_BYTES_MAX)
    finally:
        calls.close()


def _not_reached(address: str, error: LinkError) -> Finding:
    problem = _tls_problem(error)
    if problem is None:
        advice = "is the server on, this machine on its network, server.address and proxy right?"
        return Finding(NAME, State.WRONG, f"{address}: {error}; the lane goes on without", advice)
    found, advice = explain(problem, urlsplit(address).hostname or "")
    advice = f"{advice}; for a gate: server.ca names the authority's file"
    return Finding(NAME, State.WRONG, f"{address}: {found}", advice)


def _tls_problem(error: BaseException | None) -> ssl.SSLError | None:
    """Return the failed handshake that an error began with, if one did."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error


def _judged(config: GateConfig, reply: Reply) -> Iterator[Finding]:
    """Hold what came back to the keys that this gate was given when it joined."""
    address = config.server.address
    if reply.status == UNKNOWN:
        advice = "show it a new invitation: portique gate enrol"
        told = f"{address} doesn't know this gate, or no longer"
        yield Finding(NAME, State.WRONG, told, advice)
        return
    if reply.status != OK:
        advice = "the server's log says why; for a proxy, see docs/en/server.md"
        yield Finding(NAME, State.WRONG, f"{address} answers {reply.status}", advice)
        return
    try:
        pinned = read_public(config.knowledge.school_key)
        bundle = read_bundle(reply.body, pinned, uai=Uai(config.gate.school))
        signed_ms = reply.signed_ms(read_keys_part(bundle.parts.get("keys"), None).orders)
    except (KnowledgeError, LinkError) as error:
        advice = "is it another school's server, or one made anew? then enrol the gate again"
        told = f"what answers at {address} has not the key this gate was given ({error})"
        yield Finding(NAME, State.WRONG, told, advice)
        return
    yield Finding(NAME, State.OK, f"{address} answers, with the school's own key")
    yield _clock(signed_ms, within_ms=reply.within_ms)


def _clock(signed_ms: int, *, within_ms: int) -> Finding:
    ahead_ms = to_ms(machine_time()) - signed_ms
    if -SKEW_MS_MAX <= ahead_ms <= SKEW_MS_MAX + within_ms:
        return Finding("server's clock", State.OK, "as this machine's")
    side = "ahead of" if ahead_ms > 0 else "behind"
    told = f"this machine is {abs(ahead_ms) // 1000} s {side} the server: the gate goes by it"
    advice = "have both synchronised (timedatectl); one of them is wrong"
    return Finding("server's clock", State.NOTE, told, advice)


def _last_contact(config: GateConfig) -> Finding:
    """Look when the gate last wrote down a receipt of the server's, or newer knowledge."""
    journal = config.journal.file
    files = journal.with_name(FILE), journal.with_name(f"{journal.name}{RECEIPTS}")
    heard_s = max((path.stat().st_mtime for path in files if path.exists()), default=None)
    if heard_s is None:
        told = "the gate itself has not worked with it yet"
        return Finding("last contact", State.NOTE, told, "start it: portique gate run")
    heard = machine_time() - datetime.fromtimestamp(heard_s, UTC)
    minutes = max(0, int(heard.total_seconds() // 60))
    told = f"entries were taken, or newer knowledge came, {minutes} minutes ago"
    return Finding("last contact", State.OK, told)
