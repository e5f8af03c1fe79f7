"""The program, started for a check."""

import contextlib
import json
import os
import subprocess


@contextlib.contextmanager
def service(command, **settings):
    """Starts the service on a free port; its origin, such as http://127.0.0.1:4321."""
    arguments = [command, "--port", "0", "--log-format", "json"]
    program = subprocess.Popen(arguments, env={**os.environ, **settings}, stderr=subprocess.PIPE, text=True)
    try:
        # The first line of the log says where it listens.
        yield json.loads(program.stderr.readline())["page"].rstrip("/")
    finally:
        program.terminate()
        program.communicate(timeout=30)
