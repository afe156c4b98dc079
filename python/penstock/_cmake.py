"""Where the package keeps what C++ programs need."""

from __future__ import annotations

import os

_HERE = os.path.dirname(os.path.abspath(__file__))


def get_cmake_dir() -> str:
    """Return the folder of ``penstockConfig.cmake``, for CMake's variable ``penstock_DIR``.

    It gives the target ``penstock::penstock``: the headers, and the shared library of this package.

    >>> import penstock, os.path
    >>> os.path.isfile(os.path.join(penstock.get_cmake_dir(), "penstockConfig.cmake"))
    True
    """
    return os.path.join(_HERE, "lib", "cmake", "penstock")


def get_include() -> str:
    """Return the folder that holds the C++ headers, for ``#include <penstock/penstock.hpp>``.

    >>> import penstock, os.path
    >>> os.path.isfile(os.path.join(penstock.get_include(), "penstock", "penstock.hpp"))
    True
    """
    return os.path.join(_HERE, "include")
