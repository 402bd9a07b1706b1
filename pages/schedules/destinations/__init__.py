"""Other programs and channels that a schedule is sent to: their list on Publish, and a page for each."""
