"""Runs a program and passes on what it says on stderr, line by line; after every so many lines that tell of an entry the
program stands still, and whoever serves the gate is asked.

Arguments: the gate's directory, how many entries, the program and its arguments.
"""
import ctypes
import os
import signal
import socket
import subprocess
import sys

entry = (b"snapshotted ", b"cached\t")
dies_with_parent = 1


def die_with_parent():
    ctypes.CDLL(None).prctl(dies_with_parent, signal.SIGKILL)


def ask(gate):
    with open(os.path.join(gate, "ask"), "wb", buffering=0) as out:
        out.write(b"\n")
    with open(os.path.join(gate, "answer"), "rb", buffering=0) as answer:
        answer.read(1)


def main(gate, step, *command):
    # A socket that holds little: the program cannot get far ahead of what it says.
    ours, theirs = socket.socketpair()
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    child = subprocess.Popen(command, stderr=theirs, preexec_fn=die_with_parent)
    theirs.close()
    seen = 0
    with ours.makefile("rb") as lines:
        for line in lines:
            os.write(2, line)
            if not line.startswith(entry):
                continue
            seen += 1
            if seen % int(step) == 0:
                child.send_signal(signal.SIGSTOP)
                ask(gate)
                child.send_signal(signal.SIGCONT)
    return child.wait()


sys.exit(main(*sys.argv[1:]))
