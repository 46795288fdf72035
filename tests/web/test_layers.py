"""The web side's arrows point inward, and its core reads neither clock, chance nor page."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
# What each folder's modules may import from.
ALLOWED = {
    "core": {"core"},
    "shared": {"core", "shared", "third"},
    "wallet": {"core", "shared", "third", "wallet"},
    "scanner": {"core", "shared", "third", "scanner"},
}
IMPORT = re.compile(r"""(?:^import\s*|\bfrom\s+|\bimport\()['"]([^'"]+)['"]""", re.MULTILINE)
IMPURE = re.compile(
    r"Date\.now|new Date\(\)|Math\.random|getRandomValues|randomUUID|performance\."
    r"|\b(?:document|window|navigator|localStorage|indexedDB|console)\.|\bfetch\(|setTimeout"
)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def modules(folder: str) -> list[Path]:
    return sorted((WEB / folder).rglob("*.js"))


def code(path: Path) -> str:
    """Read a module without its comments: types may name what values may not."""
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", sorted(ALLOWED))
def test_arrows_point_inward(folder: str):
    """The core imports the core; two apps meet in what they share; nothing comes from elsewhere."""
    astray = [
        f"{path.relative_to(WEB)}: {name}"
        for path in modules(folder)
        for name in IMPORT.findall(code(path))
        if not name.startswith(".")
        or not (path.parent / name).is_file()
        or (path.parent / name).resolve().relative_to(WEB).parts[0] not in ALLOWED[folder]
    ]

    assert astray == []


def test_the_core_is_pure():
    """Time and chance are arguments, as in Python; a browser's page is nothing it knows."""
    assert [path.name for path in modules("core") if IMPURE.search(code(path))] == []


def test_the_rules_see_what_they_forbid():
    """Each form of import, and a clock."""
    seen = IMPORT.findall("import './a.js';\nimport { b } from \"b\";\nawait import('../c.js')")

    assert seen == ["./a.js", "b", "../c.js"]
    assert IMPURE.search("const now = Date.now();")
