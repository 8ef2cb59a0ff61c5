"""Attachments: copied as they are, with their hash, whatever they are called and whatever is in them."""

from __future__ import annotations

import hashlib
import io
import os
import re

import bagit
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from triage.errors import InputError
from triage.report.dossier.attachments import copy_attachments, list_attachments, safe_name


@pytest.fixture
def picture(tmp_path):
    def made(name="foto.png", size=(40, 30), colour="red"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", size, colour).save(path)
        return path

    return made


def test_files_are_copied_byte_for_byte_with_their_hash(tmp_path):
    (tmp_path / "brief.eml").write_bytes(b"x\0\xff" * 500_000)
    (one,) = copy_attachments([tmp_path / "brief.eml"], tmp_path)
    data = (tmp_path / "brief.eml").read_bytes()
    assert (tmp_path / one.file).read_bytes() == data
    assert (one.sha256, one.size, one.name, one.kind) == (hashlib.sha256(data).hexdigest(), 1_500_000, "brief.eml", "other")


def test_files_with_the_same_name_stay_apart(tmp_path, picture):
    paths = [picture("a/foto.png"), picture("b/foto.png", colour="blue"), picture("a/foto.png")]
    copied = copy_attachments(paths, tmp_path)
    assert [one.file for one in copied] == ["attachments/01-foto.png", "attachments/02-foto.png", "attachments/03-foto.png"]
    assert copied[0].sha256 == copied[2].sha256 != copied[1].sha256
    assert {one.name for one in copied} == {"foto.png"}


def test_names_become_plain_and_the_bag_stays_valid(make, scored, tmp_path):
    names = ["<b>\u202egnp.exe", "ëén.png", "a b\nc.txt", "%0d%0a.txt", "-rf", "x" * 200 + ".png", ".hidden"]
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    made = make(scored, attachments=tuple(tmp_path / name for name in names))
    assert bagit.Bag(str(made.folder)).is_valid()
    files = [place for place in made.files if "attachments/" in place]
    assert len(files) == len(names)
    assert all(re.fullmatch(r"data/attachments/0\d-[A-Za-z0-9._-]*", file) for file in files)
    assert all(one["name"].isprintable() for one in made.json("attachments"))


@given(st.text(min_size=1, max_size=300))
def test_a_safe_name_is_short_and_leads_nowhere_else(name):
    safe = safe_name(name)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,90}", safe)
    assert ".." not in safe or "/" not in safe


def test_a_file_that_is_not_there_a_folder_or_a_pipe_is_named(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "no.png", tmp_path, tmp_path / "pipe"):
        with pytest.raises(InputError, match="cannot be read") as error:
            list_attachments([path])
        assert str(path) in str(error.value)
        assert "niet te lezen" in error.value.nl


def test_a_file_that_may_not_be_read_leaves_no_dossier(make, scored, tmp_path, picture, monkeypatch):
    good, bad = picture("good.png"), picture("bad.png")
    real = type(bad).open

    def refuse(self, *arguments, **named):  # the tests run as somebody who may read everything
        if self == bad:
            raise PermissionError(13, "Permission denied")
        return real(self, *arguments, **named)

    monkeypatch.setattr(type(bad), "open", refuse)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match="Permission denied"):
        make(scored, attachments=(good, bad))
    assert sorted(tmp_path.iterdir()) == before


def test_pictures_are_shown_in_both_faces(make, scored, picture):
    made = make(scored, attachments=(picture("scherm.png"), picture("foto.jpg", (3000, 2000))))
    assert made.html.count("<img ") == 2
    assert 'src="attachments/01-scherm.png"' in made.html
    images = [image for page in pypdf.PdfReader(io.BytesIO(made.files["data/dossier.pdf"])).pages for image in page.images]
    assert len(images) == 2
    assert max(max(image.image.size) for image in images) <= 1600


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"GIF89a\xff\xff\xff\xff",
        b"\xff\xd8\xff\xe0" + b"x" * 50,
        b"",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"BM" + b"\xff" * 60,
    ],
)
def test_a_broken_picture_is_kept_and_not_shown(make, scored, tmp_path, content):
    (tmp_path / "kapot.png").write_bytes(content)
    made = make(scored, attachments=(tmp_path / "kapot.png",))
    assert made.files["data/attachments/01-kapot.png"] == content
    assert "<img " not in made.html


def test_a_picture_of_too_many_pixels_is_kept_and_not_shown(tmp_path):
    Image.new("1", (10_000, 10_000)).save(tmp_path / "groot.png")
    (one,) = copy_attachments([tmp_path / "groot.png"], tmp_path)
    assert not one.shown


def test_a_picture_is_shown_upright_and_without_where_it_was_taken(make, scored, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "Dorpsstraat-geheim"
    Image.new("RGB", (60, 30), "red").save(tmp_path / "foto.jpg", exif=exif)
    pdf = make(scored, attachments=(tmp_path / "foto.jpg",)).files["data/dossier.pdf"]
    (image,) = [image for page in pypdf.PdfReader(io.BytesIO(pdf)).pages for image in page.images]
    assert image.image.size == (30, 60)
    assert b"geheim" not in image.data


def test_a_pdf_is_known_by_its_content(tmp_path):
    (tmp_path / "bewijs.dat").write_bytes(b"\n%PDF-1.7 ...")
    assert list_attachments([tmp_path / "bewijs.dat"])[0].kind == "pdf"
