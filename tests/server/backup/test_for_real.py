"""A copy on a real file, while others write. The way back: `test_restore_drill`."""

import json
import subprocess
import sys
from subprocess import PIPE

import pytest

pytestmark = pytest.mark.slow
COMMAND = (sys.executable, "-m", "portique.cli")
ADOPT = """
import sys; from pathlib import Path
from portique.server.config.starting import make_ready, migrate
school = Path(sys.argv[1]); make_ready(school); migrate()
from portique.server.school.adoption import adopt; adopt(school)
"""
READ = """
import sys; from pathlib import Path
from portique.server.config.starting import make_ready
make_ready(Path(sys.argv[1]))
from portique.server.backup import rows
from portique.server.passes.models import IssuedPass
with rows.snapshot():
    print(IssuedPass.objects.count(), flush=True)
    sys.stdin.readline()
    print(IssuedPass.objects.count(), flush=True)
print(IssuedPass.objects.count(), flush=True)
"""


def portique(*words: object) -> dict[str, object]:
    """Run a command and return its answer."""
    command = [*COMMAND, *map(str, words), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def issue(school) -> str:
    """Issue one pass; return its number."""
    words = ("pass", "issue", "--school", school, "--kind", "staff", "--name", "Ali Benani")
    return str(portique(*words)["pass_id"])


@pytest.fixture
def school(tmp_path):
    """A served school with one pass."""
    folder = tmp_path / "school"
    portique("school", "init", folder, "--uai", "0990001N", "--name", "Lycée des Tilleuls")
    subprocess.run([sys.executable, "-c", ADOPT, str(folder)], check=True, timeout=60)
    issue(folder)
    return folder


def test_a_copy_is_of_one_instant_and_no_writer_waits_for_it(school):
    """A pass issued meanwhile is there afterwards, and not in the copy."""
    command = [sys.executable, "-c", READ, str(school)]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as reader:
        assert reader.stdin
        assert reader.stdout
        before = reader.stdout.readline()
        issue(school)
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert [before, *reader.stdout.readlines()] == ["1\n", "1\n", "2\n"]
