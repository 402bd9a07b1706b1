"""A rota of another tool or a spreadsheet, read as history: who was on call when, and what it adds to the ledger."""
