"""One contender of one scenario, in a process of its own: prints what it took as JSON.

worker.py SCENARIO CONTENDER '{"servers": ..., "records": ..., "size": ...}'
"""

from __future__ import annotations

import json
import sys

import consume  # noqa: F401 - these three fill the table
import embedded  # noqa: F401
import produce  # noqa: F401
from meter import CONTENDERS

if __name__ == "__main__":
    given = json.loads(sys.argv[3])
    print(json.dumps(CONTENDERS[sys.argv[1], sys.argv[2]](given)))
