"""What a writer can do to a tree. See Tree.perform."""
import ctypes
import hashlib
import itertools
import mmap
import os
import shutil
import stat
import struct
import subprocess

from held_write import HeldWrite

libc = ctypes.CDLL(None, use_errno=True)
at_cwd, exchange = -100, 2
most_entries, longest_path = 160, 3000
kinds = {"f": stat.S_ISREG, "d": stat.S_ISDIR, "l": stat.S_ISLNK}


def content(seed, size):
    return (hashlib.md5(str(seed).encode()).hexdigest().encode() * (size // 32 + 1))[:size]


def swap(one, other):
    if libc.renameat2(at_cwd, one, at_cwd, other, exchange) != 0:
        raise OSError(ctypes.get_errno(), "renameat2")


def move(source, target):
    if os.path.lexists(target):
        raise FileExistsError(target)
    os.rename(source, target)


def identity(path):
    info = os.lstat(path)
    return info.st_dev, info.st_ino


def restore_mtime(path, info):
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns), follow_symlinks=False)


def acl(user, permissions):
    """The kernel's form of a list that names one more user, linux/posix_acl_xattr.h."""
    none = 0xFFFFFFFF
    entries = [(1, 6, none), (2, permissions, user), (4, 4, none), (16, 7, none), (32, 0, none)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


class Tree:
    def __init__(self, root, away, can_hold):
        self.root, self.away, self.can_hold = root, away, can_hold
        self.undos, self.twins, self.mappings, self.writes = [], [], [], []
        self.numbers = itertools.count()
        os.makedirs(root)
        os.makedirs(away)

    def perform(self, operation):
        """Returns what was done, or None. A number in an operation picks an entry that exists."""
        act = getattr(self, "do_" + operation["do"])
        try:
            return act(**{key: value for key, value in operation.items() if key != "do"})
        except OSError:
            return None

    def stand_still(self):
        for each in self.mappings:
            each.close()
        for each in self.writes:
            each.finish()
        self.mappings, self.writes = [], []

    # Picking: the choice among the others stays when one entry comes or goes, so histories shrink well.

    def entries(self):
        found, todo = [], [self.root]
        while todo:
            for entry in os.scandir(todo.pop()):
                found.append(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    todo.append(entry.path)
        return found

    def blocks(self):
        """About as many as tar will write."""
        return sum(4 + os.lstat(path).st_blocks for path in self.entries())

    def pick(self, number, among="fdlo", root=False):
        def fits(path):
            mode = os.lstat(path).st_mode
            kind = next((kind for kind, test in kinds.items() if test(mode)), "o")
            return kind in among

        found = [path for path in self.entries() if fits(path)] + ([self.root] if root else [])
        found = [path for path in found if not self.is_held(path)]
        if not found:
            raise FileNotFoundError
        return min(found, key=lambda path: hashlib.md5(b"%d %s" % (number, path)).digest())

    def is_held(self, path):
        """A file that a held write has locked: whoever changes it waits for that write."""
        return any(each.identity == identity(path) for each in self.writes)

    def remove(self, path):
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            os.unlink(path)
        elif self.writes:
            raise OSError
        else:
            shutil.rmtree(path)

    def place(self, into, name):
        path = os.path.join(self.pick(into, "d", root=True), name.encode("latin-1"))
        if len(path) > longest_path or len(self.entries()) > most_entries:
            raise OSError
        return path

    def shown(self, *paths):
        return " ".join(repr(os.path.relpath(path, self.root).decode("latin-1")) for path in paths)

    def aside(self):
        return os.path.join(self.away, b"%d" % next(self.numbers))

    def later(self, what, *steps):
        """Keeps how to undo what was just done."""
        self.undos.append((what, steps))
        return what

    # Entries come and go.

    def do_create(self, into, name, size, seed):
        path = self.place(into, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
            file.write(content(seed, size))
        return f"create {self.shown(path)} of {size}"

    def do_sparse(self, into, name, size, seed):
        path = self.place(into, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
            file.truncate(size << 20)
            for at in range(1, size, 2):
                file.seek(at << 20)
                file.write(content(seed, 4096))
        return f"create sparse {self.shown(path)}"

    def do_mkdir(self, into, name, depth):
        path = self.place(into, name)
        for _ in range(depth - 1):
            path = os.path.join(path, name.encode("latin-1"))
        if len(path) > longest_path:
            return None
        os.makedirs(path)
        return f"mkdir {self.shown(path)}"

    def do_symlink(self, into, name, to):
        path = self.place(into, name)
        target = to.encode("latin-1") if isinstance(to, str) else self.pick(to)
        if not isinstance(to, str):
            target = os.path.relpath(target, os.path.dirname(path))
        os.symlink(target, path)
        return f"symlink {self.shown(path)} -> {target!r}"

    def do_special(self, into, name, kind):
        path = self.place(into, name)
        types = {"fifo": stat.S_IFIFO, "socket": stat.S_IFSOCK, "device": stat.S_IFCHR}
        os.mknod(path, types[kind] | 0o640, os.makedev(1, 3))
        return f"{kind} {self.shown(path)}"

    def do_delete(self, entry):
        path = self.pick(entry)
        self.remove(path)
        return f"delete {self.shown(path)}"

    def do_recreate(self, file, seed):
        """Another file of the same name, size and time, often with the same inode number."""
        path = self.pick(file, "f")
        info = os.lstat(path)
        os.unlink(path)
        with open(path, "wb") as new:
            new.write(content(seed, min(info.st_size, 1 << 20)))
        restore_mtime(path, info)
        return f"delete and create {self.shown(path)}"

    def do_twin(self, directory, into, name, alter, seed):
        """A copy that looks the same from outside: other content, or another size, or another time."""
        source, target = self.pick(directory, "d"), self.place(into, name)
        if os.path.lexists(target) or target.startswith(source + b"/"):
            return None
        subprocess.run([b"cp", b"-a", source, target], check=True)
        for parent, _, names in os.walk(target):
            for path in (os.path.join(parent, each) for each in names):
                info = os.lstat(path)
                if stat.S_ISREG(info.st_mode) and info.st_size < 1 << 20:
                    self.alter(path, info, alter, seed)
        self.twins.append((source, target))
        return f"twin {self.shown(source, target)} with other {alter}"

    def alter(self, path, info, what, seed):
        size = info.st_size + (what == "size")
        with open(path, "r+b") as file:
            file.write(content(seed, size) if what != "time" else file.read())
        if what != "time":
            restore_mtime(path, info)

    # Content.

    def do_append(self, file, size, seed):
        path = self.pick(file, "f")
        with open(path, "ab") as target:
            target.write(content(seed, size))
        return f"append {size} to {self.shown(path)}"

    def do_truncate(self, file, size):
        path = self.pick(file, "f")
        os.truncate(path, size)
        return f"truncate {self.shown(path)} to {size}"

    def do_rewrite(self, file, seed, restore):
        """In place, equal in size."""
        path = self.pick(file, "f")
        info = os.lstat(path)
        with open(path, "r+b") as target:
            target.write(content(seed, min(info.st_size, 1 << 20)))
        if restore:
            restore_mtime(path, info)
        return f"rewrite {self.shown(path)}{' and restore its mtime' if restore else ''}"

    def do_replace(self, file, seed, restore):
        """As editors save, and as a hard link breaks: another inode takes the name."""
        path, other = self.pick(file, "f"), self.aside()
        info = os.lstat(path)
        with open(other, "wb") as new:
            new.write(content(seed, min(info.st_size, 1 << 20)))
        shutil.copystat(path, other)
        if not restore:
            os.utime(other)
        os.rename(other, path)
        return f"replace {self.shown(path)}{' with its mtime' if restore else ''}"

    def do_map(self, file, at):
        path = self.pick(file, "f")
        with open(path, "r+b") as target:
            size = os.fstat(target.fileno()).st_size
            if not 0 < size <= 1 << 20:
                return None
            self.mappings.append(Mapping(os.dup(target.fileno()), size))
        return f"map {self.shown(path)} and {self.mappings[-1].poke(at)}"

    def do_poke(self, mapping, at):
        if not self.mappings:
            return None
        chosen = mapping % len(self.mappings)
        return f"mapping {chosen}: {self.mappings[chosen].poke(at)}"

    def do_begin_write(self, file, seed):
        path = self.pick(file, "f")
        size = os.lstat(path).st_size
        if not self.can_hold or self.writes or not 4096 < size <= 1 << 20:
            return None
        self.writes.append(HeldWrite(path, identity(path), content(seed, size)))
        return f"begin to rewrite {self.shown(path)}"

    def do_end_write(self):
        if not self.writes:
            return None
        self.writes.pop().finish()
        return "end that write"

    # Names.

    def do_rename(self, entry, into, name):
        source, target = self.pick(entry), self.place(into, name)
        if os.path.lexists(target) and self.is_held(target):
            return None
        os.rename(source, target)
        return self.later(f"rename {self.shown(source, target)}", (move, target, source))

    def do_swap(self, one, other, among):
        first, second = self.pick(one, among), self.pick(other, among)
        swap(first, second)
        return self.later(f"swap {self.shown(first, second)}", (swap, first, second))

    def do_away(self, entry, among):
        """Out of the tree, and perhaps back."""
        path, aside = self.pick(entry, among), self.aside()
        os.rename(path, aside)
        return self.later(f"move {self.shown(path)} out of the tree", (move, aside, path))

    def do_mask(self, entry, among, by, to):
        """Something else takes its name."""
        path, aside = self.pick(entry, among), self.aside()
        target = self.pick(to)
        os.rename(path, aside)
        if by == "symlink":
            os.symlink(os.path.relpath(target, os.path.dirname(path)), path)
        elif by == "directory":
            os.mkdir(path)
        elif by == "fifo":
            os.mkfifo(path)
        elif by == "itself":
            os.symlink(aside, path)
        else:
            with open(path, "wb") as file:
                file.write(content(to, 700))
        what = f"replace {self.shown(path)} by {by}"
        return self.later(what, (self.remove, path), (move, aside, path))

    def do_undo(self, number):
        if not self.undos:
            return None
        chosen = -1 - number % len(self.undos)
        what, steps = self.undos[chosen]
        paths = [path for _, *arguments in steps for path in arguments if os.path.lexists(path)]
        if any(self.is_held(path) for path in paths):
            return None
        del self.undos[chosen]
        for act, *arguments in steps:
            act(*arguments)
        return f"undo: {what}"

    def do_swap_twins(self, number):
        """Directories that only a look inside their files tells apart."""
        if not self.twins or self.writes:
            return None
        first, second = self.twins[number % len(self.twins)]
        swap(first, second)
        return self.later(f"swap the twins {self.shown(first, second)}", (swap, first, second))

    def do_swap_alike(self, number):
        """Two files that are alike from outside, or one of them in the other's place."""
        alike = {}
        for path in self.entries():
            info = os.lstat(path)
            if stat.S_ISREG(info.st_mode) and not self.is_held(path):
                key = info.st_size, info.st_mtime_ns, info.st_mode, info.st_uid, info.st_gid
                alike.setdefault(key, []).append(path)
        pairs = [sorted(paths)[:2] for paths in alike.values() if len(paths) > 1]
        if not pairs:
            return None
        first, second = sorted(pairs)[number % len(pairs)]
        if number % 2 == 0 and identity(first) != identity(second):
            os.rename(second, first)
            return f"rename {self.shown(second, first)}, alike"
        swap(first, second)
        return self.later(f"swap {self.shown(first, second)}, alike", (swap, first, second))

    def do_come_back(self, touch):
        """Undoes the last move; a touched directory has the same mtime and ctime then."""
        if not self.undos:
            return None
        paths = [path for _, *arguments in self.undos[-1][1] for path in arguments]
        what = self.do_undo(0)
        for path in paths if touch else []:
            if os.path.isdir(path) and not os.path.islink(path):
                os.mkfifo(os.path.join(path, b"touched"))
                os.unlink(os.path.join(path, b"touched"))
        return f"{what}{' and touch it' if touch else ''}"

    def do_link(self, entry, into, name):
        """Not of FIFOs, sockets and devices: tar stores their names as files of their own."""
        source, target = self.pick(entry, "fl"), self.place(into, name)
        os.link(source, target, follow_symlinks=False)
        return f"link {self.shown(source, target)}"

    # Attributes.

    def do_chmod(self, entry, mode):
        path = self.pick(entry, "fdo", root=True)
        os.chmod(path, mode)
        return f"chmod {mode:o} {self.shown(path)}"

    def do_chown(self, entry, uid, gid):
        path = self.pick(entry, root=True)
        os.lchown(path, uid, gid)
        return f"chown {uid}:{gid} {self.shown(path)}"

    def do_utimes(self, entry, time):
        """Without a time the old one is set again, which moves the ctime alone."""
        path = self.pick(entry, root=True)
        at = int(time) if time is not None else os.lstat(path).st_mtime_ns
        os.utime(path, ns=(at, at), follow_symlinks=False)
        return f"utimes {self.shown(path)} {time or 'as they are'}"

    def do_xattr(self, entry, name, value):
        path = self.pick(entry, root=True)
        if value is None:
            os.removexattr(path, name, follow_symlinks=False)
        else:
            os.setxattr(path, name, value.encode("latin-1"), follow_symlinks=False)
        return f"xattr {name} of {self.shown(path)}"

    def do_acl(self, entry, kind, user, permissions):
        path = self.pick(entry, "d" if kind == "default" else "fd", root=True)
        name = f"system.posix_acl_{kind}"
        if permissions is None:
            os.removexattr(path, name)
        else:
            os.setxattr(path, name, acl(user, permissions))
        return f"{kind} ACL of {self.shown(path)}"


class Mapping:
    def __init__(self, descriptor, size):
        self.descriptor = descriptor
        self.memory = mmap.mmap(descriptor, size)

    def poke(self, at):
        size = min(len(self.memory), os.fstat(self.descriptor).st_size)
        if size == 0:
            return None  # to touch it would be a bus error
        self.memory[at % size] ^= 0x55
        return f"poke it at {at % size}"

    def close(self):
        self.memory.close()
        os.close(self.descriptor)
