"""Members: who has an account, who is logged in, their profile and their addresses."""
