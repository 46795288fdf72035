"""Files, folders and films as cameras."""

import os
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.stream import VideoStream

from portique.core.errors import EnvironmentProblem
from portique.gate.capture import Frame, driver_of, open_source, shown
from portique.sight.limits import PICTURE_SUFFIXES, SIDE_MAX

START_MS = 1_795_420_800_000


def write_video(path: Path, *, frames: int = 30, rate: int = 15, codec: str = "mpeg4") -> Path:
    """Write a video of 128 x 96 pixels whose frame `n` is of grey `8 n`; return its path."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = 128, 96
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number in range(frames):
            grey = np.full((96, 128), 8 * number % 256, np.uint8)
            picture = av.VideoFrame.from_ndarray(grey, format="gray")
            container.mux(stream.encode(picture.reformat(format=stream.pix_fmt)))
        container.mux(stream.encode())
    return path


def frames_of(address: object, *, real_time: bool = False) -> tuple[list[Frame], list[str]]:
    """Read a source to its end; the frames, and what was noticed."""
    notices: list[str] = []
    source = open_source(str(address), at=START_MS, real_time=real_time, notice=notices.append)
    with source:
        return list(source), notices


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "mpeg4"), ("a.mkv", "mjpeg"), ("a.avi", "mpeg4")]
)
def test_every_frame_of_a_video_comes_with_its_own_time(tmp_path, name, codec):
    """Thirty frames at fifteen a second are two seconds of camera time."""
    frames, notices = frames_of(write_video(tmp_path / name, codec=codec))

    assert [frame.number for frame in frames] == list(range(30))
    assert [frame.at_ms - START_MS for frame in frames] == [
        pytest.approx(number * 1000 / 15, abs=1) for number in range(30)
    ]
    assert notices == []


def test_a_video_is_read_as_grey(tmp_path):
    """Frames are two-dimensional bytes, as bright as they were."""
    frames, _ = frames_of(write_video(tmp_path / "a.mp4"))

    assert frames[10].grey.shape == (96, 128)
    assert frames[10].grey.dtype == np.uint8
    assert abs(int(frames[10].grey.mean()) - 80) <= 4


@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "mjpeg"), ("a.avi", "mpeg4")])
def test_a_video_cut_short_gives_what_is_there_and_says_so(tmp_path, name, codec):
    """Half a file is half the frames and one sentence."""
    path = write_video(tmp_path / name, codec=codec, frames=90)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])

    frames, notices = frames_of(path)

    assert 10 < len(frames) < 90
    assert len(notices) == 1
    assert "cut short" in notices[0]


def test_damage_in_the_middle_costs_its_own_frames(tmp_path):
    """The frames after a damaged place are read."""
    path = write_video(tmp_path / "a.avi", codec="mjpeg", frames=90)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    path.write_bytes(data)

    frames, _ = frames_of(path)

    assert len(frames) > 80
    assert frames[-1].at_ms - START_MS == pytest.approx(89_000 / 15, abs=70)


@pytest.mark.parametrize("data", [b"", b"not a video", b"\x00" * 5000])
def test_what_is_no_video_is_refused_in_one_sentence(tmp_path, data):
    """The sentence names the file and what to do."""
    path = tmp_path / "a.mp4"
    path.write_bytes(data)

    with pytest.raises(EnvironmentProblem, match=r"a\.mp4"):
        frames_of(path)


def test_a_playlist_cannot_make_the_gate_call_anybody(tmp_path):
    """A file that names an address is refused, not followed."""
    path = tmp_path / "a.m3u8"
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n")

    with pytest.raises(EnvironmentProblem):
        frames_of(path)


def test_a_missing_file_is_named(tmp_path):
    """What isn't there is said with its name."""
    with pytest.raises(EnvironmentProblem, match=r"gone\.mp4"):
        open_source(str(tmp_path / "gone.mp4"), at=START_MS)


def test_a_folder_plays_in_name_order_one_picture_a_second(tmp_path):
    """Name order, colour turned to grey, other files left out."""
    for name, value in (("b.png", 20), ("a.jpg", 10), ("c.PNG", 30)):
        cv2.imwrite(str(tmp_path / name), np.full((40, 60, 3), value, np.uint8))
    (tmp_path / "notes.txt").write_text("no picture")

    frames, _ = frames_of(tmp_path)

    assert [int(frame.grey[0, 0]) for frame in frames] == [10, 20, 30]
    assert [frame.at_ms - START_MS for frame in frames] == [0, 1000, 2000]


def test_a_bad_picture_in_a_folder_is_told_and_left_out(tmp_path):
    """Its number and its second pass, the others play."""
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((40, 60), np.uint8))
    (tmp_path / "b.png").write_bytes(b"no picture")
    cv2.imwrite(str(tmp_path / "c.png"), np.zeros((40, 60), np.uint8))

    frames, notices = frames_of(tmp_path)

    assert [frame.at_ms - START_MS for frame in frames] == [0, 2000]
    assert [frame.number for frame in frames] == [0, 2]
    assert len(notices) == 1
    assert "b.png" in notices[0]


@pytest.mark.parametrize("name", ["b.png", "a.png"])
def test_a_pipe_named_like_a_picture_holds_nothing_up(tmp_path, name):
    """In a folder it is told and left out; alone it is refused."""
    cv2.imwrite(str(tmp_path / "c.png"), np.zeros((40, 60), np.uint8))
    os.mkfifo(tmp_path / name)

    frames, notices = frames_of(tmp_path)

    assert len(frames) == 1
    assert name in notices[0]
    with pytest.raises(EnvironmentProblem, match=rf"{name} is a pipe or a device"):
        frames_of(tmp_path / name)


def test_every_kind_of_picture_that_is_read_is_played(tmp_path):
    """The kinds that `sight read` knows."""
    _, png = cv2.imencode(".png", np.zeros((40, 60), np.uint8))
    for suffix in PICTURE_SUFFIXES:  # the name says that it is one, the bytes which
        (tmp_path / f"a{suffix}").write_bytes(png.tobytes())

    frames, notices = frames_of(tmp_path)

    assert (len(frames), notices) == (len(PICTURE_SUFFIXES), [])


def test_a_film_with_a_side_no_decoder_takes_is_refused(tmp_path):
    """In one sentence, before its picture is looked at."""
    path = tmp_path / "wide.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=5)
        stream.width, stream.height, stream.pix_fmt = SIDE_MAX + 16, 16, "gray"
        grey = np.zeros((16, SIDE_MAX + 16), np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="gray")))
        container.mux(stream.encode())

    with pytest.raises(EnvironmentProblem, match="save it smaller"):
        frames_of(path)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50])
def test_an_unreadable_picture_is_refused_in_one_sentence(tmp_path, data):
    """Empty, foreign and damaged files are all named."""
    path = tmp_path / "a.png"
    path.write_bytes(data)

    with pytest.raises(EnvironmentProblem, match=r"a\.png"):
        frames_of(path)


def test_an_empty_folder_is_refused(tmp_path):
    """A folder without a picture isn't a camera."""
    with pytest.raises(EnvironmentProblem, match="no picture"):
        frames_of(tmp_path)


def test_a_film_is_asked_for_the_time_it_starts(tmp_path, monkeypatch):
    """The factory gets its options as texts, the film the start."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "short_film.py").write_text(
        "import numpy as np\n"
        "class Two:\n"
        "    def __init__(self, grey): self.grey = int(grey)\n"
        "    def frames(self, start_ms):\n"
        "        for n in range(2): yield start_ms + 70 * n, np.full((4, 4), self.grey, np.uint8)\n"
    )

    frames, _ = frames_of("film:short_film:Two?grey=7")

    assert [(frame.at_ms - START_MS, int(frame.grey[0, 0])) for frame in frames] == [
        (0, 7),
        (70, 7),
    ]


@pytest.mark.parametrize("address", ["film:no_such_module:Film", "film:json:nothing", "film:"])
def test_a_film_that_is_not_there_is_refused(address):
    """The sentence says how a film is named."""
    with pytest.raises(EnvironmentProblem, match=r"package\.module:factory"):
        open_source(address, at=START_MS)


def test_real_time_holds_frames_back(tmp_path):
    """A file played in real time is paced by the steady clock, and closing ends the wait."""
    path = write_video(tmp_path / "a.mp4", frames=100, rate=1)
    with open_source(str(path), at=START_MS, real_time=True) as source:
        frames = iter(source)
        next(frames)
        source.close()

        assert list(frames) == []


@pytest.mark.parametrize(
    ("address", "driver"),
    [
        ("0", "webcam"),
        ("/dev/video2", "webcam"),
        ("http://192.0.2.1/video", "stream"),
        ("rtsp://u:p@192.0.2.1:554/1", "stream"),
        ("film:a:b", "film"),
    ],
)
def test_the_address_chooses_the_driver(address, driver):
    """Each kind of address has its own."""
    assert driver_of(address)[0] == driver


def test_a_shown_address_keeps_no_secret():
    """User name, password and query stay out of notices and logs."""
    assert shown("rtsp://agent:fictional@192.0.2.1:554/live?token=t") == "rtsp://192.0.2.1:554/live"
    assert shown("film:a:b?key=t") == "film:a:b"
