"""What the app is about, without a page, a table or a network: events, rules, availability, time."""
