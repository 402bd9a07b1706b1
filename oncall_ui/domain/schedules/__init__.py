"""On-call schedules: shifts from rules, and the planning problem a solver is given."""
