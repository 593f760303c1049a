"""Floor 5: one request to a model, paid for. The only caller of the model port."""
