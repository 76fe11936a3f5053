"""Files that a chat can hold."""

import struct

VOICE = b"OggS" + bytes(60)


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 320, 200)
