"""The window: widgets, panels, dialogs and item-model adapters on Qt. No rule of the product lives here."""
