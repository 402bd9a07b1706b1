"""Changes that are tried on a schedule before anybody decides about them."""
