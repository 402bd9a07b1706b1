"""History from other tools and spreadsheets: read in a worker, shown with its effect, then written as lines."""
