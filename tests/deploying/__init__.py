"""Installing: the image, the unit and the guides about them, with substitutes for what changes the machine."""
