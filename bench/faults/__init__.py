"""What can go wrong around the app, played with real processes: `python -m bench.faults`, see docs/reliability.md."""
