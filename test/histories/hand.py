"""Writes trees as it is told, one JSON request a line on stdin, each answered by one line.

Requests: {"root": …, "away": …, "do": [operation…]}, {"arm": …} with batches that run when a program asks for the next
one through a pair of FIFOs, {"disarm": true}, {"still": root} after which nothing writes that tree any more,
{"forget": root}.
Names are Latin-1 in JSON and bytes on disk. An operation that the tree does not allow does nothing.
"""
import json
import os
import sys
import threading

from operations import Tree

trees = {}
lock = threading.RLock()
armed = {"tree": None, "batches": [], "log": []}
encode = os.fsencode
can_hold = "--hold-writes" in sys.argv


def tree_of(root, away=None):
    if root not in trees:
        trees[root] = Tree(encode(root), encode(away), can_hold)
    return trees[root]


def run_batch(tree, operations):
    with lock:
        return [line for each in operations for line in [tree.perform(each)] if line]


def serve_gate(directory):
    """A program that writes a line to `ask` stands still until it reads one from `answer`."""
    ask = os.open(os.path.join(directory, "ask"), os.O_RDWR)
    answer = os.open(os.path.join(directory, "answer"), os.O_RDWR)
    while os.read(ask, 1):
        with lock:
            batch = armed["batches"].pop(0) if armed["batches"] else None
            if batch and batch["held"]:
                run_armed(batch)
            os.write(answer, b"\n")
            if batch and not batch["held"]:
                run_armed(batch)


def run_armed(batch):
    kind = "while the hot pass is held" if batch["held"] else "while the hot pass goes on"
    armed["log"].append([kind, run_batch(armed["tree"], batch["do"])])


def handle(request):
    if "arm" in request:
        with lock:
            tree = tree_of(request["arm"])
            armed.update(tree=tree, batches=request["batches"], log=[])
            return {"blocks": tree.blocks(), "entries": len(tree.entries())}
    if "disarm" in request:
        with lock:
            for batch in armed["batches"]:
                armed["log"].append(["after the held program", run_batch(armed["tree"], batch["do"])])
            armed["batches"] = []
            return {"log": armed["log"]}
    if "still" in request:
        tree_of(request["still"]).stand_still()
        return {}
    if "forget" in request:
        trees.pop(request["forget"]).stand_still()
        return {}
    return {"log": run_batch(tree_of(request["root"], request["away"]), request["do"])}


threading.Thread(target=serve_gate, args=[sys.argv[1]], daemon=True).start()
for text in sys.stdin:
    print(json.dumps(handle(json.loads(text))), flush=True)
os._exit(0)
