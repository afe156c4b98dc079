"""The command line ``penstock``: a program over the package's public Python API.

``main`` is the entry point; everything behind it is private.
"""

from __future__ import annotations

from penstock.cli._run import main

__all__ = ["main"]
