"""What holds for all tests in Python."""

from __future__ import annotations

import signal

# A run in the background of a shell ignores Ctrl-C, and so would everything that it starts; but the
# tests send it to what they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
