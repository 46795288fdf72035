"""Documents: what they say, to whom, and what they refuse."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
import typst

from portique.core.values import Kind, Language
from portique.paper import LAYOUTS, STICKERS, Options, PaperError, cards, render, typesetting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pypdf import PdfReader

    from .conftest import PrintOne

    ReadPdf = Callable[[bytes], PdfReader]

pytestmark = pytest.mark.slow  # each test sets a page

# What a template language, a shell, a page or a terminal might take for its own.
SEEDS = (
    '#eval("x")', "$a$", "#panic()", "*gras*", "_ital_", "`code`", "<label>", "@ref", "= Titre",
    "- liste", "+ un", "/ t: d", "// com", "/* c */", "\\", "\\u{41}", "#let x = 1", "#include",
    '#read("/etc/x")', "~", "---", "https://a.example", "[x]", "{x}", "{{7*7}}", "${7*7}",
    "<script>", "%n%s", "'; DROP--", "=1+1", '"', "''", "#sys.version", "#image()", "a#b",
)  # fmt: skip
MALICIOUS = [seed + ending for ending in ("", " B", "#") for seed in SEEDS][:104]


def _letters(text: str) -> str:
    return re.sub(r"[\s\u200b\u00a0\u202f]", "", text)


def _words(pdf: PdfReader) -> str:
    return " ".join(page.extract_text() for page in pdf.pages)


def _figures(node: Any) -> Iterator[str]:
    """Yield the alternative text of each figure, in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from _figures(child)
    elif isinstance(node, dict):
        if node.get("/S") == "/Figure":
            yield str(node["/Alt"])
        elif "/K" in node:
            yield from _figures(node["/K"])


@pytest.mark.parametrize("language", Language)
def test_a_document_says_its_title_and_language_and_is_tagged(
    language: Language, printed: PrintOne, options: Options, read_pdf: ReadPdf
):
    """What a screen reader needs first, and the claim of PDF/UA-1."""
    pdf = read_pdf(render("sheet", [printed()], replace(options, language=language)))
    root: Any = pdf.trailer["/Root"]

    assert pdf.metadata is not None
    assert pdf.metadata.title == {"fr": "Laissez-passer", "en": "School pass"}[language]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_every_code_has_words_in_reading_order(
    printed: PrintOne, options: Options, read_pdf: ReadPdf
):
    """The alternative text is the pass's number, never its holder's name."""
    passes = [printed() for _ in range(3)]
    pdf = read_pdf(render("sheet", passes, options))
    root: Any = pdf.trailer["/Root"]
    said = [_letters(words) for words in _figures(root["/StructTreeRoot"]["/K"])]

    assert said == [f"CodeQRdulaissez-passern°{one.pass_id[:8]}" for one in passes]


def test_the_same_passes_give_the_same_bytes(printed: PrintOne, options: Options):
    """The only date in a document is the one given."""
    passes = [printed(), printed()]

    assert render("sheet", passes, options) == render("sheet", passes, options)


def test_the_document_bears_the_date_given(printed: PrintOne, options: Options, read_pdf: ReadPdf):
    """No clock is read."""
    pdf = read_pdf(render("card", [printed()], options))

    assert pdf.metadata is not None
    assert pdf.metadata.creation_date == datetime(2026, 9, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_says_who_for_and_which(
    layout: str, printed: PrintOne, options: Options, read_pdf: ReadPdf
):
    """Name, label, kind, school and short number are on each."""
    one = printed()
    words = _letters(_words(read_pdf(render(layout, [one], options))))

    for shown in (one.name, one.label, "élève", one.school, one.pass_id[:8]):
        assert _letters(shown) in words


@pytest.mark.parametrize("layout", ["card", "sheet", "slip", "99.1x67.7"])
def test_roomy_layouts_say_until_when_and_what_to_do_if_found(
    layout: str, printed: PrintOne, options: Options, read_pdf: ReadPdf
):
    """Only the smallest labels leave them out."""
    words = _letters(_words(read_pdf(render(layout, [printed()], options))))

    assert "Valabledu1erseptembre2026au31août2027" in words
    assert "Trouvé?Rapportez-leaulycéeHonorine-Vasseur." in words


@pytest.mark.parametrize("layout", ["sheet", "70x37", "slip"])
def test_malicious_names_are_printed_as_they_are_written(
    layout: str, printed: PrintOne, options: Options, read_pdf: ReadPdf
):
    """A hundred names in markup's clothing are only names."""
    passes = [printed(characters=60, name=name, label=name[:12]) for name in MALICIOUS]
    words = _letters(_words(read_pdf(render(layout, passes, options))))

    assert len(passes) >= 100
    assert [name for name in MALICIOUS if _letters(name) not in words] == []


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "name", ["W" * 32, "Maximilienne-Anastasie de La Roch", "Ng", "Jean-Éloïc Šæ", "i" * 64]
)
def test_long_names_are_never_lost(
    layout: str, name: str, printed: PrintOne, options: Options, read_pdf: ReadPdf
):
    """They are set smaller, and cut only where nothing else helps."""
    words = _letters(_words(read_pdf(render(layout, [printed(name=name)], options))))

    assert _letters(name) in words


def test_marks_that_reverse_or_hide_text_are_not_printed(
    printed: PrintOne, options: Options, read_pdf: ReadPdf
):
    """A name can't be made to look like another."""
    one = printed(name="Zoé\u202eniaV\u0000 \u200bRuel")
    words = _words(read_pdf(render("card", [one], options)))

    assert "\u202e" not in words
    assert "ZoéniaVRuel" in _letters(words)


def test_a_character_no_font_draws_is_refused_without_naming_anybody(
    printed: PrintOne, options: Options
):
    """An empty box is no name; the sentence says which pass and what to do."""
    good, bad = printed(), printed(name="Zoé \U0001e7e0")
    with pytest.raises(PaperError, match="no font here can draw") as refusal:
        render("card", [good, bad], options)

    assert bad.pass_id[:8] in str(refusal.value)
    assert good.pass_id[:8] not in str(refusal.value)
    assert "Zoé" not in str(refusal.value)


def test_a_school_s_name_no_font_draws_is_said_to_be_the_school_s(
    printed: PrintOne, options: Options
):
    """No pass of the school could be printed: the name to change is not a pupil's."""
    with pytest.raises(PaperError, match=r"the school's name.*U\+1E7E0.*school\.toml"):
        render("card", [printed(school="Lycée \U0001e7e0")], options)


def test_a_fault_of_a_template_is_not_taken_for_a_name(monkeypatch: pytest.MonkeyPatch):
    """Our own mistakes go up as they are."""
    monkeypatch.setattr(typesetting, "_templates", lambda: {"main.typ": b"#nothing"})
    with pytest.raises(typst.TypstError):
        typesetting.typeset({}, {}, datetime(2026, 9, 1, tzinfo=UTC))


def test_stickers_start_at_the_first_free_label(
    printed: PrintOne, options: Options, read_pdf: ReadPdf
):
    """A sheet already begun is finished; the rest goes on the next."""
    passes = [printed() for _ in range(3)]
    pdf = read_pdf(render("70x37", passes, replace(options, first_label=23)))
    pages = [_letters(page.extract_text()) for page in pdf.pages]

    assert [page.count("élève") for page in pages] == [2, 1]
    assert passes[2].pass_id[:8] in pages[1]


def test_backs_follow_their_fronts(printed: PrintOne, options: Options, read_pdf: ReadPdf):
    """Printed on both sides, each card has its notice behind it."""
    wanted = replace(options, back=True, contact="dpd@lycee.example", kept="deux jours")
    pdf = read_pdf(render("sheet", [printed() for _ in range(11)], wanted))
    pages = [_letters(page.extract_text()) for page in pdf.pages]

    assert [page.count("Cequecelaissez-passercontient") for page in pages] == [0, 10, 0, 1]
    assert pages[1].count("Duréedeconservation:deuxjours.") == 10
    assert pages[3].count("Contact:dpd@lycee.example.") == 1


def test_progress_is_told_pass_by_pass(printed: PrintOne, options: Options):
    """A bar can be shown while codes are drawn."""
    told: list[tuple[int, int]] = []
    wanted = replace(options, progress=lambda done, all_: told.append((done, all_)))
    render("card", [printed() for _ in range(3)], wanted)

    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_photograph_is_printed_without_what_came_with_it(
    tmp_path: Path, printed: PrintOne, options: Options, read_pdf: ReadPdf
):
    """The pixels are in the document, the camera's notes are not, and its folder is unchanged."""
    _, encoded = cv2.imencode(".jpg", np.full((90, 70, 3), 140, np.uint8))
    raw = encoded.tobytes()
    note = b"\xff\xfe\x00\x10taken at home."
    photo = tmp_path / "0042.jpg"
    photo.write_bytes(raw[:2] + note + raw[2:])
    pdf = render("card", [printed(photo=photo)], options)

    assert len(read_pdf(pdf).pages[0].images) == 1
    assert b"taken at home" not in pdf
    assert base64.b64encode(b"taken at home")[:12] not in pdf
    assert [path.name for path in tmp_path.iterdir()] == ["0042.jpg"]


WRONG: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("card", {"accent": "red"}, {}, "#rrggbb"),
    ("card", {"accent": '#1d4a6b")'}, {}, "#rrggbb"),
    ("70x37", {"first_label": 25}, {}, "from 1 to 24"),
    ("card", {"first_label": 0}, {}, "from 1 to 1"),
    ("70x37", {"back": True}, {}, "no back"),
    ("card", {"created": datetime(2026, 9, 1)}, {}, "time zone"),  # noqa: DTZ001
    ("card", {}, {"valid_until": datetime(2020, 1, 1, tzinfo=UTC)}, "closes after it opens"),
    ("45.7x25.4", {}, {"characters": 590}, "under 0.33 mm"),
    ("poster", {}, {}, "no layout"),
]


@pytest.mark.parametrize(("layout", "wish", "change", "sentence"), WRONG)
def test_what_cannot_be_printed_is_refused_with_a_sentence(
    layout: str,
    wish: dict[str, Any],
    change: dict[str, Any],
    sentence: str,
    printed: PrintOne,
    options: Options,
):
    """Each wrong wish has its own answer."""
    with pytest.raises(PaperError, match=re.escape(sentence)):
        render(layout, [printed(**change)], replace(options, **wish))


def test_no_pass_makes_no_document(options: Options):
    """An empty list is a mistake upstream."""
    with pytest.raises(PaperError, match="1 to 10000 passes"):
        render("card", [], options)


def test_every_kind_prints(printed: PrintOne, options: Options, read_pdf: ReadPdf):
    """Visitors and candidates as well as pupils."""
    passes = [printed(kind=kind) for kind in Kind]

    assert len(read_pdf(render("slip", passes, options)).pages) == len(Kind)
    assert len(STICKERS) == 5


def test_photographs_too_heavy_together_are_refused(
    tmp_path: Path, printed: PrintOne, options: Options, monkeypatch: pytest.MonkeyPatch
):
    """A thousand holiday pictures would fill the machine's memory."""
    cv2.imwrite(str(tmp_path / "p.png"), np.zeros((90, 70, 3), np.uint8))
    size = (tmp_path / "p.png").stat().st_size
    monkeypatch.setattr(cards, "PHOTO_BYTES_IN_ALL_MAX", size)
    passes = [printed(photo=tmp_path / "p.png") for _ in range(2)]

    with pytest.raises(PaperError, match="too heavy together"):
        render("card", passes, options)
