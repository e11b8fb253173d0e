"""Small SVG charts for reports: no library, no script, readable in both colour schemes."""

from collections.abc import Sequence
from html import escape

BLUE, ORANGE, GREY = "#2b6cb0", "#c05621", "#8a94a6"
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 34, 44


def curve(
    title: str,
    lines: Sequence[tuple[str, Sequence[float], Sequence[float]]],
    *,
    x: str,
    y: str,
    diagonal: bool = False,
    dots: bool = False,
) -> str:
    """Draw lines over the unit square; each has a name, xs and ys between 0 and 1."""
    width, height = 420, 340
    parts = _frame(title, width, height, x, y)
    inner_w, inner_h = width - _LEFT - _RIGHT, height - _TOP - _BOTTOM

    def place(px: float, py: float) -> tuple[float, float]:
        return _LEFT + px * inner_w, _TOP + (1 - py) * inner_h

    for step in range(6):
        value = step / 5
        (left, level), (across, bottom) = place(0, value), place(value, 0)
        parts.append(_line(left, level, left + inner_w, level, opacity=0.25))
        parts.append(_text(left - 6, level + 4, f"{value:.1f}", anchor="end"))
        parts.append(_text(across, bottom + 16, f"{value:.1f}", anchor="middle"))
    if diagonal:
        parts.append(_line(*place(0, 0), *place(1, 1), opacity=0.9, dash=True))
    for index, (name, xs, ys) in enumerate(lines):
        colour = (BLUE, ORANGE)[index % 2]
        points = [place(px, py) for px, py in zip(xs, ys, strict=True)]
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for px, py in points if dots else ():
            parts.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="4" fill="{colour}"/>')
        parts.append(
            _text(
                width - _RIGHT - 8,
                height - _BOTTOM - 10 - 16 * index,
                name,
                anchor="end",
                fill=colour,
            )
        )
    return _svg(width, height, title, parts)


def bars(title: str, rows: Sequence[tuple[str, float]], *, unit: str) -> str:
    """Draw horizontal bars, negative ones to the left in another colour."""
    label, width, step = 190, 560, 22
    height = _TOP + step * len(rows) + 30
    largest = max((abs(value) for _, value in rows), default=1.0) or 1.0
    negative = any(value < 0 for _, value in rows)
    span = width - label - 60
    zero = label + (span / 2 if negative else 0)
    # a bar to the left leaves room for its figure
    scale = (span / 2 - 45 if negative else span) / largest
    parts = [_text(12, 20, title, size=14, weight="600")]
    for index, (name, value) in enumerate(rows):
        top = _TOP + index * step
        length = abs(value) * scale
        start = zero - length if value < 0 else zero
        colour = ORANGE if value < 0 else BLUE
        parts.append(_text(label - 8, top + 14, name, anchor="end"))
        parts.append(
            f'<rect x="{start:.1f}" y="{top + 3}" width="{length:.1f}" '
            f'height="{step - 7}" fill="{colour}"/>'
        )
        end, anchor = (start - 4, "end") if value < 0 else (zero + length + 4, "start")
        parts.append(_text(end, top + 14, f"{value:.3g}", anchor=anchor))
    parts.append(_line(zero, _TOP, zero, height - 28, opacity=0.8))
    parts.append(_text(zero, height - 10, unit, anchor="middle"))
    return _svg(width, height, title, parts)


def intervals(title: str, rows: Sequence[tuple[str, float, float, float]], *, unit: str) -> str:
    """Draw a dot with its 95% interval a row: name, value, low, high, all between 0 and 1."""
    label, width, step = 190, 560, 26
    height = _TOP + step * len(rows) + 44
    span = width - label - 40
    parts = [_text(12, 20, title, size=14, weight="600")]
    for tick in range(6):
        across = label + span * tick / 5
        parts.append(_line(across, _TOP, across, height - 40, opacity=0.25))
        parts.append(_text(across, height - 24, f"{tick / 5:.1f}", anchor="middle"))
    for index, (name, value, low, high) in enumerate(rows):
        middle = _TOP + index * step + step / 2
        parts.append(_text(label - 10, middle + 4, name, anchor="end"))
        parts.append(
            _line(
                label + span * low,
                middle,
                label + span * high,
                middle,
                colour=BLUE,
                opacity=0.7,
                wide=3,
            )
        )
        parts.append(f'<circle cx="{label + span * value:.1f}" cy="{middle}" r="5" fill="{BLUE}"/>')
    parts.append(_text(label + span / 2, height - 8, unit, anchor="middle"))
    return _svg(width, height, title, parts)


def _frame(title: str, width: int, height: int, x: str, y: str) -> list[str]:
    middle = (_TOP + height - _BOTTOM) / 2
    turned = f'transform="rotate(-90 14 {middle:.0f})"'
    return [
        _text(12, 20, title, size=14, weight="600"),
        _text((_LEFT + width - _RIGHT) / 2, height - 8, x, anchor="middle"),
        _text(14, middle, y, anchor="middle", more=turned),
    ]


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    size: int = 12,
    weight: str = "400",
    fill: str = "currentColor",
    more: str = "",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}" fill="{fill}" {more}>{escape(text)}</text>'
    )


def _line(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    *,
    colour: str = GREY,
    opacity: float,
    dash: bool = False,
    wide: int = 1,
) -> str:
    dashes = ' stroke-dasharray="5 4"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-opacity="{opacity}" stroke-width="{wide}"{dashes}/>'
    )


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{escape(title)}" '
        'font-family="system-ui, sans-serif">'
    )
    return head + "\n".join(parts) + "</svg>\n"
