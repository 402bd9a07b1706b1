"""The planning problems of docs/performance.md, solved, counted again and compared: `python -m bench.plans`."""
