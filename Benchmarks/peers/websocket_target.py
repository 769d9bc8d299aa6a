#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""websocket_target.py PORT FILE: a server of the websockets library on every address; each connection appends a byte to FILE."""
import asyncio
import os
import sys

from websockets.asyncio.server import serve


async def main():
    runs = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def talk(connection):
        os.write(runs, b".")
        async for message in connection:
            await connection.send(message)

    async with serve(talk, "0.0.0.0", int(sys.argv[1]), compression=None, ping_interval=None, backlog=1024):
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
