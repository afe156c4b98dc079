"""The native core of penstock; private, see the package penstock."""

__version__: str
