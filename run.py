"""Starts On-Call Optimizer. `python run.py --help` lists the commands."""

import sys

if __name__ == "__main__":
    from oncall_ui.cli.main import main

    sys.exit(main(sys.argv[1:]))
