"""Where the command starts: a command is short, so collecting garbage would cost more than it frees."""

import gc


def main() -> int:
    """Run the command line and return its exit code."""
    gc.disable()
    from patency.cli import main as run

    code = run()
    gc.freeze()  # nothing is left to find when the interpreter ends
    return code
