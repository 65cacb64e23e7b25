"""Makes the sample files beside it; see README.md. Run in this folder."""

import email.message
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

import docx
import openpyxl
import pptx
from openpyxl.comments import Comment
from pptx.util import Inches
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

UMLAUTS = "Übergrößenträger façade Zürich"
JAPANESE = "日本語の文章"


def word_document():
    document = docx.Document()
    document.core_properties.title = "Titlequartz handbook"
    section = document.sections[0]
    section.header.paragraphs[0].text = "headerquartz on every page"
    section.footer.paragraphs[0].text = "footerquartz on every page"
    document.add_heading("Headingquartz of the chapter", 1)
    paragraph = document.add_paragraph("The bodyquartz stands in a ")
    paragraph.add_run("split").bold = True
    paragraph.add_run("quartz run.")
    document.add_paragraph("First listquartz item", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for row, cells in enumerate([["Name", "Value"], ["cellquartz", "42.5"]]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    document.add_paragraph(UMLAUTS)
    document.add_paragraph(JAPANESE)
    remark = document.add_paragraph("A remarked sentence.")
    if hasattr(document, "add_comment"):
        document.add_comment(remark.runs, text="commentquartz about it", author="Ann")
    document.save("sample.docx")


def presentation():
    show = pptx.Presentation()
    show.core_properties.title = "Titlequartz slides"
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Headingquartz of the slide"
    box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(5), Inches(1))
    box.text_frame.text = "The bodyquartz stands here. " + UMLAUTS
    box.text_frame.add_paragraph().text = JAPANESE
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(4), Inches(5), Inches(1)).table
    table.cell(0, 0).text = "Name"
    table.cell(1, 0).text = "cellquartz"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(3), Inches(3), Inches(1)).text_frame.text = "groupquartz"
    slide.notes_slide.notes_text_frame.text = "notequartz for the speaker"
    for layout in list(show.slide_layouts):
        if layout != slide.slide_layout:
            show.slide_layouts.remove(layout)
    show.save("sample.pptx")


def workbook():
    book = openpyxl.Workbook()
    book.properties.title = "Titlequartz numbers"
    sheet = book.active
    sheet.title = "Sheetquartz"
    sheet.append(["Region", "Headingquartz", "Total"])
    sheet.append(["cellquartz", "bodyquartz", 1234.5])
    sheet.append([UMLAUTS, JAPANESE, True])
    sheet["A2"].comment = Comment("commentquartz about it", "Ann")
    second = book.create_sheet("Secondquartz")
    second["C7"] = "farquartz"
    book.save("sample.xlsx")


def pdf():
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    page = canvas.Canvas("sample.pdf", pagesize=A4, pageCompression=1, invariant=1)
    page.setTitle("Titlequartz report")
    page.setFont("Helvetica-Bold", 18)
    page.drawString(72, 770, "Headingquartz of the report")
    page.setFont("Helvetica", 11)
    page.drawString(72, 740, "The bodyquartz stands on the first page. Übergrößenträger façade Zürich")
    page.setFont("HeiseiMin-W3", 11)
    page.drawString(72, 710, JAPANESE)
    page.setFont("Helvetica", 11)
    for row, cells in enumerate([["Name", "Value"], ["cellquartz", "42.5"]]):
        for column, text in enumerate(cells):
            page.drawString(72 + 150 * column, 680 - 16 * row, text)
    page.drawString(72, 40, "footerquartz 1")
    page.showPage()
    page.setFont("Helvetica", 11)
    left = ["leftquartz begins the", "first column and goes", "on and ends there"]
    right = ["rightquartz begins the", "second column and it", "ends there as well"]
    for row in range(3):
        page.drawString(72, 700 - 14 * row, left[row])
        page.drawString(330, 700 - 14 * row, right[row])
    page.showPage()
    page.save()
    page = canvas.Canvas("encrypted.pdf", pagesize=A4, encrypt="a user must type this", invariant=1)
    page.drawString(72, 700, "hiddenquartz")
    page.save()
    from reportlab.lib.pdfencrypt import StandardEncryption

    only_owner = StandardEncryption("", ownerPassword="owner", canPrint=0)
    page = canvas.Canvas("owner.pdf", pagesize=A4, encrypt=only_owner, invariant=1)
    page.drawString(72, 700, "ownerquartz may be read")
    page.save()


def converted(program="soffice"):
    """Older and open formats, by LibreOffice."""
    for source, kinds in {
        "sample.docx": ["doc", "rtf", "odt"],
        "sample.pptx": ["ppt", "odp"],
        "sample.xlsx": ["xls", "ods"],
    }.items():
        for kind in kinds:
            with tempfile.TemporaryDirectory() as folder:
                command = [program, "--headless", f"-env:UserInstallation=file://{folder}/profile"]
                subprocess.run([*command, "--convert-to", kind, "--outdir", folder, source], check=True)
                made = os.path.join(folder, f"sample.{kind}")
                if kind == "ppt":  # large and repetitive
                    with zipfile.ZipFile("sample.ppt.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
                        file.write(made, "sample.ppt")
                else:
                    shutil.move(made, f"sample.{kind}")


def encrypted():
    """A document that only a password opens."""
    from msoffcrypto.format.ooxml import OOXMLFile

    with open("sample.xlsx", "rb") as plain, open("encrypted.xlsx", "wb") as file:
        OOXMLFile(plain).encrypt("a user must type this", file)


CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">x</dc:identifier>
<dc:title>Titlequartz novel</dc:title><dc:language>en</dc:language></metadata>
<manifest><item id="b" href="text/second%20chapter.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="text/first.xhtml" media-type="application/xhtml+xml"/>
<item id="c" href="cover.png" media-type="image/png"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/></spine></package>"""
CHAPTER = """<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{0}</title></head><body><h1>{0}</h1>{1}</body></html>"""


def book():
    with zipfile.ZipFile("sample.epub", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        package.writestr("META-INF/container.xml", CONTAINER)
        package.writestr("OPS/book.opf", PACKAGE)
        second = f"<p>{UMLAUTS}</p><table><tr><td>cellquartz</td><td>42.5</td></tr></table>"
        package.writestr("OPS/text/second chapter.xhtml", CHAPTER.format("Secondquartz", second))
        first = f"<p>The bodyquartz stands here. {JAPANESE}</p>"
        package.writestr("OPS/text/first.xhtml", CHAPTER.format("Headingquartz", first))
        package.writestr("OPS/cover.png", b"\x89PNG\r\n\x1a\n")


def message():
    inner = email.message.EmailMessage()
    inner["Subject"] = "innerquartz"
    inner["From"] = "Carol <carol@example.com>"
    inner.set_content("forwardquartz was in the message inside.")
    outer = email.message.EmailMessage()
    outer["Subject"] = "Titlequartz – Grüße"
    outer["From"] = "Ann Lee <ann@example.com>"
    outer["To"] = "Bob <bob@example.com>, Team <team@example.com>"
    outer["Date"] = "Mon, 03 Aug 2026 10:15:00 +0200"
    outer.set_content(f"The bodyquartz stands here.\n\n{UMLAUTS}\n")
    outer.add_alternative(f"<p>The <b>bodyquartz</b> stands here.</p><p>{UMLAUTS}</p>", subtype="html")
    outer.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="attachedquartz.pdf")
    outer.add_attachment(inner)
    with open("sample.eml", "wb") as file:
        file.write(outer.as_bytes().replace(b"\n", b"\r\n"))
    html = email.message.EmailMessage()
    html["From"] = "ann@example.com"
    html["Date"] = "Mon, 03 Aug 2026 10:15:00 +0200"
    html["Subject"] = "Only HTML"
    html.set_content("<h1>Headingquartz</h1><p>bodyquartz</p>", subtype="html")
    with open("html-only.eml", "wb") as file:
        file.write(html.as_bytes())


if __name__ == "__main__":
    word_document()
    presentation()
    workbook()
    encrypted()
    pdf()
    book()
    message()
    converted(*sys.argv[1:])
