"""Run the project's checks, stage after stage, and close on one line: N passed, N failed.

A stage that fails does not hide the next ones; the exit code is 1 if any failed.

Example:
    python tools/checks.py check
"""
# ruff: noqa: INP001, T201, S603 -- a script of the checkout, which prints and starts fixed commands

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "checks"
COVERAGE_PATHS = ROOT / "tools" / "coverage_paths.txt"
# What `tools/web.py` fetched: a Node, TypeScript's checker of plain JavaScript, its formatter.
NODE = ROOT / "build" / "web" / "node"
TSC = ROOT / "build" / "web" / "node_modules" / "typescript" / "bin" / "tsc"
PRETTIER = ROOT / "build" / "web" / "node_modules" / "prettier" / "bin" / "prettier.cjs"
PYTHON = sys.executable
FAST = "not slow and not browser"
SLOW = "slow and not browser"
# Tests that start processes and kill them: side by side, they would starve each other on two cores.
TWO = ("-n", "2", "--dist", "worksteal")
ALONE = ("tests/crash", "tests/e2e")
ON_POSTGRESQL = ("tests/server", "tests/school/test_register.py")
CAMPAIGN_TIMEOUT_S = 4 * 3600
# How far the tests go is told by these variables, each read by the tests that it concerns.
QUICK = {
    "PORTIQUE_CASES": "60",
    "PORTIQUE_MUTATIONS": "5000",
    "PORTIQUE_KILLS": "5",
    "PORTIQUE_GATE_KILLS": "2",
    "PORTIQUE_POWER_CUTS": "100",
    "PORTIQUE_LINK_MODELS": "5",
    "PORTIQUE_WEB_CASES": "2000",
}
CAMPAIGN = {
    "PORTIQUE_CASES": "10000",  # hypothesis examples for each property
    "PORTIQUE_MUTATIONS": "1000000",  # structured mutations of pass texts
    "PORTIQUE_KILLS": "8500",  # kill -9 of the process that journals and opens
    "PORTIQUE_GATE_KILLS": "1500",  # kill -9 of a whole gate
    "PORTIQUE_POWER_CUTS": "20000",  # power cuts in the file system's model
    "PORTIQUE_PHOTOGRAPHS": "40",  # photographs of each kind, beside the decoder alone
    "PORTIQUE_DOOR_DEATHS": "25",  # stops and kills of the lane whose relay must fall
    "PORTIQUE_FLAPS": "10000",  # losses and returns of a door's link
    "PORTIQUE_LINK_HISTORIES": "200",  # lives of whole gates around a real server, all killed
    "PORTIQUE_LINK_MODELS": "500",  # histories of four gates and the server's views
    "PORTIQUE_WEB_CASES": "1000000",  # facts, passes and bytes judged by JavaScript and by Python
    "PORTIQUE_MORNING_PASSES": "400",  # shown to three phones without network
    "PORTIQUE_STOLEN_PHONES": "3",  # ways in which a phone lies there while it is removed
    "PORTIQUE_BROWSER_KILLS": "60",  # kill -9 of a phone's whole browser
    "PORTIQUE_EVERY_LOOK": "1",  # each page in both languages, by day and night, phone and desk
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One command, what it is called, and what it adds to the environment."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def tool(name: str) -> str:
    """Name a program of the environment that runs this script."""
    return str(Path(PYTHON).with_name(name))


def static_stages() -> list[Stage]:
    """List the stages that read the code without running it."""
    return [
        Stage("lint", (tool("ruff"), "check", "--quiet", ".")),
        Stage("format", (tool("ruff"), "format", "--check", "--quiet", ".")),
        Stage("types", (tool("mypy"), "--no-error-summary", "src", "tests", "tools")),
        Stage("imports", (tool("lint-imports"), "--no-cache")),
        Stage("web types", (str(NODE), str(TSC), "--project", "web")),
        Stage("web format", prettier("--check")),
    ]


def prettier(how: str) -> tuple[str, ...]:
    """Write the command that looks at or gives the form of our scripts, not of Python's tables."""
    return (str(NODE), str(PRETTIER), "--log-level=warn", how, "web/**/*.js", "!web/core/*table.js")


def format_stages() -> list[Stage]:
    """List what `make format` runs: the stages that change files."""
    return [
        Stage("format", (tool("ruff"), "format", "--quiet", ".")),
        Stage("web format", prettier("--write")),
    ]


def web_stage() -> Stage:
    """Run the web side's own tests, the vectors of every format among them."""
    report = RESULTS / "web.xml"
    reporters = (
        *("--test-reporter=dot", "--test-reporter-destination=stdout"),
        *("--test-reporter=junit", f"--test-reporter-destination={report}"),
    )
    files = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("web/tests/*.test.js"))
    return Stage("web", (str(NODE), "--test", *reporters, *files))


def tests(name: str, marks: str, *more: str) -> tuple[str, ...]:
    """Write the command that runs the tests with these marks and keeps their count."""
    report = f"--junit-xml={RESULTS / name}.xml"
    return (PYTHON, "-m", "pytest", "--quiet", "-m", marks, report, *more)


def beside(*more: str) -> tuple[str, ...]:
    """Spread tests over the cores, without those that want them all."""
    return (*TWO, *(f"--ignore={path}" for path in ALONE), *more)


def check_stages() -> list[Stage]:
    """List what `make check` runs, in under two minutes."""
    return [*static_stages(), web_stage(), Stage("fast", tests("fast", FAST, *beside()), QUICK)]


def covered_stages() -> list[Stage]:
    """Run the tests of the listed files measured, in one process, then hold these at 100 %."""
    patterns = [
        line
        for line in COVERAGE_PATHS.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    data = QUICK | {"COVERAGE_FILE": str(RESULTS / "coverage")}
    include = f"--include={','.join(patterns)}"
    run_measured = (PYTHON, "-m", "coverage", "run", "-m", "pytest", "--quiet", "-m", FAST)
    return [
        Stage("measured", (*run_measured, *chain.from_iterable(map(tests_of, patterns))), data),
        Stage("coverage data", (PYTHON, "-m", "coverage", "combine", "--quiet"), data),
        Stage("coverage", (PYTHON, "-m", "coverage", "report", include, "--fail-under=100"), data),
    ]


def tests_of(pattern: str) -> list[str]:
    """Name where the tests of `src/portique/core/*` or of one module are, by convention."""
    place = Path(pattern).relative_to("src/portique")
    folder = Path("tests") / place.parent
    if place.stem == "*":
        return [str(folder)]
    own, more = f"test_{place.stem}.py", f"test_{place.stem}_*.py"
    found = sorted([*(ROOT / folder).glob(own), *(ROOT / folder).glob(more)])
    return [str(path.relative_to(ROOT)) for path in found]


def test_stages() -> list[Stage]:
    """List what `make test` runs: everything but the long campaigns."""
    return [
        *static_stages(),
        web_stage(),
        Stage("fast", tests("fast", FAST, *beside())),
        *covered_stages(),
        Stage("slow", tests("slow", SLOW, *beside())),
        *alone_stages(),
        postgresql_stage(),
        Stage("browser", tests("browser", "browser", *TWO)),
    ]


def release_stages() -> list[Stage]:
    """List the long campaigns: the same tests, with the numbers that a release asks for."""
    patience = f"--timeout={CAMPAIGN_TIMEOUT_S}"
    return [
        *static_stages(),
        web_stage(),
        Stage("fast", tests("fast", FAST, *beside(patience)), CAMPAIGN),
        Stage("slow", tests("slow", SLOW, *beside(patience)), CAMPAIGN),
        *alone_stages(patience, environment=CAMPAIGN),
        postgresql_stage(),
        Stage("browser", tests("browser", "browser", patience, *TWO), CAMPAIGN),
        Stage("load", (tool("portique"), "bench", "server", "--seconds", "120")),
        Stage("phones", (tool("portique"), "bench", "phones")),
    ]


def alone_stages(*more: str, environment: dict[str, str] | None = None) -> list[Stage]:
    """Run, one after another, the tests that want both cores. No folder yet: no stage."""
    folders = [path for path in ALONE if any((ROOT / path).glob("test_*.py"))]
    command = tests("alone", "not browser", *more, *folders)
    return [Stage("alone", command, environment or {})] if folders else []


def postgresql_stage() -> Stage:
    """Run the server's tests again on a real PostgreSQL, started for them.

    Those that start servers of their own are left out: they would all be given the same database.
    """
    command = tests("postgresql", FAST, *TWO, *ON_POSTGRESQL)
    return Stage("postgresql", (PYTHON, str(ROOT / "tools" / "postgresql.py"), *command), QUICK)


def run(stage: Stage) -> bool:
    """Run one stage where it can be watched, and tell whether it succeeded."""
    print(f"\n== {stage.name}: {' '.join(stage.command)}", flush=True)
    started = time.monotonic()
    environment = os.environ | stage.environment
    done = subprocess.run(
        stage.command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False
    )
    # pytest answers 5 when no test carries the marks: nothing failed.
    succeeded = done.returncode == 0 or ("pytest" in stage.command and done.returncode == 5)
    verdict = "ok" if succeeded else f"FAILED (exit {done.returncode})"
    print(f"== {stage.name}: {verdict}, {time.monotonic() - started:.1f} s", flush=True)
    return succeeded


def tally() -> tuple[int, int, int]:
    """Add up the tests that passed, failed and were skipped, from the stages' reports."""
    passed = failed = skipped = 0
    for report in sorted(RESULTS.glob("*.xml")):
        for case in ET.parse(report).iter("testcase"):  # noqa: S314 -- written by our own runners
            bad = case.find("failure") is not None or case.find("error") is not None
            left_out = not bad and case.find("skipped") is not None
            passed += not (bad or left_out)
            failed += bad
            skipped += left_out
    return passed, failed, skipped


def main() -> int:
    """Run the stages of one target and close on the tally."""
    targets = {
        "check": check_stages,
        "test": test_stages,
        "release": release_stages,
        "format": format_stages,
    }
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("target", choices=sorted(targets))
    chosen = targets[parser.parse_args().target]
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    started = time.monotonic()
    broken = [stage.name for stage in chosen() if not run(stage)]
    passed, failed, skipped = tally()
    print(f"\n{time.monotonic() - started:.0f} s in all.", end=" ")
    print(f"Failed: {', '.join(broken)}." if broken else "Every stage succeeded.")
    # A stage that is no test counts as one failure, so that the closing line can't say 0 failed.
    failed = max(failed, len(broken))
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
