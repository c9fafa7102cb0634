"""The look of the page: its colours and fonts; theme.css beside it holds the layout."""

from pathlib import Path
from typing import Any

import gradio as gr

STYLE_SHEET = Path(__file__).with_name("theme.css")
FRAME = Path(__file__).with_name("frame.css")  # rules that Gradio would keep to what lies inside its container
SCRIPT = Path(__file__).with_name("page.js")
MARK = Path(__file__).with_name("mark.svg")

# Paper and ink with one violet, from the flower; from light to dark.
IRIS = gr.themes.Color(
    "#f5f2fc", "#e9e3f8", "#d6cbf1", "#bba9e6", "#9d84d8", "#8063c8", "#694bb0", "#563c92", "#473377", "#3a2b60",
    "#221839",
)  # fmt: skip
PAPER = gr.themes.Color(
    "#fbfaf7", "#f4f2ed", "#e7e4dc", "#d3cfc5", "#a5a099", "#726d68", "#5a5653", "#423f40", "#2b292d", "#1c1b20",
    "#131217",
)  # fmt: skip
FONTS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "sans-serif",
)  # the reader's own: none fetched
MONOSPACED = ("ui-monospace", "Menlo", "Consolas", "monospace")
SURFACES = {
    "body_background_fill": "*neutral_50", "body_background_fill_dark": "*neutral_950",
    "block_background_fill": "white", "block_background_fill_dark": "*neutral_900",
    "block_border_color": "*neutral_200", "block_border_color_dark": "*neutral_800",
    "border_color_primary": "*neutral_200", "border_color_primary_dark": "*neutral_800",
    "body_text_color_subdued": "*neutral_500", "body_text_color_subdued_dark": "*neutral_400",
    "block_info_text_color": "*neutral_500", "block_info_text_color_dark": "*neutral_400",
    "block_label_text_color": "*neutral_600", "block_label_text_color_dark": "*neutral_300",
    "block_title_text_color": "*neutral_700", "block_title_text_color_dark": "*neutral_200",
    "block_title_text_weight": "500",
    "button_primary_background_fill": "*primary_600", "button_primary_background_fill_hover": "*primary_700",
    "button_primary_background_fill_dark": "*primary_600", "button_primary_background_fill_hover_dark": "*primary_500",
    "button_primary_text_color": "white",
    "color_accent": "*primary_600",
}  # fmt: skip


def theme_options() -> dict[str, Any]:
    """Theme, style sheet, icon and footer, as arguments of launch."""
    theme = gr.themes.Base(primary_hue=IRIS, secondary_hue=IRIS, neutral_hue=PAPER, font=FONTS, font_mono=MONOSPACED)
    return {
        "theme": theme.set(**SURFACES), "css_paths": [STYLE_SHEET], "favicon_path": MARK, "footer_links": ["api"],
        "head": f"<style>{FRAME.read_text()}</style><script>{SCRIPT.read_text()}</script>",
    }  # fmt: skip
