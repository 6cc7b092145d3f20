"""Becomes a program whose stderr is passed on line by line; after every so many lines that tell of an entry the
program stands still, and whoever serves the gate is asked.

Arguments: the gate's directory, how many entries, the program and its arguments.
"""
import os
import signal
import socket
import sys

entry = (b"snapshotted ", b"cached\t")


def ask(gate):
    with open(os.path.join(gate, "ask"), "wb", buffering=0) as out:
        out.write(b"\n")
    with open(os.path.join(gate, "answer"), "rb", buffering=0) as answer:
        answer.read(1)


def send(program, number):
    try:
        os.kill(program, number)
    except ProcessLookupError:
        pass  # what it said last is still to be passed on


def pass_on(gate, step, program, lines):
    os.closerange(0, 2)
    seen = 0
    for line in lines:
        os.write(2, line)
        if not line.startswith(entry):
            continue
        seen += 1
        if seen % step == 0:
            send(program, signal.SIGSTOP)
            ask(gate)
            send(program, signal.SIGCONT)


def main(gate, step, *command):
    # A socket that holds little: the program cannot get far ahead of what it says.
    ours, theirs = socket.socketpair()
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    program = os.getpid()
    if os.fork() > 0:
        ours.close()
        os.dup2(theirs.fileno(), 2)
        os.execv(command[0], command)
    theirs.close()
    with ours.makefile("rb") as lines:
        pass_on(gate, int(step), program, lines)
    os._exit(0)


main(*sys.argv[1:])
