"""Reads the files that a broker leaves on the disk, Apache Kafka's or penstock's; changes nothing.

Private. The layouts are described in docs/formats.
"""
