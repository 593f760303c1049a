"""What the rows of the action table do: each verb is a function of the `UiContext`."""
