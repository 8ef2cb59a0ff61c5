"""The dossier as a PDF: searchable text, an outline, and nothing that acts (no links, forms or scripts).

Made with fpdf2; the typeface FiraGO (SIL Open Font License) comes from `pymupdf-fonts`, and `uharfbuzz` sets Arabic and other joined
scripts right. All text is drawn glyph by glyph, so that nothing in a message is ever read as PDF.
"""

from __future__ import annotations

import io
import tempfile
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal, cast

import pymupdf_fonts
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, PageOrientation, XPos, YPos
from fpdf.fonts import TTFFont
from PIL import Image, ImageOps

from triage.report.dossier.document import (
    Bar,
    Bars,
    Block,
    Bullets,
    Check,
    Document,
    Grid,
    Heading,
    Paragraph,
    Picture,
    Quote,
    Rows,
    Section,
)
from triage.report.dossier.glyphs import drawable
from triage.report.dossier.words import DossierWords

_MARGIN, _BOTTOM = 18.0, 20.0  # millimetres
_INK, _FAINT, _LINE, _BLUE = (27, 31, 36), (87, 96, 106), (201, 209, 217), (31, 95, 168)
_BODY, _SMALL = 10.0, 8.5  # points
_LEADING = 0.5  # millimetres a line takes for each point
_TOTAL = "\ue000" * 6  # stands for the number of pages; private use, so that it is in no text (`one_line` names such signs)
_MOST_PIXELS = 1600
_PER_PIXEL = 25.4 / 96  # millimetres, so that a small picture stays small

Style = Literal["", "B"]
Colour = tuple[int, int, int]


def printed(document: Document, day: date, folder: Path, creator: str) -> bytes:
    """The PDF, the same for the same document.

    Args:
        document: What it says.
        day: The date in it.
        folder: Where the files of its pictures are.
        creator: The program that made it.
    """
    with tempfile.TemporaryDirectory(prefix="triage-") as fonts:
        pdf = _Pdf(document, folder, Path(fonts))
        pdf.set_creation_date(datetime.combine(day, time(12), UTC))
        pdf.set_creator(creator)
        pdf.add_page()
        pdf.put_head(document)
        for section in document.sections:
            pdf.put_section(section)
        return bytes(pdf.output())


class _Pdf(FPDF):
    """Lays out the blocks of a document below each other."""

    def __init__(self, document: Document, folder: Path, fonts: Path) -> None:
        super().__init__(orientation=PageOrientation.PORTRAIT, format="A4")
        self._words, self._folder = DossierWords(document.lang), folder
        self._footer_words, self._page_words = document.footer, document.page
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(True, _BOTTOM)
        self.alias_nb_pages(_TOTAL)
        self.c_margin = 0.0
        for style, name in (("", "figo"), ("B", "figbo")):
            file = fonts / f"{name}.ttf"
            file.write_bytes(pymupdf_fonts.myfont(name))
            self.add_font("FiraGO", style, file)
        self._glyphs = frozenset(cast(TTFFont, self.fonts["firago"]).cmap)
        self.set_lang("nl-NL" if document.lang == "nl" else "en-GB")
        self.set_title(self._plain(document.title))
        self._style()

    def footer(self) -> None:
        """What stands below every page."""
        self.set_y(-13)
        self._style(_SMALL, colour=_FAINT)
        page = self._page_words.format(n=self.page_no(), total=_TOTAL)
        self.cell(self.epw / 2, 5, page)  # on the left: the room kept for the number of pages is wider than the number
        self.cell(self.epw / 2, 5, self._plain(self._footer_words), align="R")

    def put_head(self, document: Document) -> None:
        """The head of the first page."""
        self._write(document.title, 20, "B")
        self._write(document.subtitle, 11, colour=_FAINT)
        self._rule(_BLUE, 0.8)
        self.ln(3)

    def put_section(self, section: Section) -> None:
        """One section."""
        self.ln(5)
        self._room(28)
        title = self._plain(section.title)
        self.start_section(title)
        self._write(section.title, 14, "B")
        self._rule(_LINE)
        self.ln(2)
        for block in section.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph(text, role):
                self._write(text, _SMALL if role == "note" else 11 if role == "lead" else _BODY, colour=_FAINT if role == "note" else _INK)
                self.ln(1.5)
            case Heading(text, mark):
                self._room(18)
                self.ln(2)
                self._write(text, 11.5, "B")
                if mark:
                    self._write(mark, _SMALL + 0.5, colour=_FAINT)
            case Rows(rows):
                for name, said in rows:
                    self._row((name, said), (4, 9), colours=(_FAINT, _INK))
                self.ln(1.5)
            case Grid(head, rows, shares):
                self._row(head, shares, style="B")
                self._rule(_LINE)
                for row in rows:
                    self._row(row, shares)
                self.ln(1.5)
            case Bars(title, bars):
                if title:
                    self._write(title, _BODY, "B")
                for bar in bars:
                    self._bar(bar)
                self.ln(1.5)
            case Bullets(title, items, small):
                size, colour = (_SMALL, _FAINT) if small else (_BODY, _INK)
                self._room(12)
                self._write(title, size, "B", colour=colour)
                for item in items:
                    self._row(("•", item), (2, 70), size=size, colours=(colour, colour))
                self.ln(1)
            case Check(text, source):
                self._room(18)
                self.rect(self.l_margin + 0.5, self.get_y() + 0.8, 3, 3)
                self._row(("", text), (3, 60))
                self._row(("", source), (3, 60), size=_SMALL, colours=(_FAINT, _FAINT))
                self.ln(1.5)
            case Quote():
                self._quote(block)
            case Picture(file, caption):
                self._picture(file, caption)

    def _quote(self, quote: Quote) -> None:
        self._room(30)
        self._rule(_LINE)
        self.ln(1)
        self._row((quote.title, quote.about), (3, 9), style="B", colours=(_INK, _FAINT))
        self.ln(1)
        for line in quote.lines:
            self._row(("", line), (2, 70), size=11)
        self.ln(1)
        for row in quote.rows:
            self._row(row, (3, 9), size=_SMALL, colours=(_FAINT, _INK))
        self.ln(3)

    def _picture(self, file: str, caption: str) -> None:
        with Image.open(self._folder / file) as opened:
            photo = opened.format == "JPEG"
            image = ImageOps.exif_transpose(opened).convert("RGB")
        image.thumbnail((_MOST_PIXELS, _MOST_PIXELS))
        scale = min(self.epw / image.width, (self.eph - 12) / image.height, _PER_PIXEL)
        width, height = image.width * scale, image.height * scale
        self._room(height + 8)
        self.ln(2)
        self._write(caption, _SMALL, colour=_FAINT)
        stream = io.BytesIO()
        image.save(stream, "JPEG" if photo else "PNG", **({"quality": 90} if photo else {}))
        top = self.get_y() + 1
        self.image(stream, self.l_margin, top, width, height)
        self.set_xy(self.l_margin, top + height + 1)

    def _bar(self, bar: Bar) -> None:
        height = _BODY * _LEADING
        self._room(height)
        top = self.get_y()
        start, width = self.l_margin + self.epw * 0.32, self.epw * 0.25
        share = min(1.0, max(0.0, bar.share))
        with self.local_context():
            self.set_fill_color(*_LINE)
            self.rect(start, top + 1.2, width, height - 2.4, "F")
            self.set_fill_color(*_BLUE)
            self.rect(start, top + 1.2, width * share, height - 2.4, "F")
        self._row((bar.name, bar.value, "", bar.note), (24, 7, 27, 42), right=1)

    def _row(
        self,
        cells: Sequence[str],
        shares: Sequence[int],
        *,
        size: float = _BODY,
        style: Style = "",
        colours: Sequence[Colour] | None = None,
        right: int = -1,
    ) -> None:
        """Cells beside each other; each is folded in its own column, and a row goes on over the page where it has to."""
        gap = 2.5
        widths = [self.epw * share / sum(shares) - gap for share in shares]
        self._style(size, style)
        folded = [self._folded(cell, width) for cell, width in zip(cells, widths, strict=True)]
        height = size * _LEADING
        for line in range(max(map(len, folded))):
            self._room(height)
            top, left = self.get_y(), self.l_margin
            for place, (lines, width) in enumerate(zip(folded, widths, strict=True)):
                if line < len(lines):
                    self.set_text_color(*(colours[place] if colours else _INK))
                    self.set_xy(left, top)
                    self.set_text_shaping(_needs_shaping(lines[line]))
                    self.cell(width, height, lines[line], align="R" if place == right else "L")
                left += width + gap
            self.set_xy(self.l_margin, top + height)

    def _folded(self, text: str, width: float) -> list[str]:
        """The lines of a text in a column."""
        text = self._plain(text)
        self.set_text_shaping(_needs_shaping(text))
        if self.get_string_width(text) <= width:
            return [text] if text else []
        found = self.multi_cell(width, text=text, dry_run=True, output=MethodReturnValue.LINES, align="L")
        return [str(line) for line in found] if isinstance(found, list) else []

    def _write(self, text: str, size: float, style: Style = "", *, colour: Colour = _INK) -> None:
        self._style(size, style, colour)
        text = self._plain(text)
        self.set_text_shaping(_needs_shaping(text))
        self.multi_cell(0, size * _LEADING, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _rule(self, colour: Colour, width: float = 0.2) -> None:
        with self.local_context():
            self.set_draw_color(*colour)
            self.set_line_width(width)
            self.line(self.l_margin, self.get_y() + 0.5, self.l_margin + self.epw, self.get_y() + 0.5)
        self.ln(1.2)

    def _room(self, height: float) -> None:
        """Begin a new page where less than this is left."""
        if self.will_page_break(height):
            self.add_page()

    def _plain(self, text: str) -> str:
        return drawable(unicodedata.normalize("NFC", text), self._glyphs, self._words)

    def _style(self, size: float = _BODY, style: Style = "", colour: Colour = _INK) -> None:
        self.set_font("FiraGO", style, size)
        self.set_text_color(*colour)


def _needs_shaping(text: str) -> bool:
    """Is there a sign whose form or place depends on those beside it? Shaping is slow, and Dutch has none."""
    return any(sign > "\u02ff" and (unicodedata.bidirectional(sign) in ("R", "AL", "NSM") or "\u0900" <= sign <= "\u1fff") for sign in text)
