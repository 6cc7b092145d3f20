"""A write(2) that stands still after its first page: the kernel has stamped the file's times by then.

Its buffer is memory without pages, which are provided when the write shall end: userfaultfd(2), linux/userfaultfd.h.
"""
import ctypes
import fcntl
import mmap
import os
import platform
import struct
import threading

libc = ctypes.CDLL(None, use_errno=True)
numbers = {"x86_64": 323, "aarch64": 282}
ioctl_api, ioctl_register, ioctl_copy = 0xC018AA3F, 0xC020AA00, 0xC028AA03
page = mmap.PAGESIZE


def address(memory):
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


class HeldWrite:
    def __init__(self, path, identity, data):
        self.identity, self.data = identity, data
        self.size = -(-len(data) // page) * page
        self.fault = libc.syscall(numbers[platform.machine()], os.O_CLOEXEC)
        if self.fault < 0:
            raise OSError(ctypes.get_errno(), "userfaultfd")
        fcntl.ioctl(self.fault, ioctl_api, bytearray(struct.pack("QQQ", 0xAA, 0, 0)))
        self.memory = mmap.mmap(-1, self.size)
        area = struct.pack("QQQQ", address(self.memory), self.size, 1, 0)
        fcntl.ioctl(self.fault, ioctl_register, bytearray(area))
        self.provide(0, page)
        self.file = os.open(path, os.O_WRONLY)
        self.thread = threading.Thread(target=self.write)
        self.thread.start()
        if self.size > page:
            os.read(self.fault, 32)  # the message that the second page is waited for

    def write(self):
        arguments = ctypes.c_void_p(address(self.memory)), ctypes.c_size_t(len(self.data))
        libc.pwrite(self.file, *arguments, ctypes.c_long(0))

    def provide(self, start, end):
        source = mmap.mmap(-1, end - start)
        source.write(self.data[start:end])
        target = address(self.memory) + start
        order = struct.pack("QQQQq", target, address(source), end - start, 0, 0)
        fcntl.ioctl(self.fault, ioctl_copy, bytearray(order))

    def finish(self):
        if self.size > page:
            self.provide(page, self.size)
        self.thread.join()
        os.close(self.file)
        os.close(self.fault)
