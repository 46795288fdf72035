"""The glossary and the code use the same words."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
PRESENT, RESERVED = PAGE.split("## Reserved for later")


def words(part: str) -> list[str]:
    """Return the code words of a table's first column."""
    cells = re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
    return [word for cell in cells for word in re.findall(r"`(\w+)`", cell)]


def names_in_code() -> set[str]:
    """Return the names of all classes, distinct types and modules of the project."""
    names: set[str] = set()
    for path in (ROOT / "src" / "portique").rglob("*.py"):
        names |= {path.stem, path.parent.name}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NewType":
                names.add(ast.literal_eval(node.args[0]))
    return names


NAMES = names_in_code()


@pytest.mark.parametrize("word", words(PRESENT))
def test_every_word_names_something_in_the_code(word: str):
    """A class, a distinct type or a module bears each word of the glossary."""
    assert word in NAMES


def test_a_word_has_one_meaning():
    """No word is in the glossary twice, present or reserved."""
    every = words(PAGE)

    assert sorted(set(every)) == sorted(every)


def test_reserved_words_are_used_for_nothing_else():
    """A reserved word that appears in the code has to move to the first table."""
    classes = {name for name in NAMES if name[:1].isupper()}

    assert set(words(RESERVED)) & classes == set()
