"""Starts On-Call Optimizer. `python run.py --help` lists the commands."""

import gc
import sys

if __name__ == "__main__":
    if sys.argv[1:2] in ([], ["serve"]):
        from oncall_ui.memory import use_system_allocator

        use_system_allocator()  # before all else is imported: it replaces the process
        gc.disable()  # importing only adds; the collector starts with the server, which then looks at it once

    from oncall_ui.cli.main import main

    sys.exit(main(sys.argv[1:]))
