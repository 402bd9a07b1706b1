"""What a draft comes to, before it is published: what needs a look, what it costs, what it changes."""
