"""Live cameras: webcams that refuse, cables that come loose, network cameras that go away."""

import importlib
import itertools
import threading
from collections.abc import Callable, Collection, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from portique.core.errors import EnvironmentProblem
from portique.gate.capture import Frame, Play, Shot, live, open_frames, open_source, stream, webcam

pytestmark = pytest.mark.slow  # real sources

START_MS = 1_795_420_800_000
PICTURE = np.full((12, 16, 3), 90, np.uint8)
NO_WAIT = (0.0,)


class FakeCamera:
    """A `cv2.VideoCapture` that obeys or refuses, and gives so many pictures."""

    def __init__(
        self,
        pictures: int = 3,
        *,
        refuses: Collection[int] = (),
        ignores: Collection[int] = (),
        opens: bool = True,
    ) -> None:
        self.pictures, self.refuses, self.ignores, self.opens = pictures, refuses, ignores, opens
        self.properties: dict[int, float] = {}
        self.exposures: list[float] = []
        self.released = False

    def isOpened(self):  # noqa: N802
        """Be there or not."""
        return self.opens

    def set(self, property_id, value, /):
        """Obey, refuse, or say yes and do nothing."""
        if property_id in self.refuses:
            return False
        if property_id == cv2.CAP_PROP_EXPOSURE:
            self.exposures.append(value)
        self.properties[property_id] = 7.0 if property_id in self.ignores else value
        return True

    def get(self, property_id, /):
        """Tell what is really set."""
        return self.properties.get(property_id, 0.0)

    def read(self):
        """Give a picture until the cable is pulled."""
        self.pictures -= 1
        return (True, PICTURE) if self.pictures >= 0 else (False, None)

    def release(self):
        """Remember it."""
        self.released = True


def shots(
    camera: FakeCamera, notices: list[str] | None = None, *, mains: bool = True
) -> Iterator[Shot]:
    """Open a fake camera."""
    play = Play(START_MS, notice=(notices if notices is not None else []).append)
    return webcam.shots(camera, "/dev/video0", play, lambda _device, _hz: mains)


def test_focus_and_exposure_are_locked():
    """No hunting, and never longer than 4 ms."""
    camera = FakeCamera(40)
    notices: list[str] = []
    with pytest.raises(EnvironmentProblem):
        list(shots(camera, notices))

    assert camera.properties[cv2.CAP_PROP_AUTOFOCUS] == 0
    assert camera.properties[cv2.CAP_PROP_AUTO_EXPOSURE] == webcam.MANUAL_EXPOSURE
    assert max(camera.exposures) * webcam.EXPOSURE_UNIT_US <= 4_000
    assert notices == []


def test_exposures_alternate_for_paper_and_phones():
    """Runs of frames, long enough for the camera to follow."""
    camera = FakeCamera(4 * webcam.FRAMES_EACH)
    with pytest.raises(EnvironmentProblem):
        list(shots(camera))

    assert camera.exposures[1:5] == [40.0, 10.0, 40.0, 10.0]


def test_what_the_camera_refuses_is_said_once():
    """In words a technician knows, in one sentence."""
    notices: list[str] = []
    camera = FakeCamera(refuses=[cv2.CAP_PROP_AUTOFOCUS], ignores=[cv2.CAP_PROP_AUTO_EXPOSURE])
    with pytest.raises(EnvironmentProblem):
        list(shots(camera, notices, mains=False))

    assert len(notices) == 1
    for word in ("fixed focus", "manual exposure", "50 Hz"):
        assert word in notices[0]


def test_a_camera_without_exposure_control_is_not_asked_again():
    """No alternation where it can't work."""
    camera = FakeCamera(20, refuses=[cv2.CAP_PROP_EXPOSURE])
    with pytest.raises(EnvironmentProblem):
        list(shots(camera))

    assert camera.exposures == []


def test_an_unplugged_camera_is_released_and_named():
    """The device is free for the next attempt."""
    camera = FakeCamera(2)
    given = shots(camera)

    assert len([next(given), next(given)]) == 2
    with pytest.raises(EnvironmentProblem, match="/dev/video0"):
        next(given)
    assert camera.released


def test_a_camera_in_use_is_named():
    """There, but not ours to open."""
    with pytest.raises(EnvironmentProblem, match="another program"):
        shots(FakeCamera(opens=False))


def test_a_missing_camera_is_named():
    """The highest number there may be: no machine of ours has so many."""
    with pytest.raises(EnvironmentProblem, match="no camera 63"):
        open_source("63", at=START_MS)


@pytest.mark.parametrize("place", ["64", "/dev/video", "/dev/video0/x"])
def test_a_wrong_camera_name_is_refused(place):
    """Only numbers in bounds reach the device path."""
    with pytest.raises(EnvironmentProblem, match="names no camera"):
        webcam.open_shots(place, Play(START_MS))


def test_the_mains_frequency_of_no_device_is_refused(tmp_path):
    """A file isn't a camera, a missing one neither."""
    (tmp_path / "file").touch()

    assert not webcam.set_mains(str(tmp_path / "file"), 50)
    assert not webcam.set_mains(str(tmp_path / "none"), 50)
    assert webcam.set_mains(str(tmp_path / "none"), 0)


def losing(shots_each: list[int | None], play: Play) -> Callable[[], Iterator[Shot]]:
    """Make a camera that gives so many shots, is lost, and is back at the next attempt."""
    attempts = iter(shots_each)

    def reopen() -> Iterator[Shot]:
        count = next(attempts)
        if count is None:
            raise EnvironmentProblem("still away")
        return give(count)

    def give(count: int) -> Iterator[Shot]:
        for _ in range(count):
            yield Shot(play.elapsed_ms(), PICTURE[..., 0])
        raise EnvironmentProblem("pulled")

    return reopen


def test_a_lost_camera_is_waited_for():
    """Frames go on after the cable is back, and each change is told."""
    notices: list[str] = []
    play = Play(START_MS, keep_trying=True, notice=notices.append, retry_s=NO_WAIT)
    reopen = losing([2, None, 0, 3], play)
    given = live.again(reopen(), reopen, play)

    assert len([next(given) for _ in range(5)]) == 5
    assert notices == ["pulled", "still away", "pulled", "The camera is back."]


def test_closing_ends_the_wait_for_a_camera():
    """Nobody waits for a camera that nobody wants."""
    play = Play(START_MS, keep_trying=True, retry_s=(60.0,))

    def away() -> Iterator[Shot]:
        raise EnvironmentProblem("away")

    given = live.again(losing([1], play)(), away, play)
    next(given)
    play.closing.set()

    assert list(given) == []


def test_a_slow_reader_gets_the_newest_frame():
    """Frames missed are gone; the last one is never lost."""
    read_ahead = threading.Event()

    def camera() -> Iterator[Frame]:
        for number in range(50):
            yield Frame(number, START_MS, PICTURE[..., 0])
        read_ahead.set()

    given = live.newest(camera(), Play(START_MS))
    read_ahead.wait(10)

    assert [frame.number for frame in given][-1] == 49


def test_an_error_of_the_camera_reaches_the_reader():
    """The reading thread hides nothing."""

    def camera() -> Iterator[Frame]:
        yield Frame(0, START_MS, PICTURE[..., 0])
        raise EnvironmentProblem("pulled")

    with pytest.raises(EnvironmentProblem, match="pulled"):
        list(live.newest(camera(), Play(START_MS)))


class _Mjpeg(BaseHTTPRequestHandler):
    """A network camera that sends so many pictures and then hangs up."""

    pictures = 40

    def do_GET(self):
        """Send MJPEG as cameras do."""
        if self.path != "/video":
            self.send_error(401)
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        for number in range(self.pictures):
            grey = np.full((96, 128), 5 * number, np.uint8)
            data = cv2.imencode(".jpg", grey)[1].tobytes()
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            self.wfile.write(head.encode() + data + b"\r\n")

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def network_camera():
    """Serve MJPEG on loopback; gives host and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Mjpeg)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_network_camera_gives_its_frames(network_camera):
    """For a replay no frame is dropped, and the end of the stream is the end."""
    with open_source(f"http://{network_camera}/video", at=START_MS) as source:
        frames = list(source)

    assert len(frames) in (_Mjpeg.pictures - 1, _Mjpeg.pictures)
    assert frames[0].at_ms == START_MS
    assert frames[0].grey.shape == (96, 128)
    assert all(a.at_ms <= b.at_ms for a, b in itertools.pairwise(frames))


def test_a_live_network_camera_is_reached_again_when_it_hangs_up(network_camera):
    """Numbers and time go on over the reconnection."""
    notices: list[str] = []
    play = Play(START_MS, keep_trying=True, notice=notices.append, retry_s=NO_WAIT)
    frames = open_frames(f"http://{network_camera}/video", play)
    given = [next(frames) for _ in range(_Mjpeg.pictures + 10)]
    play.closing.set()

    assert [frame.number for frame in given] == list(range(len(given)))
    assert "The camera is back." in notices
    assert all(a.at_ms <= b.at_ms for a, b in itertools.pairwise(given))


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_camera_that_does_not_answer_is_named_without_its_password(scheme):
    """Nothing listens on port 9 of this machine."""
    with pytest.raises(EnvironmentProblem, match=rf"{scheme}://127\.0\.0\.1:9/live") as caught:
        open_source(f"{scheme}://agent:fictional@127.0.0.1:9/live", at=START_MS)

    assert "fictional" not in str(caught.value)


def test_a_camera_that_refuses_is_named(network_camera):
    """A wrong password is one clear sentence."""
    with pytest.raises(EnvironmentProblem, match="password"):
        open_source(f"http://{network_camera}/other", at=START_MS)


def test_no_frame_is_held_back_by_threads():
    """Frame threads would delay a live picture by as many frames as there are cores."""
    source = Path(stream.__file__).read_text(encoding="utf-8")

    assert 'thread_type = "SLICE"' in source


@pytest.fixture
def plug_camera(monkeypatch):
    """Plug in network cameras, and unplug them at the end."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    cameras = importlib.import_module("network_cameras")
    plugged = []

    def plug(scheme):
        plugged.append(cameras.NetworkCamera(scheme))
        return plugged[-1]

    yield plug
    for camera in plugged:
        camera.unplug()


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_live_network_camera_is_seen(plug_camera, scheme):
    """MJPEG and RTSP give grey frames as they arrive, and closing ends them."""
    camera = plug_camera(scheme)
    with open_source(camera.address, at=START_MS, newest_only=True) as source:
        frames = list(itertools.islice(source, 12))

    assert frames[-1].grey.shape == (96, 128)
    assert all(a.number < b.number for a, b in itertools.pairwise(frames))
    assert len({int(frame.grey.mean()) for frame in frames}) > 6
