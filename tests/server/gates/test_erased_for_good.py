"""An erasure on the real database file: the bytes are gone, from the write-ahead log too."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import os, sys
from pathlib import Path
from portique.server.config.starting import make_ready, migrate
school = Path(sys.argv[1])
make_ready(school)
migrate()
from django.conf import settings
from portique.core.seal import Purpose, private_key
from portique.school.register import EnrolledGate
from portique.server.gates import actions
from portique.server.gates.models import Gate
from portique.server.passes.register import DatabaseRegister
from portique.server.school.adoption import adopt
from portique.server.school.house import served_school
from tests.server.gates.wired import WiredGate, decision
adopt(school)
settings.ALLOWED_HOSTS = ["*"]
key = private_key(Purpose.GATE, os.urandom(48))
DatabaseRegister().add_gate(EnrolledGate("entry-1", "entry-1", key.public.x, key.public.y))
gate = WiredGate("entry-1", key, served_school().keys.orders).begin(20)
holders = [os.urandom(8) for _ in range(20)]
gate.write(*(decision(holder.hex()) for holder in holders))
gate.acknowledged()

def seen():
    data = b"".join(path.read_bytes() for path in school.glob("server.db*"))
    return sum(holder in data or holder.hex().encode() in data for holder in holders)

before = seen()
actions.order_erasure(Gate.objects.get(), 1, range(22, 42))
print(before, seen())
"""


@pytest.mark.slow
def test_what_is_erased_is_in_no_file_of_the_database(folder_made_once, tmp_path):
    """Each holder's number is in the files before, and in none after the order."""
    school = tmp_path / "school"
    shutil.copytree(folder_made_once, school)
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(school)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split() == ["20", "0"], done.stderr[-2000:]
