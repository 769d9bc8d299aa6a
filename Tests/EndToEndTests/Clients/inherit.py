# SPDX-License-Identifier: Apache-2.0
# inherit.py NAMES PROGRAM ARGUMENT…: passes one listening socket for each name, as systemd does, and becomes the program. Says
# the ports first, on its error output.
import os
import socket
import sys

names = sys.argv[1].split(":")
sockets = []
for _ in names:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    sockets.append(listener)
print("ports", *(listener.getsockname()[1] for listener in sockets), file=sys.stderr, flush=True)
# First out of the way, then to where they belong.
copies = [os.dup2(listener.fileno(), 100 + index) for index, listener in enumerate(sockets)]
for index, copy in enumerate(copies):
    os.dup2(copy, 3 + index)
os.closerange(3 + len(names), 200)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(names)), LISTEN_FDNAMES=sys.argv[1])
os.execv(sys.argv[2], sys.argv[2:])
