"""The native core of penstock; private, see the package penstock."""

from typing_extensions import Buffer

__version__: str

def crc32c(data: Buffer, /) -> int:
    """CRC-32C (Castagnoli), the checksum of record batches."""
