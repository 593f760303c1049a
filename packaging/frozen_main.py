"""The first module of the frozen program: PyInstaller starts a script, while `__main__` stays part of its package."""

from __future__ import annotations

import sys

from orchestra_desktop.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
