"""`portique pass issue --csv`: a whole class, or nothing."""

from pathlib import Path

import pytest

HEADER = "kind,name,label,regime,from,until\n"


@pytest.fixture
def table(tmp_path: Path):
    """Give a way to write a table."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "class.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def issue(school, path: Path, *options: object):
    """Issue a table."""
    return school.run("pass", "issue", "--school", school.folder, "--csv", path, *options)


def count(school) -> int:
    """Count the passes of a school."""
    return len(school.run("pass", "list", "--school", school.folder, "--json").lines)


def test_one_pass_for_each_line_in_order(school, table):
    """Answers come in the table's order, so that a program can pair them."""
    lines = "".join(f"pupil,Élève {n},2DE 0{n},green,2026-09-01,\n" for n in range(1, 6))
    answer = issue(school, table(HEADER + lines), "--json")
    labels = [school.show(one["text"], "--unseal").json["label"] for one in answer.all]

    assert answer.code == 0
    assert labels == [f"2DE 0{n}" for n in range(1, 6)]


@pytest.mark.parametrize(
    ("line", "because"),
    [
        ("king,Zoé,,,,", "kind must be one of"),
        ("pupil,,,,,", "needs a name"),
        ("pupil,Zoé,,,yesterday,", "written like"),
        ("pupil,Zoé,,,2027-03-28T02:30,", "does not exist"),
        ("pupil,Zoé,,,0001-01-01,", "a year is from"),
        ("pupil,Zoé,,,2026-12-02,2026-12-01", "later than from"),
        ("pupil,Zoé,,régime-trop-long,,", "at most 12 bytes"),
        ("pupil,Zoé", "2 fields"),
        (f"pupil,{'x' * 201},,,,", "longer than 200"),
        ('pupil,"Zoé,,,,', "line 4"),
    ],
)
def test_one_wrong_line_issues_nothing(school, table, line: str, because: str):
    """The line is named, and neither those before nor those after it count."""
    good = "pupil,Anatole,2DE 04,green,,\n"
    answer = issue(school, table(HEADER + good + line + "\n" + good))

    assert answer.code == 1
    assert "line 3" in answer.stderr or "line 4" in answer.stderr
    assert because in answer.stderr
    assert "Zoé" not in answer.stderr
    assert count(school) == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n",
        HEADER,
        "name,label\nZoé,2DE\n",
        "kind,name,phone\npupil,Zoé,06\n",
        "kind,name,name\npupil,Zoé,Zoé\n",
        b"\x00\xff" * 500,
    ],
)
def test_what_is_no_table_issues_nothing(school, table, content):
    """Unknown, missing and doubled columns, an empty file, and bytes of another kind."""
    answer = issue(school, table(content))

    assert answer.code == 1
    assert count(school) == 0


@pytest.mark.parametrize(
    "content",
    [
        "kind;name\npupil;Zoé Élève\n".encode("cp1252"),
        "\ufeffKIND , NAME\r\nPupil, Zoé Élève \r\n\r\n,\r\n".encode(),
        b'kind,name\npupil,"Zo\xc3\xa9\n\xc3\x89l\xc3\xa8ve"\n',
    ],
    ids=[
        "Windows-1252 and semicolons",
        "a mark, capitals, spaces, empty lines",
        "a line in quotes",
    ],
)
def test_tables_of_other_programs_are_read(school, table, content: bytes):
    """As spreadsheets write them."""
    (issued,) = issue(school, table(content), "--json").all

    assert school.show(issued["text"], "--unseal").json["name"] == "Zoé Élève"


def test_a_table_that_cannot_be_printed_issues_nothing(school, table, tmp_path):
    """The sheet and the register hold the same passes."""
    out = tmp_path / "nowhere" / "class.pdf"
    answer = issue(school, table("kind,name\npupil,Zoé\npupil,Anatole\n"), "--out", out)

    assert answer.code == 5
    assert count(school) == 0


def test_a_table_says_everything_itself(school, table):
    """Options of one person beside a table are a mistake."""
    assert issue(school, table("kind,name\npupil,Zoé\n"), "--name", "Zoé").code == 2


def test_a_table_of_ten_thousand_and_one_lines_is_to_be_split(school, table):
    """The limit is said, and nothing is issued."""
    answer = issue(school, table("kind,name\n" + "pupil,Zoé\n" * 10_000))

    assert answer.code == 1
    assert "split the file" in answer.stderr
    assert count(school) == 0
