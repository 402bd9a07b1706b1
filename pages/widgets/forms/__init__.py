"""Fields, and the dialogs and steps that hold them."""
