"""Run the stand-in: python -m scripts.stripe_stand_in [options]; -h tells them.

When it is ready it says one line: the address of its API, and that of its pages. It runs until it is told
to stop. The API and the control addresses are only ever on 127.0.0.1; the pages to pay at may be given a
port of their own for other machines.
"""

import argparse
import os
import sys
import threading
import time
from itertools import count
from pathlib import Path
from typing import NoReturn

from scripts import processes
from scripts.stripe_stand_in import happening
from scripts.stripe_stand_in.control import Control
from scripts.stripe_stand_in.events import Post
from scripts.stripe_stand_in.faults import Faults
from scripts.stripe_stand_in.server import Shop, listen
from scripts.stripe_stand_in.state import State

HERE = "127.0.0.1"
SECONDS_BETWEEN_ROUNDS = 0.05
ROUNDS_BETWEEN_LOOKS = 20


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="stripe_stand_in", description="A stand-in for Stripe.")
    parser.add_argument("--port", type=int, default=0, help="of the API; any free one without it")
    parser.add_argument("--page-host", default=HERE, help="where the pages to pay at listen")
    parser.add_argument("--page-port", type=int, help="their own port; without it they are beside the API")
    parser.add_argument("--public", default="", help="address under which browsers find those pages")
    parser.add_argument("--webhook", default="", help="address that news is sent to")
    parser.add_argument("--merchant", default="Lived Learning", help="who is paid")
    parser.add_argument("--state", type=Path, help="file to remember everything in")
    parser.add_argument("--record", action="store_true", help="keep requests and answers for the tests")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Serve until somebody stops it. Secrets come in the environment: lists of programs do not show it."""
    options = _options(words)
    processes.end_in_order()
    state = State(file=options.state, record=[] if options.record else None)
    post = Post(state, options.webhook, os.environ.get("STAND_IN_WEBHOOK_SECRET", "whsec_stand_in"))
    control = Control(state, Faults(), post)
    shop = Shop(options.merchant, os.environ.get("STAND_IN_KEY", "sk_test_stand_in"))
    servers = [listen(HERE, options.port, control, shop)]
    address = f"http://{HERE}:{servers[0].server_port}"
    page_address = address
    if options.page_port is not None:
        servers.append(listen(options.page_host, options.page_port, control, shop, pages_only=True))
        page_address = f"http://{HERE}:{servers[1].server_port}"
    state.public = options.public or page_address
    state.load()
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(address, state.public, flush=True)
    return _rounds(state, post)


def _rounds(state: State, post: Post) -> NoReturn:
    """Deliver news as it comes, and close the pages whose time is up."""
    for number in count():
        post.deliver_due()
        if number % ROUNDS_BETWEEN_LOOKS == 0:
            with state.lock:
                told = len(state.events)
                happening.expire_due(state)
                if len(state.events) > told:
                    state.keep()
        time.sleep(SECONDS_BETWEEN_ROUNDS)
    raise AssertionError


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
