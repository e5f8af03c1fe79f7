"""The chart of docs/growth.svg: time and memory against rows, both axes logarithmic."""

import math

WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 220, 60, 40, 90
COLOURS = ["#1b5e9c", "#b34700", "#2e7d32"]


def panel(left, title, lines, unit, low, high):
    """A panel of lines of (rows, value), with powers of ten from `low` to `high` on the vertical axis."""
    rows = [count for _, points in lines for count, _ in points]
    first, last = math.log10(min(rows)), math.log10(max(rows))

    def place(count, value):
        x = left + (math.log10(count) - first) / (last - first) * WIDTH
        return f"{x:.1f},{TOP + HEIGHT - (math.log10(value) - low) / (high - low) * HEIGHT:.1f}"

    parts = [f'<text x="{left}" y="{TOP - 16}" font-weight="bold">{title}</text>']
    for power in range(low, high + 1):
        x, y = place(10**first, 10**power).split(",")
        parts.append(f'<path d="M{x} {y}h{WIDTH}" stroke="#ccc"/>')
        label = f"{10**power:,}" if power >= 0 else f"{10**power:.{-power}f}"
        parts.append(f'<text x="{float(x) - 6:.1f}" y="{float(y) + 4:.1f}" text-anchor="end">{label} {unit}</text>')
    for power in range(round(first), round(last) + 1):
        x, y = place(10**power, 10**low).split(",")
        parts.append(f'<text x="{x}" y="{float(y) + 18:.1f}" text-anchor="middle">10<tspan dy="-4" font-size="9">{power}</tspan></text>')
    parts.append(f'<text x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 36}" text-anchor="middle">rows</text>')
    for colour, (name, points) in zip(COLOURS, lines):
        drawn = " ".join(place(*point) for point in points)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"><title>{name}</title></polyline>')
        for point in points:
            x, y = place(*point).split(",")
            parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>')
    return "\n".join(parts)


def drawn(works):
    """The chart of works, each its name and points of (rows, seconds, megabytes)."""
    times = [(name, [(rows, seconds) for rows, seconds, _ in points]) for name, points in works]
    memory = [(name, [(rows, megabytes) for rows, _, megabytes in points]) for name, points in works]
    width, height = LEFT + 2 * WIDTH + GAP + 40, TOP + HEIGHT + 80
    key = [
        f'<rect x="{LEFT + index * 200}" y="{height - 26}" width="12" height="12" fill="{colour}"/>'
        f'<text x="{LEFT + index * 200 + 18}" y="{height - 16}">{name}</text>'
        for index, (colour, (name, _)) in enumerate(zip(COLOURS, works))
    ]
    panels = [panel(LEFT, "Time", times, "s", -3, 2), panel(LEFT + WIDTH + GAP, "Peak memory", memory, "MB", 0, 3)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" role="img">'
    title = "<title>Time and peak memory of describe-api against the number of rows</title>"
    ground = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    return "\n".join([head, title, ground, *panels, *key, "</svg>"]) + "\n"
