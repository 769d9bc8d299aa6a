# SPDX-License-Identifier: Apache-2.0
"""The server of websocket_target.py: the websockets library of Python, which is the slowest part of such a run."""
import time
from pathlib import Path

import machine
import ports
import programs
from process import Running


class WebSocketServer:
    def __init__(self, folder):
        self.port = ports.free()
        program = Path(__file__).parent / "websocket_target.py"
        self._running = Running(
            [programs.PYTHON / "bin" / "python", program, self.port, folder / "runs"], machine.target_core(), folder / "websocket.log")
        end = time.monotonic() + 20
        while not ports.is_taken(self.port):
            self._running.check()
            if time.monotonic() > end:
                raise RuntimeError("the WebSocket server does not listen after 20 s")
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._running.stop()
