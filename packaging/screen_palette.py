"""Makes a picture small enough for a page: of 256 colours, which loses nothing that the eye sees of a window."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

_MOST = 256
_PLAINLY = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither


def of_few_colours(image: QImage, kept: Iterable[str]) -> QImage:
    """The colours that are kept for certain, such as a badge's, and then those that most pixels have."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    colours, counts = np.unique(np.frombuffer(plain.constBits(), dtype=np.uint32), return_counts=True)
    table = dict.fromkeys(QColor(colour).rgb() for colour in kept)
    table |= dict.fromkeys(int(colour) for colour in colours[np.argsort(-counts)])
    return plain.convertToFormat(QImage.Format.Format_Indexed8, list(table)[:_MOST], _PLAINLY)
