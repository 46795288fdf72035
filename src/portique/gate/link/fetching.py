"""Fetching knowledge: signed by the school, written where the gate looks for it, never older.

A bundle is believed for its own signature. So a gate that was just enrolled, or
slept through a change of keys, can learn the key by which answers are proved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core import knowledge
from portique.core.errors import EnvironmentProblem, KnowledgeError, LinkError
from portique.core.knowledge import BUNDLE_BYTES_MAX, read_keys_part, read_manifest
from portique.gate.link.calls import UnprovedAnswer
from portique.gate.link.filing import Refused
from portique.gate.private_files import write_durably

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from portique.core.knowledge import Version
    from portique.gate.link.calls import Calls, Reply, Timekeeper
    from portique.gate.sync import Source, Trust

PATH = "/gate/v1/knowledge"
FILE = "server.knowledge"
OK, NOTHING_NEWER = 200, 204
AGAIN_MS = 60_000  # one that was fetched and not taken is fetched no more often


class Fetcher:
    """Fetches a bundle when there is a newer one. Used by one thread.

    Args:
        calls: Makes the signed calls.
        source: Says what the gate knows, and takes up what is written.
        trust: Whose bundles count.
        file: Where bundles are written, one in the place of the other.
        clock: The gate's.
    """

    def __init__(
        self, calls: Calls, source: Source, trust: Trust, file: Path, clock: Timekeeper
    ) -> None:
        self._calls = calls
        self._source = source
        self._trust = trust
        self._file = file
        self._clock = clock
        self._wanted = source.current is None
        self._due_ms = 0
        self._fetched: Version | None = None
        self.on_fetched: Callable[[], None] = lambda: None

    def want(self, newest: Version | None) -> None:
        """Fetch soon, if the server has newer knowledge than the gate."""
        known = self._source.current
        if newest is None or (known is not None and newest <= known.version):
            return
        self._wanted = True
        if newest != self._fetched:
            self._due_ms = 0

    def ask_again(self) -> None:
        """Fetch at the next turn: an answer was not proved, and the keys may be new."""
        self._wanted, self._due_ms = True, 0

    @property
    def due(self) -> bool:
        """Say whether there is something to fetch now."""
        wanted = self._wanted or self._source.current is None
        return wanted and self._clock.monotonic_ms() >= self._due_ms

    def fetch_if_wanted(self, tell_time: Callable[[int, int], None]) -> bool:
        """Fetch what is wanted and due; return whether there is a bundle to take up.

        Args:
            tell_time: Gets the server's signed time, and how old it may be, in milliseconds.

        Raises:
            LinkError: No reply, none of this school's, or the disk refused it.
        """
        if not self.due:
            return False
        known = self._source.current
        if known is not None:  # without it nothing else can be done: tried as often as the link may
            self._due_ms = self._clock.monotonic_ms() + AGAIN_MS
        query = f"?have={known.version.epoch}.{known.version.number}" if known else ""
        reply = self._calls.ask("GET", PATH + query, bytes_max=BUNDLE_BYTES_MAX)
        if reply.status not in {OK, NOTHING_NEWER}:
            raise Refused(reply.status, proved=False)
        if reply.status == OK:
            self._keep(reply, tell_time)
        self._due_ms = self._clock.monotonic_ms() + AGAIN_MS
        self._wanted = False
        return reply.status == OK

    def _keep(self, reply: Reply, tell_time: Callable[[int, int], None]) -> None:
        """Write a bundle of this school's; the gate's own look takes it up or says why not."""
        try:
            manifest = read_manifest(reply.body, self._trust.school_key, uai=self._trust.uai)
            if self._source.current is None:  # the time first: it may decide about the bundle
                self._tell_first_time(reply, tell_time)
            write_durably(self._file, reply.body)
        except KnowledgeError as error:
            raise LinkError(f"what the server sent is of no use: {error}") from error
        except OSError as error:
            raise EnvironmentProblem(
                f"knowledge can't be written ({error.strerror}): check the disk"
            ) from error
        self._fetched = manifest.version
        self.on_fetched()

    def _tell_first_time(self, reply: Reply, tell_time: Callable[[int, int], None]) -> None:
        bundle = knowledge.read_bundle(reply.body, self._trust.school_key, uai=self._trust.uai)
        orders = read_keys_part(bundle.parts.get("keys"), None).orders
        try:
            tell_time(reply.signed_ms(orders), reply.within_ms)
        except UnprovedAnswer:
            return  # the bundle stands without it
