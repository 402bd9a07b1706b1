"""The `plan` format: from JSON to a planning problem, with a clear sentence for what can't be used."""
