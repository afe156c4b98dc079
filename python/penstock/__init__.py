"""Event streaming that speaks Apache Kafka's protocol.

The broker is the program ``penstockd``, which ``pip install`` puts beside ``python``.
"""

from penstock._native import __version__

__all__ = ["__version__"]
