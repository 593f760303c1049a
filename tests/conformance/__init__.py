"""What every implementation of a port must do, the fake one included."""
