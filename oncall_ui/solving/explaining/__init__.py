"""Why a plan is as it is: what keeps each person from a slot, and the smallest reason for what can’t be done."""
