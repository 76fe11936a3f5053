"""What reads messages speaks with nobody outside, whatever its makers would like to know."""

import os
import subprocess
import sys
from pathlib import Path

_HOUSE = Path(__file__).parents[3]
# How many threads it has then, and how many sockets.
_READS = """
import os, stat
from domain.distress import Watch

Watch.load().assess("He said that he comes tonight, and that I know what he does then")
numbers = [each for each in range(3, 256) if os.path.exists(f"/proc/self/fd/{each}")]
sockets = [each for each in numbers if stat.S_ISSOCK(os.fstat(each).st_mode)]
print(len(os.listdir("/proc/self/task")), len(sockets))
"""


def test_p8_what_reads_a_message_has_one_thread_no_connection_and_writes_nothing_down(
    tmp_path: Path,
) -> None:
    """In a home of its own, where nothing says that these are tests: in such it is silent."""
    folders = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "TMPDIR"), str(tmp_path))
    calm = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    read = subprocess.run(
        [sys.executable, "-c", _READS],
        env={"PATH": os.environ["PATH"], **calm, **folders},
        capture_output=True,
        text=True,
        check=True,
        cwd=_HOUSE,
    )

    assert read.stdout.split() == ["1", "0"]
    assert list(tmp_path.iterdir()) == []
