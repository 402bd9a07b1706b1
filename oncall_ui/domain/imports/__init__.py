"""What an import meets: events, states, failures, how old the data is, and the words for each."""
