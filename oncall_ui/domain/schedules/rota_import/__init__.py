"""A rota that another tool or a spreadsheet kept, read as history: who was on call when, and what it adds to the ledger."""
