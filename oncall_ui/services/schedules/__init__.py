"""On-call schedules: who may do what, plans and what was published of them, the ledger."""
