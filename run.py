"""Starts On-Call Optimizer. `python run.py --help` lists the commands."""

import sys

if __name__ == "__main__":
    from oncall_ui.cli.main import main
    from oncall_ui.memory import use_system_allocator

    if sys.argv[1:2] in ([], ["serve"]):
        use_system_allocator()  # here rather than in `main`, which tests call: it replaces the process
    sys.exit(main(sys.argv[1:]))
