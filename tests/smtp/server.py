"""An SMTP server on loopback for the tests: what it takes lands in the Maildir FOLDER/mails.

Prints `ready 127.0.0.1:PORT` when it listens. Ends, and removes FOLDER, when its standard input ends.
"""

import asyncio
import mailbox
import os
import shutil
import sys

from aiosmtpd.smtp import SMTP


class Keep:
    """Keeps every mail as it came, with its envelope in headers of its own."""

    def __init__(self, folder):
        self.mails = mailbox.Maildir(folder, create=True)

    async def handle_DATA(self, server, session, envelope):
        message = mailbox.MaildirMessage(envelope.content)
        message["X-Envelope-From"] = envelope.mail_from
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.mails.add(message)
        return "250 OK"


async def main(folder):
    loop = asyncio.get_running_loop()
    keep = Keep(os.path.join(folder, "mails"))
    server = await loop.create_server(lambda: SMTP(keep, enable_SMTPUTF8=True), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"ready {host}:{port}", flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


if len(sys.argv) != 2:
    sys.exit("usage: server.py FOLDER")
try:
    asyncio.run(main(sys.argv[1]))
finally:
    shutil.rmtree(sys.argv[1], ignore_errors=True)
