"""`portique pass list`: a lost card is found by name or class, and names show only when asked."""

import pytest


@pytest.fixture
def people(school):
    """Issue passes to three people, one of them suspended and one revoked."""
    zoe = school.issue("--label", "2DE 04")["pass_id"]
    yves = school.issue("--label", "CDI", kind="staff", name="Yves Martinez")["pass_id"]
    lost = school.issue("--label", "2DE 04", name="Anaël Dupont")["pass_id"]
    school.run("pass", "suspend", yves, "--school", school.folder)
    school.run("pass", "revoke", lost, "--school", school.folder)
    return {"zoe": zoe, "yves": yves, "lost": lost}


def listed(school, *options: object):
    """List passes on a day of November."""
    return school.run("pass", "list", "--school", school.folder, "--at", "2026-11-23", *options)


@pytest.mark.parametrize(
    ("options", "who"),
    [
        ((), ["zoe", "yves"]),
        (("--name", "martin"), ["zoe", "yves"]),
        (("--name", "ZOE martin"), ["zoe"]),
        (("--label", "2de04"), ["zoe"]),
        (("--kind", "staff"), ["yves"]),
        (("--status", "suspended"), ["yves"]),
        (("--status", "revoked"), ["lost"]),
        (("--status", "expired"), []),
        (("--status", "all", "--name", "anael"), ["lost"]),
        (("--at", "2028-01-01"), []),
        (("--at", "2028-01-01", "--status", "expired"), ["zoe", "yves"]),
    ],
)
def test_filters_leave_those_looked_for(school, people, options, who: list[str]):
    """By name, class, kind and what has become of the pass, at any instant."""
    found = [one["pass_id"] for one in listed(school, *options, "--json").all]

    assert found == [people[name] for name in who]


def test_names_show_only_when_asked(school, people):
    """Neither the table nor JSON has them otherwise, even when one looks for them."""
    hidden = (
        listed(school, "--name", "zoe").stdout + listed(school, "--name", "zoe", "--json").stdout
    )
    shown = listed(school, "--name", "zoe", "--unseal")
    answer = listed(school, "--name", "zoe", "--unseal", "--json").json

    assert people["zoe"] in hidden
    assert "Martin" not in hidden
    assert "2DE 04" not in hidden
    assert "Zoé Martin  2DE 04" in shown.stdout
    assert (answer["name"], answer["label"]) == ("Zoé Martin", "2DE 04")


def test_the_table_is_aligned_under_its_headings(school, people):
    """Each column begins at one place, and says until which day a pass holds."""
    heading, *rows = listed(school, "--unseal").lines

    assert len(rows) == len(people) - 1
    assert {row.index("2027-08-31") for row in rows} == {heading.index("valid until")}
    assert {row.index(name) for row, name in zip(rows, ("Zoé", "Yves"), strict=True)} == {
        heading.index("name")
    }


def test_nobody_found_is_said(school, people):
    """On standard error, so that a program gets no line; and where else to look."""
    answer = listed(school, "--name", "anael")

    assert (answer.code, answer.stdout) == (0, "")
    assert "--status all" in answer.stderr


def test_a_name_cannot_play_with_the_terminal(school):
    """Its tricks are spelt out."""
    school.issue(name="Zoé \u202eEmma")

    assert "Zoé \\u202eEmma" in listed(school, "--unseal").stdout


def test_the_disk_holds_no_name_after_looking(school, people):
    """Passes are opened in memory alone."""
    listed(school, "--name", "martin", "--unseal")
    stored = b"".join(path.read_bytes() for path in school.folder.rglob("*") if path.is_file())

    assert b"Martin" not in stored
    assert b"2DE 04" not in stored
