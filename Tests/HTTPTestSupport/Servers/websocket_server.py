# SPDX-License-Identifier: Apache-2.0
"""A server of the websockets library: greets, echoes, and does as some messages say."""

import argparse
import asyncio
import logging
import ssl
import sys

from websockets.asyncio.server import serve


async def talk(connection):
    """Answers what comes; `close CODE REASON` closes, `fragments TEXT` comes back letter by letter."""
    await connection.send("hello")
    async for message in connection:
        words = message.split(" ", 2) if isinstance(message, str) else []
        if words and words[0] == "close":
            await connection.close(int(words[1]), words[2])
        elif words and words[0] == "fragments":
            await connection.send(iter(words[1]))
        elif words and words[0] == "ping":
            await (await connection.ping(words[1]))
            await connection.send("ponged")
        else:
            await connection.send(message)


async def main():
    """Listens on a free port, says which, and serves until its input ends."""
    logging.basicConfig(level=logging.CRITICAL)
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--subprotocol", action="append")
    options = parser.parse_args()
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
    async with serve(talk, "127.0.0.1", 0, ssl=context, subprotocols=options.subprotocol) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
