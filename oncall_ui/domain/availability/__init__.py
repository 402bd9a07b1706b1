"""What counts as availability: the rules, and how it becomes days, lines and previews."""
