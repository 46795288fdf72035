"""What holds for every file of the project, read with the standard library only."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FUNCTION_LINES_MAX = 60
MODULE_LINES_MAX = 500
FILE_BYTES_MAX = 2_000_000
TEXT_SUFFIXES = {
    *("", ".py", ".md", ".toml", ".txt", ".in", ".json", ".cddl", ".html", ".css", ".js", ".typ"),
    *(".svg", ".csv", ".webmanifest", ".yaml", ".yml", ".cfg", ".ini", ".sh"),
}
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Words are joined here so that this file doesn't contain what it forbids.
POSTPONED = re.compile("|".join(rf"\b{a}{b}\b" for a, b in [("TO", "DO"), ("FIX", "ME")]))
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:work|root|tmp)/[\w.]")
REGISTRY = re.compile(
    r"https?://[^\s/]*(?:py" r"pi|python" r"hosted|npm" r"js|yarn" r"pkg|artifactory|nexus)"
    r"|(?:py" r"pi|npm" r"js)\.org",
    re.IGNORECASE,
)  # fmt: skip


def tracked() -> list[Path]:
    """List the project's files: what git keeps, or in an archive, what is there."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listing.returncode == 0 and listing.stdout:
        found = [ROOT / name for name in listing.stdout.split("\0") if name]
    else:
        found = [p for p in ROOT.rglob("*") if not {".venv", "build", "third"} & set(p.parts)]
    return sorted(path for path in found if path.is_file())


TEXTS = [path for path in tracked() if path.suffix in TEXT_SUFFIXES]
# Migrations are as Django writes them.
MODULES = [p for p in TEXTS if p.suffix == ".py" and "migrations" not in p.parts]
# A table that Python writes for JavaScript says so in its first line, and is as Python writes it.
SCRIPTS = [
    path
    for path in TEXTS
    if path.suffix == ".js"
    and path.is_relative_to(ROOT / "web")
    and not path.read_text(encoding="utf-8").startswith("// Generated")
]
# Where a function of plain JavaScript begins, in the one form that Prettier gives it.
SCRIPT_FUNCTION = re.compile(
    r"^(?P<indent> *)(?=\S)"
    r"(?!.*\b(?:if|for|while|switch|catch|else|class|do|try|describe)\b[^=]*\{$)"
    r".*(?:\)|=>) \{$"
)


def lines_that_match(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """List `file:line` wherever the pattern occurs."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


@cache
def tree_of(path: Path) -> ast.Module:
    """Read a module once for all who look at it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Walk through every function of a module, methods and inner ones included."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_nothing_is_postponed_in_a_comment():
    """What is left to do is in the tracker, not in the files."""
    assert lines_that_match(POSTPONED, TEXTS) == []


def test_no_file_names_a_path_of_somebodys_machine():
    """The project works wherever it is put."""
    assert lines_that_match(MACHINE_PATH, TEXTS) == []


def test_no_file_names_a_package_registry():
    """Packages come from whatever registry the machine is set up for."""
    assert lines_that_match(REGISTRY, TEXTS) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_holds_versions_and_hashes_only(lock: Path):
    """No address, no option, no path: each requirement is pinned, by hash."""
    kinds = re.compile(
        r"[A-Za-z0-9._-]+==[\w.!+]+( ; [\w\s.'<>=!()-]+)? \\|\s+--hash=sha256:[0-9a-f]{64}( \\)?"
    )
    lines = lock.read_text(encoding="utf-8").splitlines()

    assert lines
    assert [line for line in lines if not kinds.fullmatch(line)] == []


def test_what_runs_is_what_was_tested():
    """Every version in the light lock file is the one in the full lock file."""
    pins = [
        {
            line.split(" ")[0]
            for line in path.read_text(encoding="utf-8").splitlines()
            if "==" in line
        }
        for path in (ROOT / "requirements" / "run.txt", ROOT / "requirements" / "dev.txt")
    ]

    assert pins[0] <= pins[1]


@pytest.mark.parametrize(
    ("lock", "extra"), [("run.txt", "demo"), ("postgresql.txt", "postgresql"), ("dev.txt", "dev")]
)
def test_lock_files_know_every_dependency(lock: str, extra: str):
    """A dependency added to pyproject.toml without `make lock` would be missing on new machines."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = set(
        re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / lock).read_text(), re.MULTILINE)
    )
    wanted, extras = list(project["dependencies"]), [extra]
    while extras:
        for need in project["optional-dependencies"][extras.pop()]:
            own = re.fullmatch(r"portique\[([\w,]+)\]", need)
            extras += own[1].split(",") if own else []
            wanted += [] if own else [need]

    assert {re.split(r"[<>=!\[; ]", need)[0].lower() for need in wanted} <= pinned


def test_a_gate_installs_without_the_tools_of_its_makers():
    """No test or lint tool is in the lock file of what runs."""
    run = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")

    assert not re.search(r"^(pytest|mypy|ruff|playwright|hypothesis|coverage)==", run, re.MULTILINE)


def test_modules_and_functions_stay_short():
    """No module is over 500 lines, no function over 60."""
    long = [
        f"{path.relative_to(ROOT)}: {node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines"
        for path in MODULES
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    long += [str(path.relative_to(ROOT)) for path in MODULES if lines_of(path) > MODULE_LINES_MAX]

    assert long == []


def lines_of(path: Path) -> int:
    """Count a module's lines."""
    return len(path.read_text(encoding="utf-8").splitlines())


def script_functions(path: Path) -> Iterator[tuple[int, int]]:
    """Walk through (line number, lines) of a script's functions: up to the brace of its indent."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for start, line in enumerate(lines):
        if begun := SCRIPT_FUNCTION.match(line):
            closing = begun["indent"] + "}"
            end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith(closing)), 0)
            yield start + 1, end - start + 1


def test_scripts_and_their_functions_stay_short():
    """What holds for Python's modules holds for the web side's."""
    long = [
        f"{path.relative_to(ROOT)}:{number}: {lines} lines"
        for path in SCRIPTS
        for number, lines in script_functions(path)
        if lines > FUNCTION_LINES_MAX or lines < 2  # below two: written in another form
    ]
    assert long == []
    assert [path for path in SCRIPTS if lines_of(path) > MODULE_LINES_MAX] == []


def test_every_script_says_what_it_is_for():
    """A module of the web side opens with a comment, and its tests state facts by their names."""
    silent = [p for p in SCRIPTS if not p.read_text(encoding="utf-8").startswith(("/*", "//"))]

    assert [str(p.relative_to(ROOT)) for p in silent if not p.name.endswith(".test.js")] == []


def test_scripts_run_under_a_strict_policy():
    """Nothing that a content security policy forbids, nor a request to anybody else."""
    forbidden = re.compile(
        r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write"
        r"|https?://(?!localhost|127\.0\.0\.1|[\w.-]*\bexample\b|www\.w3\.org)"
    )

    assert lines_that_match(forbidden, [p for p in SCRIPTS if "tests" not in p.parts]) == []


def test_every_module_says_what_it_is_for():
    """A module of the product opens with a docstring."""
    silent = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.is_relative_to(ROOT / "src") and not ast.get_docstring(tree_of(path))
    ]

    assert silent == []


def test_every_test_states_its_fact():
    """A test's docstring is the sentence that it proves."""
    silent = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in MODULES
        if path.name.startswith("test_") and "tests" in path.parts
        for node in functions(path)
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]

    assert silent == []


def test_no_drawer_module():
    """A module named for nothing in particular collects everything."""
    drawers = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    named = [*MODULES, *SCRIPTS]

    assert [path for path in named if path.stem in drawers or path.parent.name in drawers] == []


def test_no_file_is_heavy():
    """A clone stays light: pictures and vectors are small, models are installed."""
    assert [p.name for p in tracked() if p.stat().st_size > FILE_BYTES_MAX] == []


def test_npm_lock_files_name_no_registry():
    """A lock of browser modules pins by integrity alone."""
    locks = [path for path in tracked() if path.name == "package-lock.json"]

    assert lines_that_match(re.compile(r'"resolved"\s*:'), locks) == []


def test_every_target_says_what_it_makes():
    """`make help` knows each target that a person calls."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    documented = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))

    assert {"run", "test", "check", "bench", "release", "install", "lock", "clean"} <= documented


def test_a_release_goes_as_far_as_the_tests_can():
    """Each variable by which tests are lengthened has its value for the long campaigns."""
    asked = {
        name
        for path in MODULES
        if path.is_relative_to(ROOT / "tests")
        for name in re.findall(r'environ\.get\(\s*"(PORTIQUE_[A-Z_]+)"', path.read_text("utf-8"))
    }
    checks = (ROOT / "tools" / "checks.py").read_text("utf-8")
    campaign = checks.split("CAMPAIGN = {", 1)[1].split("}", 1)[0]

    elsewhere = {"PORTIQUE_MEDIA", "PORTIQUE_PICTURES", "PORTIQUE_SEED", "PORTIQUE_WEB_SEED"}

    assert asked - elsewhere == set(re.findall(r'"(PORTIQUE_[A-Z_]+)"', campaign))
