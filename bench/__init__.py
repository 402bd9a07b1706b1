"""How fast and how right the calendar engine is, measured against its peers."""
