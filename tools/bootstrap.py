"""Create the virtual environment: `python3 tools/bootstrap.py server|local|dev [directory]`.

Written for very old versions of Python, so that one that is too old can still say so; environment.py does the work.
"""

import os
import runpy
import sys

NEEDED = (3, 11)

if sys.version_info < NEEDED:
    sys.stderr.write(
        "nn-grader needs Python %d.%d or newer, and %s is %d.%d: "  # noqa: UP031 - old versions have no f-strings
        "name a newer one, as in `make run PYTHON=python3.12`.\n" % (NEEDED + (sys.executable,) + sys.version_info[:2])  # noqa: RUF005 - nor unpacking in tuples
    )
    sys.exit(1)

runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "environment.py"), run_name="__main__")  # noqa: PTH100, PTH118, PTH120 - nor pathlib
