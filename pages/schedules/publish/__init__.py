"""A schedule’s Publish page: links to subscribe to, and notifications."""
