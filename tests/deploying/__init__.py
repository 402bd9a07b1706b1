"""Installing: the image, the unit and the guides about them, with stand-ins for what changes the machine."""
