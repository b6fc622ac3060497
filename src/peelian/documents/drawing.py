"""A figure's drawing as SVG, the same picture for HTML and PDF, drawn without a network."""

from __future__ import annotations

import re

from peelian.core.document import Figure

# One list of marks for every chart: sizes in pixels of the drawing, inks of look.css.
INK, QUIET, LINE, ACCENT, ALARM = "#14202b", "#44525f", "#d5dbe1", "#1d4f91", "#a3160f"
SANS = 'system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif'


def config(font: str = SANS) -> dict[str, object]:
    """What every chart has in common, as Vega-Lite configuration: the browser draws with it too."""
    text = {"labelFontSize": 12, "titleFontSize": 12, "labelColor": QUIET, "titleColor": QUIET, "titleFontWeight": 400}
    return {
        "font": font,
        "background": None,
        "view": {"stroke": None},
        "axis": {**text, "gridColor": "#e9edf0", "domainColor": "#667481", "tickColor": "#667481", "labelLimit": 260},
        "legend": {**text, "labelLimit": 300, "titleLimit": 500},
        "header": text,
        "text": {"fontSize": 12, "color": INK},
    }


def svg(figure: Figure, *, font: str = SANS) -> str:
    """Draw `figure` as SVG text set in `font`.

    Raises
    ------
    ValueError
        If its specification is not valid Vega-Lite.
    """
    if isinstance(figure.drawing, str):
        return figure.drawing
    import vl_convert  # 0.5 s: only where something is drawn

    drawn = vl_convert.vegalite_to_svg(dict(figure.drawing), config=config(font), allowed_base_urls=[])
    # Its clip paths are numbered by how many were drawn before; numbered by their order, a drawing is always the same.
    names: dict[str, str] = {}
    return re.sub(
        r'(id="|url\(#)(clip\d+)', lambda found: found[1] + names.setdefault(found[2], f"clip{len(names)}"), drawn
    )
