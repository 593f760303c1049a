"""One object for each gesture of the mouse: made at the press, told of every move, ended or cancelled.

A new gesture (dragging nodes, pulling an edge, slicing) is a class with the methods of `Gesture` and one line in
`choice.py` that says which press begins it; the view needs no change.
"""
