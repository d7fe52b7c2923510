"""What is on the screen, and where: Xvfb keeps the screen in a file (-fbdir), as an XWD image."""

from __future__ import annotations

import ctypes
import dataclasses
import pathlib
import struct
import time
import zlib
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Rect:
    x: int
    y: int
    width: int
    height: int

    @property
    def is_small(self) -> bool:
        """No larger than an icon."""
        return max(self.width, self.height) <= 64

    @property
    def centre(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


@dataclasses.dataclass(frozen=True)
class Picture:
    """Rows of red, green and blue bytes."""

    width: int
    height: int
    rows: list[bytes]

    def count(self, wanted: Callable[[int, int, int], bool]) -> int:
        """How many pixels are as wanted."""
        return sum(
            wanted(row[i], row[i + 1], row[i + 2]) for row in self.rows for i in range(0, len(row), 3)
        )

    def png(self) -> bytes:
        def chunk(kind: bytes, data: bytes) -> bytes:
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        data = zlib.compress(b"".join(_filtered(self.rows)), 9)
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _filtered(rows: list[bytes]) -> list[bytes]:
    """Each row as its difference to the one above (PNG's filter 2): flat areas become zeros."""
    above = bytes(len(rows[0])) if rows else b""
    result = []
    for row in rows:
        result.append(b"\x02" + bytes((now - then) & 0xFF for now, then in zip(row, above)))
        above = row
    return result


class XServer:
    """Says where windows are. (xdotool counts the frames of window managers twice.)"""

    def __init__(self, display: str) -> None:
        self._x11 = ctypes.CDLL("libX11.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XDefaultRootWindow.restype = ctypes.c_ulong
        # By default an error, for a window that has gone meanwhile, ends the program.
        handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        self._ignore = handler(lambda _display, _error: 0)
        self._x11.XSetErrorHandler(self._ignore)
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(display.encode()))
        assert self._display, f"no display {display}"

    def place_of(self, window: int) -> Rect | None:
        root = ctypes.c_ulong()
        x, y, child_x, child_y = (ctypes.c_int() for _ in range(4))
        width, height, border, depth = (ctypes.c_uint() for _ in range(4))
        is_known = self._x11.XGetGeometry(
            self._display, ctypes.c_ulong(window), ctypes.byref(root), ctypes.byref(child_x),
            ctypes.byref(child_y), ctypes.byref(width), ctypes.byref(height), ctypes.byref(border),
            ctypes.byref(depth),
        )  # fmt: skip
        child = ctypes.c_ulong()
        if not is_known or not self._x11.XTranslateCoordinates(
            self._display, ctypes.c_ulong(window), root, 0, 0, ctypes.byref(x), ctypes.byref(y),
            ctypes.byref(child),
        ):  # fmt: skip
            return None
        return Rect(x.value, y.value, width.value, height.value)

    def paint_background(self, red: int, green: int, blue: int) -> None:
        root = ctypes.c_ulong(self._x11.XDefaultRootWindow(self._display))
        pixel = ctypes.c_ulong(red << 16 | green << 8 | blue)
        self._x11.XSetWindowBackground(self._display, root, pixel)
        self._x11.XClearWindow(self._display, root)
        self._x11.XSync(self._display, 0)

    def close(self) -> None:
        self._x11.XCloseDisplay(self._display)


class Screen:
    def __init__(self, file: pathlib.Path) -> None:
        self._file = file

    def take(self, rect: Rect | None = None) -> Picture:
        data = self._file.read_bytes()
        fields = struct.unpack_from(">25I", data)
        header_size, width, height = fields[0], fields[4], fields[5]
        line_bytes, colours = fields[12], fields[19]
        begin = header_size + colours * 12
        area = rect or Rect(0, 0, width, height)
        left, right = max(area.x, 0), min(area.x + area.width, width)
        top, bottom = max(area.y, 0), min(area.y + area.height, height)
        rows = []
        for y in range(top, bottom):
            at = begin + y * line_bytes
            pixels = data[at + left * 4 : at + right * 4]  # blue, green, red, unused
            row = bytearray((right - left) * 3)
            row[0::3], row[1::3], row[2::3] = pixels[2::4], pixels[1::4], pixels[0::4]
            rows.append(bytes(row))
        return Picture(right - left, bottom - top, rows)

    def take_still(self, rect: Rect | None = None) -> Picture:
        """When nothing has moved for a moment, or after two seconds."""
        last = self.take(rect)
        for _ in range(10):
            time.sleep(0.2)
            now = self.take(rect)
            if now == last:
                return now
            last = now
        return last
