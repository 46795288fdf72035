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


def test_columns_nobody_knows_are_named(school, table):
    """Only where the line has the columns required: otherwise it may be a person's."""
    named = issue(school, table("kind,name,phone\x1b[2J\npupil,Zoé,06\n"))
    headless = issue(school, table("pupil,Zoé Martin\npupil,Anaël\n"))

    assert "phone\\u001b[2j" in named.stderr
    assert "Martin" not in headless.stderr


def test_what_a_pass_does_not_carry_whole_is_said_by_line(school, table):
    """The sentence has the lines, not the names; the passes are issued all the same."""
    long, fits = "Anastasia-Alexandrina de la Tour du Moulin", "x" * 32
    lines = [f"{long},2DE 04", f"{fits},2DE 04 EUROPEENNE", f"{fits},123456789012", f"{long},"]
    body = "".join(f"pupil,{line}\n" for line in lines)
    answer = issue(school, table("kind,name,label\n" + body))

    assert answer.code == 0
    assert "lines 2, 5: the name is cut to the 32 bytes" in answer.stderr
    assert "line 3: the label is cut to the 12 bytes" in answer.stderr
    assert "Anastasia" not in answer.stderr
    assert count(school) == len(lines)


def test_of_many_lines_the_first_are_named(school, table):
    """One sentence stays one sentence."""
    answer = issue(school, table("kind,name\n" + f"pupil,{'é' * 40}\n" * 25))

    assert "lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 15 more: the name" in answer.stderr


def test_a_regime_the_school_has_not_is_said_by_line(school, table):
    """The exits of that pupil would be referred every day."""
    answer = issue(school, table("kind,name,regime\npupil,Zoé,green\npupil,Anaël,vert\n"))

    assert "line 3: the regime is none of the school's" in answer.stderr


def test_a_name_no_font_draws_is_said_by_line(school, table, tmp_path):
    """No pass was issued, so that a number would say nothing."""
    out = tmp_path / "class.pdf"
    answer = issue(school, table("kind,name\npupil,Zoé\npupil,Zoé \U0001e7e0\n"), "--out", out)

    assert answer.code == 1
    assert "line 3: the name or label has a character" in answer.stderr
    assert "U+1E7E0" in answer.stderr
    assert count(school) == 0
    assert not out.exists()


@pytest.mark.parametrize(("lines", "said"), [(1, "1 pass\n"), (2, "2 passes\n")])
def test_passes_are_counted(school, table, lines: int, said: str):
    """One is not several."""
    assert issue(school, table("kind,name\n" + "pupil,Zoé\n" * lines)).stdout == said


def test_a_class_is_printed_in_the_order_of_its_table(school, table, tmp_path):
    """Now or later, the sheet follows the list that the teacher holds."""
    made = issue(school, table("kind,name\n" + "pupil,Zoé\n" * 20), "--json").all
    out = tmp_path / "class.txt"
    school.run("pass", "print", "--school", school.folder, "--out", out)

    assert out.read_text().splitlines() == [one["text"] for one in made]


def test_a_table_says_everything_itself(school, table):
    """Options of one person beside a table are a mistake."""
    assert issue(school, table("kind,name\npupil,Zoé\n"), "--name", "Zoé").code == 2


def test_a_table_of_ten_thousand_and_one_lines_is_to_be_split(school, table):
    """The limit is said, and nothing is issued."""
    answer = issue(school, table("kind,name\n" + "pupil,Zoé\n" * 10_000))

    assert answer.code == 1
    assert "split the file" in answer.stderr
    assert count(school) == 0


def test_a_table_issued_twice_is_said_with_its_lines(school, table):
    """Case, accents and the spaces of a label make nobody new; another class does."""
    issue(school, table(HEADER + "pupil,Zoé Martin,2DE 04,,,\npupil,Anatole,2DE 04,,,\n"))

    again = table(HEADER + "pupil,Anatole,2DE 05,,,\npupil,ZOE MARTIN,2de04,,,\n")
    answer = issue(school, again)

    assert "line 3: a valid pass already" in answer.stderr
    assert "(1 in all); --only-new" in answer.stderr
    assert count(school) == 4


def test_only_new_leaves_out_who_has_a_pass(school, table, tmp_path):
    """The others are issued; when nobody is left, no file is touched."""
    out = tmp_path / "class.txt"
    issue(school, table(HEADER + "pupil,Zoé Martin,2DE 04,,,\n"))
    both = table(HEADER + "pupil,Zoé Martin,2DE 04,,,\npupil,Anatole,2DE 04,,,\n")

    first = issue(school, both, "--only-new", "--out", out)
    kept = out.read_text()
    second = issue(school, both, "--only-new", "--out", out)

    assert (first.code, second.code) == (0, 0)
    assert "a valid pass" not in first.stderr
    assert out.read_text() == kept
    assert count(school) == 2


def test_a_file_that_is_replaced_is_named(school, table, tmp_path):
    """A secretary who types the name of last week's cards learns it."""
    out = tmp_path / "class.txt"
    out.write_text("last week's")

    answer = issue(school, table(HEADER + "pupil,Zoé,2DE 04,,,\n"), "--out", out)

    assert f"{out} was there: replaced" in answer.stderr
    assert out.read_text().startswith("PQ")


def test_a_french_spreadsheet_is_read_as_it_is(school, table):
    """Kinds in French, with or without accents; days before months."""
    lines = "Élève,Zoé,2DE 04,,01/09/2026,30/11/2026\npersonnel,Anatole,CDI,,01/09/2026 08:00,\n"

    answer = issue(school, table(HEADER + lines), "--json")

    assert [one["kind"] for one in answer.all] == ["pupil", "staff"]
    assert answer.all[0]["until"] == "2026-11-30T23:00:00Z"
