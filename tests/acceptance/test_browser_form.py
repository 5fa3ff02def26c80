"""Tests of the design form in a real browser: what is chosen and changed by hand."""

import base64
import io
import re
from collections.abc import Callable
from importlib.resources import files

import pytest
from PIL import Image

from shared.db.models import Batch
from tests.queue_driver import QueueDriver

pytest.importorskip("playwright", reason="the package playwright is not installed")
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.long]

JOB = re.compile(r"/jobs/[0-9a-f-]{36}$")
STAGES = ("caption", "fusion", "generate", "draw", "present")
_PASTE = """([target, base64, count]) => {
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
    const clipboardData = new DataTransfer();
    for (let index = 0; index < count; index += 1) {
        clipboardData.items.add(new File([bytes], `shot-${index}.png`, { type: "image/png" }));
    }
    target.dispatchEvent(new ClipboardEvent("paste", {
        clipboardData, bubbles: true, cancelable: true }));
}"""


def png() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((96, 64), 60).convert("RGB").save(out, "PNG")
    return out.getvalue()


def paste(page: Page, target: str = "body", count: int = 1) -> None:
    element = page.locator(target).element_handle()
    page.evaluate(_PASTE, [element, base64.b64encode(png()).decode(), count])


def submitted(page: Page, driver: QueueDriver) -> dict[str, object]:
    """Submit with the keyboard and return the document of the job."""
    page.locator("#brief").press("Control+Enter")
    page.wait_for_url(JOB)
    return driver.document(page.url.rpartition("/")[2])


def test_pasted_image_is_shown_and_survives_reload_and_language(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page()
    page.goto(url)
    page.locator("#brief").fill("teal waves, mug")
    paste(page)
    expect(page.locator("#preview")).to_be_visible()
    expect(page.locator("#reference-name")).to_contain_text("shot-0.png")
    expect(page.locator("#strength-idle")).to_be_hidden()
    page.reload()
    expect(page.locator("#preview")).to_be_visible()
    page.get_by_role("link", name="中文").click()
    expect(page.locator("#reference-name")).to_contain_text("shot-0.png")
    expect(page.locator("#brief")).to_have_value("teal waves, mug")
    assert submitted(page, driver)["reference"] is not None
    page.goto(url)
    expect(page.locator("#preview")).to_be_hidden()


def test_first_of_ten_pasted_images_is_taken_and_it_says_so(
    url: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(url)
    paste(page, "#brief", 10)
    expect(page.locator("#reference-name")).to_contain_text("shot-0.png")
    expect(page.locator("#reference-wrong")).to_contain_text("the first was taken")


def test_photo_button_opens_a_choice_of_files(url: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(url)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Take a photo").click()
    assert chooser.value.element.get_attribute("capture") == "environment"
    chooser.value.set_files({"name": "p.png", "mimeType": "image/png", "buffer": png()})
    expect(page.locator("#preview")).to_be_visible()
    expect(page.locator("#reference-name")).to_contain_text("p.png")


def test_choices_survive_and_start_over_empties(url: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(url)
    page.locator("#brief").fill("foxes and owls in teal, mug")
    page.get_by_role("radio", name="poster").check()
    page.get_by_role("button", name="Remove owl").click()
    page.get_by_label("Add a motif").fill("teapot")
    page.locator("#motif-found").get_by_role("button", name="teapot").first.click()
    page.get_by_role("button", name="Replace teal").click()
    page.get_by_label("Hex code").fill("c8102e")
    page.keyboard.press("Enter")
    page.get_by_label("No other motifs").check()
    chips = page.locator("#chips .chip")
    expect(chips.filter(has_text="#C8102E")).to_have_count(1)
    page.reload()
    expect(chips.filter(has_text="#C8102E")).to_have_count(1)
    page.get_by_role("link", name="中文").click()
    expect(chips.filter(has_text="#C8102E")).to_have_count(1)
    expect(chips.filter(has_text="茶壶")).to_have_count(1)
    expect(chips.filter(has_text="猫头鹰")).to_have_count(0)
    expect(page.get_by_role("radio", name="海报")).to_be_checked()
    expect(page.get_by_label("不要其他图案元素")).to_be_checked()
    paste(page)
    expect(page.locator("#preview")).to_be_visible()
    page.get_by_role("link", name="重新开始").click()
    expect(page.locator("#brief")).to_have_value("")
    expect(chips).to_have_count(0)
    page.reload()
    expect(page.locator("#brief")).to_have_value("")
    expect(page.locator("#preview")).to_be_hidden()
    expect(page.get_by_role("radio", name="按设计需求")).to_be_checked()


def test_colours_are_changed_with_the_keyboard_and_sent_as_fields(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page()
    page.goto(url)
    brief = page.locator("#brief")
    brief.fill("stripes in teal and mustard on cream, mug")
    page.get_by_role("button", name="Replace teal").press("Enter")
    expect(page.get_by_label("Hex code")).to_be_focused()
    page.keyboard.type("nothing")
    page.keyboard.press("Enter")
    expect(page.locator("#colour_changes-wrong")).to_contain_text("Six digits")
    page.get_by_label("Hex code").fill("#c8102e")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Add a colour")).to_be_focused()
    page.get_by_role("button", name="Remove mustard").press("Enter")
    page.get_by_role("button", name="Add a colour").press("Enter")
    page.get_by_label("Hex code").fill("#00AA66")
    page.keyboard.press("Enter")
    names = page.locator("#chips .chip-swap")
    expect(names).to_have_text(["#C8102E", "cream", "#00AA66"])
    page.get_by_label("No other colours").press("Space")
    job = submitted(page, driver)
    understood = job["understood"]
    assert isinstance(understood, dict)
    assert set(understood["colours"]) == {"#C8102E", "cream", "#00AA66"}
    assert understood["ground"] == "cream"
    assert set(understood["excluded_colours"]) == {"teal", "mustard"}
    assert job["brief"] == "stripes in teal and mustard on cream, mug"
    options = job["options"]
    assert isinstance(options, dict)
    assert {each["hex"] for each in options["palette"]} >= {"#C8102E", "#00AA66"}
    assert options["palette_only"] is True
    page.goto(f"{url}/?from={job['id']}")
    expect(names).to_have_text(["#C8102E", "cream", "#00AA66"])
    page.get_by_role("button", name="Undo the changes by hand").click()
    expect(names).to_have_text(["teal", "mustard", "cream"])


def test_unknown_words_are_replaced_by_a_suggestion(
    url: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(url)
    page.locator("#brief").fill("a mug with quibbles and navy")
    offers = page.locator("#instead")
    expect(offers).to_contain_text("“quibbles” is not understood. Write instead:")
    offers.get_by_role("button", name="bubbles").click()
    expect(page.locator("#brief")).to_have_value("a mug with bubbles and navy")
    expect(offers).to_be_hidden()
    page.locator("#brief").fill("a navy mug with blorbfnarg")
    expect(offers).to_contain_text("Leave it out")
    offers.get_by_role("button", name="Look for a motif").click()
    expect(page.locator("#motif-words")).to_have_value("blorbfnarg")


def draw_first_looks(driver: QueueDriver) -> None:
    for stage in STAGES:
        claims = driver.claim(stage, limit=4)
        assert len(claims) == 4
        for claim in claims:
            driver.finish(claim, variants=1)


@pytest.mark.parametrize(
    ("locale", "brief", "show", "use", "back"),
    [
        (
            "en-GB",
            "a cosy mug for my dad, no red",
            "Show four directions",
            "Use this brief",
            "Back to my own words",
        ),
        (
            "zh-CN",
            "送给妈妈的马克杯，温馨",
            "看看四个方向",
            "采用这份需求",
            "回到我自己的描述",
        ),
    ],
)
def test_vague_brief_gets_four_directions_with_a_first_look(
    url: str,
    open_page: Callable[..., Page],
    driver: QueueDriver,
    locale: str,
    brief: str,
    show: str,
    use: str,
    back: str,
) -> None:
    page = open_page(locale)
    page.goto(url)
    page.locator("#brief").fill(brief)
    with page.expect_response(re.compile(r"/api/v1/batches$")):
        page.get_by_role("button", name=show).press("Enter")
    cards = page.locator(".direction")
    expect(cards).to_have_count(4)
    expect(page.locator(".first-look[aria-busy]")).to_have_count(4)
    draw_first_looks(driver)
    pictures = page.locator(".first-look img")
    expect(pictures).to_have_count(4)
    for picture in pictures.element_handles():
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture)
    with driver.session() as session:
        batch = session.query(Batch).one()
        assert len(batch.asked["briefs"]) == 4
    cards.nth(1).get_by_role("button", name=use).press("Enter")
    chosen = page.locator("#brief").input_value()
    assert chosen.startswith(brief)
    assert len(chosen) > len(brief) + 5
    expect(cards.nth(1).get_by_role("button", name=use)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#chips .chip.unknown")).to_have_count(0)
    expect(cards).to_have_count(4)
    page.get_by_role("button", name=back).click()
    expect(page.locator("#brief")).to_have_value(brief)
    expect(cards).to_have_count(4)
    page.locator("#brief").fill("navy and cream stripes, mug")
    expect(page.locator("#directions")).to_be_hidden()


def test_brief_that_says_everything_gets_no_directions(
    url: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(url)
    page.locator("#brief").fill("navy and cream stripes, mug")
    expect(page.locator("#chips")).to_contain_text("stripes")
    expect(page.locator("#directions")).to_be_hidden()


def test_palette_is_saved_chosen_and_removed(
    url: str, open_page: Callable[..., Page], driver: QueueDriver
) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto(url)
    page.locator("#brief").fill("#0B7A75 and #FB7866 dots, mug")
    page.get_by_label("Keep these colours as a palette").fill("<b>House</b>")
    page.keyboard.press("Enter")
    saved = page.get_by_role("radio", name="<b>House</b>")
    expect(saved).to_be_visible()
    page.get_by_label("Keep these colours as a palette").fill("Spring " * 11)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".saved-row")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#brief").fill("dots, mug")
    page.reload()
    saved.check()
    options = submitted(page, driver)["options"]
    assert isinstance(options, dict)
    assert [each["hex"] for each in options["palette"]] == ["#0B7A75", "#FB7866"]
    page.goto(url)
    page.get_by_role("button", name="Remove the palette <b>House</b>").click()
    expect(saved).to_have_count(0)
    page.reload()
    expect(saved).to_have_count(0)


def test_control_enter_submits_from_any_field(url: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(url)
    page.locator("#brief").fill("teal waves")
    page.get_by_role("radio", name="mug").check()
    page.get_by_label("Seeds").or_(page.locator("#seed")).last.press("Control+Enter")
    page.wait_for_url(JOB)


@pytest.mark.parametrize(
    "brief",
    [
        "navy stripes " + "x" * 1987,
        "🦊🌲 teal waves 🎨",
        "פסים בצבע teal מיוחד",
        "<img src=x onerror=alert(1)> teal waves",
    ],
)
def test_odd_briefs_are_taken_as_text(
    url: str, open_page: Callable[..., Page], driver: QueueDriver, brief: str
) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto(url)
    page.locator("#brief").fill(brief)
    expect(page.locator("#chips .chip").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("main img[src=x]").count() == 0
    assert submitted(page, driver)["brief"] == brief


def test_form_of_an_expired_design_keeps_its_draft(
    url: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(expected="404")
    gone = f"{url}/?from=00000000-0000-4000-8000-000000000000"
    page.goto(gone)
    expect(page.get_by_role("alert")).to_contain_text("does not exist any more")
    page.locator("#brief").fill("teal waves")
    page.reload()
    expect(page.locator("#brief")).to_have_value("teal waves")
    page.locator("#brief").press("Control+Enter")
    page.wait_for_url(JOB)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1440), ("zh-CN", 390)])
def test_form_has_no_accessibility_violations(
    url: str, open_page: Callable[..., Page], locale: str, width: int, scheme: str
) -> None:
    pytest.importorskip("axe_playwright_python", reason="the package is not installed")
    axe = (files("axe_playwright_python") / "axe.min.js").read_text()
    page = open_page(
        locale, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page.goto(url)
    page.locator("#brief").fill("cosy teal mug with quibbles")
    expect(page.locator("#instead")).to_be_visible()
    page.locator("#colour-add").click()
    page.locator("#directions-show").click()
    expect(page.locator(".direction")).to_have_count(4)
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    found = [(each["id"], node["html"]) for each in result["violations"] for node in each["nodes"]]
    assert found == []
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        """() => [...document.querySelectorAll("main button, main select, .product, .link")]
            .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 24)
            .map((each) => each.outerHTML)"""
    )
    assert small == []


def test_long_word_that_is_not_understood_takes_two_lines(
    url: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto(url)
    page.locator("#brief").fill("x" * 1990)
    chip = page.locator(".chip.unknown")
    expect(chip).to_be_visible()
    for shown in (chip, page.locator("#instead p")):
        box = shown.bounding_box()
        assert box is not None
        assert box["height"] < 120
