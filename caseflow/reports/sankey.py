"""A Sankey diagram: stages from left to right, bands as wide as the number who went between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from caseflow.reports.svg import INK, INKS, QUIET, ems, picture, text

Link = tuple[str, str, int]
NODE, GAP, TOP = 9.0, 16.0, 8.0
# Points of height for all who begin.
FULL = 150.0


def levels(links: Sequence[Link]) -> dict[str, int]:
    """How far from the start each stage stands: the shortest way from one that nobody comes to, else the first.

    So a loop back does not move a stage.
    """
    ends = {end for _, end, _ in links}
    found = dict.fromkeys([start for start, _, _ in links if start not in ends] or [links[0][0]], 0)
    while left := [one for one in links if one[0] in found and one[1] not in found]:
        for start, end, _ in left:
            found.setdefault(end, found[start] + 1)
    for start, end, _ in links:
        found.setdefault(start, 0)
        found.setdefault(end, found[start] + 1)
    return found


def sankey_svg(links: Sequence[Link], width: float) -> str:
    """The picture; ways back are dashed lines below, with their number. Empty without anybody."""
    links = [one for one in links if one[2] > 0]
    if not links:
        return ""
    level = levels(links)
    onward = [one for one in links if level[one[0]] < level[one[1]]]
    back = [one for one in links if level[one[0]] >= level[one[1]]]
    through = _through(onward, level)
    scale = FULL / max(sum(through[name] for name in level if level[name] == place) for place in set(level.values()))
    tops, floor = _tops(level, through, scale)
    lefts = _lefts(level, width)
    parts = [
        *_bands(onward, lefts, tops, scale),
        *_back(back, lefts, floor),
        *_nodes(level, lefts, tops, through, scale),
    ]
    return picture(width, floor + 14 * len(back) + 12, parts)


def _through(onward: Sequence[Link], level: dict[str, int]) -> dict[str, int]:
    into: dict[str, int] = defaultdict(int)
    out: dict[str, int] = defaultdict(int)
    for start, end, n in onward:
        out[start] += n
        into[end] += n
    return {name: max(into[name], out[name]) for name in level}


def _tops(level: dict[str, int], through: dict[str, int], scale: float) -> tuple[dict[str, float], float]:
    """Where each stage begins, and where the lowest ends."""
    tops: dict[str, float] = {}
    below: dict[int, float] = defaultdict(lambda: TOP)
    for name in sorted(level, key=lambda one: -through[one]):
        tops[name] = below[level[name]]
        below[level[name]] += max(through[name] * scale, 10) + GAP
    return tops, max(below.values())


def _lefts(level: dict[str, int], width: float) -> dict[str, float]:
    last = max(level.values()) or 1
    room = max(ems(name) for name in level if level[name] == last) * 8 + 34
    return {name: (width - NODE - room) * place / last for name, place in level.items()}


def _bands(onward: Sequence[Link], lefts: dict[str, float], tops: dict[str, float], scale: float) -> list[str]:
    leaves, comes = dict(tops), dict(tops)
    parts = []
    for start, end, n in sorted(onward, key=lambda one: (tops[one[0]], tops[one[1]])):
        thick = n * scale
        x1, x2, y1, y2 = lefts[start] + NODE, lefts[end], leaves[start], comes[end]
        bend = (x1 + x2) / 2
        parts.append(
            f'<path d="M{x1:.2f},{y1:.2f} C{bend:.2f},{y1:.2f} {bend:.2f},{y2:.2f} {x2:.2f},{y2:.2f}'
            f" L{x2:.2f},{y2 + thick:.2f} C{bend:.2f},{y2 + thick:.2f} {bend:.2f},{y1 + thick:.2f}"
            f' {x1:.2f},{y1 + thick:.2f} Z" fill="{INKS[1]}" fill-opacity="0.22"/>'
        )
        leaves[start] += thick
        comes[end] += thick
    return parts


def _back(back: Sequence[Link], lefts: dict[str, float], floor: float) -> list[str]:
    parts = []
    for place, (start, end, n) in enumerate(back):
        y = floor + 14 * place
        parts.append(
            f'<path d="M{lefts[start] + NODE / 2:.2f},{y - 5:.2f} V{y:.2f} H{lefts[end] + NODE / 2:.2f} V{y - 5:.2f}"'
            f' fill="none" stroke="{QUIET}" stroke-dasharray="3 2" stroke-width="0.8"/>'
        )
        between = (lefts[start] + lefts[end] + NODE) / 2
        parts.append(text(between, y + 9, f"{start} → {end}: {n}", anchor="middle", colour=QUIET))
    return parts


def _nodes(
    level: dict[str, int], lefts: dict[str, float], tops: dict[str, float], through: dict[str, int], scale: float
) -> list[str]:
    return [
        f'<rect x="{lefts[name]:.2f}" y="{tops[name]:.2f}" width="{NODE}" height="{max(through[name] * scale, 1):.2f}"'
        f' fill="{INK}"/>' + text(lefts[name] + NODE + 4, tops[name] + 8, f"{name} {through[name]}")
        for name in level
    ]
