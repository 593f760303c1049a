"""A new person's first project in the window, from the wish to the opened files: by mouse, by keys, on a screen."""
