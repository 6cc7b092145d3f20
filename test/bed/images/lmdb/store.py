#!/usr/bin/python3
"""Numbers and accounts in an LMDB environment that is written through mmap.

    store serve           for each line "CLIENT NUMBER": stores it in a transaction, answers "ok"
    store ping            exits 0 when the server answers
    store load            moves amounts between accounts until it is ended
    store numbers CLIENT  what is stored of a client
    store transfers       how many there were; exits 1 when the accounts do not add up
"""

import random
import signal
import socket
import socketserver
import struct
import sys

import lmdb

PORT = 4000
ACCOUNTS = 20_000
FILLER = bytes(400)

class Numbers(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            if line != b"ping\n":
                with store.begin(db=numbers, write=True) as transaction:
                    transaction.put(line.strip(), line)
            self.wfile.write(b"ok\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def key(account):
    return struct.pack(">I", account)


def balance(transaction, account):
    return struct.unpack_from("<q", transaction.get(key(account)))[0]


def set_balance(transaction, account, amount):
    transaction.put(key(account), struct.pack("<q", amount) + FILLER)


def create_accounts():
    with store.begin(db=accounts, write=True) as transaction:
        if transaction.stat(accounts)["entries"] == 0:
            for account in range(ACCOUNTS + 1):
                set_balance(transaction, account, 0)


def serve():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    create_accounts()
    Server(("", PORT), Numbers).serve_forever()


def ping():
    with socket.create_connection(("127.0.0.1", PORT), timeout=4) as connection:
        connection.sendall(b"ping\n")
        sys.exit(connection.recv(3) != b"ok\n")


def load():
    """The first account counts the transfers."""
    while True:
        with store.begin(db=accounts, write=True) as transaction:
            amount = random.randrange(1, 1000)
            giver, taker = random.sample(range(1, ACCOUNTS + 1), 2)
            for account, change in ((giver, -amount), (taker, amount), (0, 1)):
                set_balance(transaction, account, balance(transaction, account) + change)


def print_numbers(client):
    with store.begin(db=numbers) as transaction:
        for name, line in transaction.cursor():
            if line.strip() != name:
                sys.exit(f"{name} holds {line}")
            if name.startswith(f"{client} ".encode()):
                print(name.split()[1].decode())


def print_transfers():
    with store.begin(db=accounts) as transaction:
        print(balance(transaction, 0))
        sys.exit(sum(balance(transaction, each) for each in range(1, ACCOUNTS + 1)) != 0)


if sys.argv[1] == "ping":
    ping()
# No msync waits for the disk: a commit is in the page cache, and the kernel writes it when it likes.
store = lmdb.open("/data", map_size=128 << 20, max_dbs=2, writemap=True, map_async=True)
numbers = store.open_db(b"numbers")
accounts = store.open_db(b"accounts")
commands = {
    "serve": serve,
    "load": load,
    "numbers": print_numbers,
    "transfers": print_transfers,
}
commands[sys.argv[1]](*sys.argv[2:])
