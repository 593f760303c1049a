"""Where an open file really lies, asked of the system by its handle: a path can be swapped, a handle cannot."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_LONGEST = 32_768  # characters of a path on Windows

if sys.platform == "win32":
    import ctypes
    import msvcrt

    def final_path(descriptor: int) -> Path:
        """The one path without links of an open file, in the form that `Path.resolve` gives. OSError if unknown."""
        ask = ctypes.WinDLL("kernel32", use_last_error=True).GetFinalPathNameByHandleW
        ask.argtypes = (ctypes.c_void_p, ctypes.c_wchar_p, ctypes.c_uint32, ctypes.c_uint32)
        ask.restype = ctypes.c_uint32
        answer = ctypes.create_unicode_buffer(_LONGEST)
        if not 0 < ask(msvcrt.get_osfhandle(descriptor), answer, _LONGEST, 0) < _LONGEST:
            raise ctypes.WinError(ctypes.get_last_error())
        return Path(answer.value.replace("\\\\?\\UNC\\", "\\\\", 1).removeprefix("\\\\?\\"))

elif sys.platform == "darwin":
    import fcntl

    def final_path(descriptor: int) -> Path:
        """The one path without links of an open file. OSError if unknown."""
        return Path(os.fsdecode(fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1_024)).rstrip(b"\0")))

else:

    def final_path(descriptor: int) -> Path:
        """The one path without links of an open file. OSError if unknown."""
        return Path(f"/proc/self/fd/{descriptor}").readlink()
