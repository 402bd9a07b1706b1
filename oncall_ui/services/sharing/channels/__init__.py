"""Members' own channels in Slack, Teams and ntfy: what they choose, and the job that sends messages there."""
