"""The picture of a plan's tasks, planned or live: one view, one batched item, its own hit test, gestures and minimap.

numpy comes in with this package, so it is imported where a picture is first needed, never while the window starts.
"""

from orchestra_desktop.ui.canvas.graph_picture import GraphPicture

__all__ = ["GraphPicture"]
