"""The program, started for a check."""

import contextlib
import json
import subprocess


@contextlib.contextmanager
def service(command):
    """Starts the service on a free port; its origin, such as http://127.0.0.1:4321."""
    program = subprocess.Popen([command, "--port", "0", "--log-format", "json"], stderr=subprocess.PIPE, text=True)
    try:
        # The first line of the log says where it listens.
        yield json.loads(program.stderr.readline())["page"].rstrip("/")
    finally:
        program.terminate()
        program.communicate(timeout=30)
