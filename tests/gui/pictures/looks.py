"""Light and dark: the colours that Qt's programs get from a desktop's settings (kdeglobals)."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Look:
    name: str
    is_dark: bool
    window: str
    text: str
    base: str
    stripe: str
    button: str
    faint: str
    accent: str
    on_accent: str
    link: str
    tip: str
    desk: tuple[int, int, int]

    @property
    def suffix(self) -> str:
        return "-dark" if self.is_dark else ""

    def kdeglobals(self) -> str:
        def section(name: str, background: str, alternate: str, text: str) -> str:
            return (
                f"[Colors:{name}]\nBackgroundNormal={background}\nBackgroundAlternate={alternate}\n"
                f"ForegroundNormal={text}\nForegroundInactive={self.faint}\nForegroundLink={self.link}\n"
                f"ForegroundVisited={self.link}\n\n"
            )

        return (
            "[General]\nwidgetStyle=fusion\n\n"
            + section("Window", self.window, self.stripe, self.text)
            + section("View", self.base, self.stripe, self.text)
            + section("Button", self.button, self.button, self.text)
            + section("Selection", self.accent, self.accent, self.on_accent)
            + section("Tooltip", self.tip, self.tip, self.text)
        )


LIGHT = Look(
    "light", False, window="240,241,243", text="32,34,38", base="255,255,255", stripe="246,247,249",
    button="240,241,243", faint="112,116,124", accent="20,125,118", on_accent="255,255,255",
    link="20,90,170", tip="255,255,242", desk=(0xC4, 0xD0, 0xD8),
)  # fmt: skip
DARK = Look(
    "dark", True, window="43,45,49", text="232,233,236", base="27,29,32", stripe="33,35,39",
    button="54,57,62", faint="140,144,152", accent="31,157,148", on_accent="255,255,255",
    link="111,180,247", tip="56,59,64", desk=(0x12, 0x16, 0x1B),
)  # fmt: skip
