"""`portique sight read`: one line per picture or frame, and one sentence when it can't."""

import json
from pathlib import Path

import av
import cv2
import pytest
from click.testing import CliRunner, Result

from portique.cli.main import main
from portique.testing.held import Fault, held, pass_like_text
from portique.testing.scenes import Card, Placed, Scene, render


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["sight", "read", *arguments])


def write_picture(path: Path, text: str) -> None:
    frame = render(Scene((Placed(Card(text), (160, 160), 6.0),), 320, 320), colour=True).frame
    cv2.imwrite(str(path), frame)


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_picture_gives_one_line(tmp_path):
    """Its name and its texts."""
    write_picture(tmp_path / "a.png", "bonjour é")

    result = run(str(tmp_path / "a.png"), "--json")

    assert result.exit_code == 0
    assert lines(result) == [{"picture": "a.png", "texts": ["bonjour é"]}]


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    """What is no picture is passed over; what can't be opened is told."""
    write_picture(tmp_path / "b.png", "second")
    write_picture(tmp_path / "a.jpg", "first")
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "c.png").write_bytes(b"damaged")

    result = run(str(tmp_path), "--json")

    assert [line["picture"] for line in lines(result)] == ["a.jpg", "b.png", "c.png"]
    assert [line["texts"] for line in lines(result)] == [["first"], ["second"], []]
    assert "can be read" in str(lines(result)[2]["error"])
    assert result.exit_code == 0


def test_a_film_gives_one_line_a_frame(tmp_path):
    """Frames are numbered from 0 and none is dropped."""
    path = tmp_path / "film.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=15)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "gray"
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(held(50, number, Fault()).frame, format="gray")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())

    result = run(str(path), "--json")

    assert lines(result) == [{"frame": n, "texts": [pass_like_text(50)]} for n in range(3)]


@pytest.mark.parametrize("name", ["missing.png", "missing.mp4", "missing"])
def test_a_missing_source_is_one_sentence_and_exit_code_5(tmp_path, name):
    """What, and what to do."""
    result = run(str(tmp_path / name), "--json")

    assert result.exit_code == 5
    assert "check its name" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["cut.png", "cut.mp4"])
def test_a_damaged_source_is_one_sentence_and_exit_code_5(tmp_path, name):
    """A file cut short is named."""
    (tmp_path / name).write_bytes(b"\x89PNG not really")

    result = run(str(tmp_path / name))

    assert result.exit_code == 5
    assert "damaged" in result.stderr


def test_an_empty_folder_is_told(tmp_path):
    """A folder without pictures is a mistake, not a success."""
    assert run(str(tmp_path)).exit_code == 5


def test_no_source_is_wrong_use():
    """Exit code 2, as for every command."""
    assert run().exit_code == 2


def test_a_text_can_t_play_with_the_terminal(tmp_path):
    """Escape characters are shown, not obeyed."""
    write_picture(tmp_path / "a.png", "red\x1b[31m")

    result = run(str(tmp_path / "a.png"))

    assert "\x1b" not in result.stdout
    assert "red\\x1b[31m" in result.stdout
