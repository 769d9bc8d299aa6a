# SPDX-License-Identifier: Apache-2.0
"""Charts as SVG, readable on a light and on a dark page."""
from xml.sax.saxutils import escape

_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.small { font-size: 12px; fill: #59636e } .title { font-weight: 600 }
.bar { fill: #9aa4b0 } .own { fill: #1a7f5a } path.bar, path.own { fill: none; stroke: #9aa4b0; stroke-width: 2 } path.own { stroke: #1a7f5a }
.range { stroke: #1f2328; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .small { fill: #9198a1 } .bar { fill: #6b7580 } .own { fill: #3fb98a } path.bar { stroke: #6b7580 } path.own { stroke: #3fb98a } .range { stroke: #f0f6fc }
}"""
_WIDTH, _LEFT, _ROW, _TOP = 720, 190, 30, 44


def lines(title, unit, places, entries, own):
    """`entries` are (name, a value for each of `places`); the one named `own` stands out. The axis begins at zero."""
    height, bottom, right = 300, 260, 170
    most = max(max(values) for _, values in entries) or 1
    step = (_WIDTH - 60 - right) / (len(places) - 1)
    parts = _head(title, unit, height)
    for index, place in enumerate(places):
        parts.append(f'<text class="small" x="{60 + index * step:.0f}" y="{bottom + 22}" text-anchor="middle">{escape(place)}</text>')
    parts.append(f'<path class="range" d="M60 {bottom}H{_WIDTH - right}"/>')
    taken = []
    for name, values in sorted(entries, key=lambda entry: -entry[1][-1]):
        points = [(60 + index * step, bottom - value / most * (bottom - _TOP)) for index, value in enumerate(values)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        parts.append(f'<path class="{"own" if name == own else "bar"}" d="M{path}"/>')
        # Names that end at the same height are moved apart.
        place = max([points[-1][1] + 4, *(y + 16 for y in taken[-1:])])
        taken.append(place)
        parts.append(f'<text x="{points[-1][0] + 8:.1f}" y="{place:.1f}">{escape(name.split(" (")[0])} {_number(values[-1])}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _head(title, unit, height):
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(title)}, {escape(unit)}</title>", f"<style>{_STYLE}\n</style>",
        f'<text class="title" x="8" y="20">{escape(title)}</text>',
        f'<text class="small" x="{_WIDTH - 8}" y="20" text-anchor="end">{escape(unit)}</text>']


def bars(title, unit, entries, own):
    """`entries` are (name, value, [least, most] or None); the one named `own` stands out. The axis begins at zero."""
    height = _TOP + _ROW * len(entries) + 8
    most = max(max(value, span[1] if span else value) for _, value, span in entries) or 1
    scale = (_WIDTH - _LEFT - 90) / most
    parts = _head(title, unit, height)
    for index, (name, value, span) in enumerate(entries):
        top = _TOP + _ROW * index
        end = _LEFT + value * scale
        parts.append(f'<text x="{_LEFT - 10}" y="{top + 14}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect class="{"own" if name == own else "bar"}" x="{_LEFT}" y="{top}" '
                     f'width="{max(1, value * scale):.1f}" height="20" rx="2"/>')
        if span:
            low, high = (_LEFT + one * scale for one in span)
            parts.append(f'<path class="range" d="M{low:.1f} {top + 10}H{high:.1f}"/>')
            end = max(end, high)
        parts.append(f'<text x="{end + 8:.1f}" y="{top + 14}">{_number(value)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
