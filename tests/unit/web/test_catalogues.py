"""The message catalogs are complete, match their messages and are compiled."""

import re
from pathlib import Path

import pytest
from flask import Flask

from shared.errors import ERRORS
from web.http import i18n
from web.message_catalogs import catalogue_path, collected, compiled, load
from web.presentation.labels import notice_text

STATIC = Path(catalogue_path("zh")).parents[3] / "static"
_PLACE = re.compile(r"%\(\w+\)[sd]")


def test_every_message_has_a_chinese_translation() -> None:
    chinese = load("zh")
    missing = [
        message.id
        for message in collected()
        if message.id and not (chinese.get(message.id) and chinese.get(message.id).string)
    ]
    assert missing == [], "run python -m web.message_catalogs and translate what is empty"


def test_catalog_has_no_obsolete_messages() -> None:
    said = {message.id for message in collected()}
    assert [message.id for message in load("zh") if message.id and message.id not in said] == []


def test_translations_keep_the_placeholders_of_their_messages() -> None:
    messages = [message for message in load("zh") if message.id and "%(" in message.id]
    assert len(messages) > 10
    for message in messages:
        assert sorted(_PLACE.findall(message.id)) == sorted(_PLACE.findall(message.string))


def test_compiled_catalog_is_up_to_date() -> None:
    assert catalogue_path("zh").with_suffix(".mo").read_bytes() == compiled(load("zh"))


def test_error_titles_are_extracted() -> None:
    said = {message.id for message in collected()}
    assert {kind.title for kind in ERRORS.values()} <= said


def test_scripts_contain_no_user_visible_texts() -> None:
    """Scripts take their texts from the page, where they are translated."""
    scripts = list(STATIC.glob("*.js"))
    assert scripts
    for script in scripts:
        assert not re.search(r"textContent = \"[A-Za-z]", script.read_text()), script


@pytest.mark.parametrize(
    "code",
    [
        "animation_first_frame",
        "first_picture",
        "palette_converted",
        "reference_colours_refused",
        "nothing_understood",
        "pictures_left_out",
        "drawn_wider:dachshunds:dog",
        "no_drawing:unicycles",
        "no_product_picture:blanket",
        "one_pattern:stripes:dots",
        "colour_of_ground:foxes:white",
        "too_many_motifs:12",
    ],
)
def test_notices_have_a_text(code: str) -> None:
    app = Flask(__name__)
    i18n.register(app)
    with app.test_request_context():
        assert "_" not in notice_text(code)


def test_notices_about_words_name_them_in_the_language_of_the_page() -> None:
    app = Flask("web")
    i18n.register(app)
    with app.test_request_context("/?lang=en"):
        assert notice_text("drawn_wider:fennecs:fox") == "“fennecs” is drawn as “fox”."
        told = "A design has one pattern: stripes, without dots."
        assert notice_text("one_pattern:stripes:dots") == told
        assert notice_text("no_drawing:unicycles") == "There is no drawing of “unicycles”."
    with app.test_request_context("/?lang=zh"):
        assert notice_text("drawn_wider:耳廓狐:fox") == "“耳廓狐”画成“狐狸”。"
        assert "露营毯" in notice_text("no_product_picture:露营毯")
        assert "白色" in notice_text("colour_of_ground:狐狸:white")
