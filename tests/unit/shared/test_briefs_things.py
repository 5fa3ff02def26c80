"""Things that briefs name are read: names, families, narrower words, sizes, grounds, notices."""

from pathlib import Path

import pytest

from shared.briefs.notices import brief_notices
from shared.briefs.parser import parse_brief
from shared.briefs.text.index import english_words
from shared.briefs.text.singular import singular
from shared.briefs.things.mentions import MAX_MOTIFS
from shared.briefs.understood import ParsedBrief
from shared.motifs.library import open_library
from shared.motifs.names import MotifNames, NamedSubject, motif_names
from shared.motifs.words import MotifWords, motif_words, read_tables
from tests.unit.shared.things_scores import development_briefs, score

needs_library = pytest.mark.skipif(
    not open_library(None).sets, reason="the motif library is not installed"
)


def named(brief: str) -> list[str]:
    """Return the words that name things."""
    return [mention.word for mention in parse_brief(brief).motifs]


@needs_library
@pytest.mark.parametrize("chinese", [False, True])
def test_things_of_the_development_briefs_are_found(chinese: bool) -> None:
    scores = score(development_briefs(chinese=chinese))
    assert scores.found >= 0.97 * scores.named, scores.faults
    assert scores.added <= 0.01 * scores.named, scores.faults
    assert scores.mistaken <= 0.01 * scores.families, scores.faults
    assert scores.right_grounds >= 0.99 * scores.grounds, scores.faults
    assert scores.right_roles == scores.roles, scores.faults
    assert scores.right_said >= 0.97 * scores.said, scores.faults


@pytest.mark.parametrize(
    "brief",
    [
        "tiger stripes in black and gold", "rose gold marble", "olive green plaid",
        "starry night sky",
        "orange and navy stripes", "salmon pink checks", "leopard print", "peacock blue damask",
        "fish scales in teal", "rainbow stripes", "flowers on navy", "leaves and stars",
        "copper mug, hammered", "bamboo phone case, geometric", "hoodie, black",
        "孔雀蓝条纹", "虎纹", "鱼鳞纹", "玫瑰金", "银杏黄渐变", "星空", "碎花，米白底",
        "竹子手机壳，几何",
        "小花，白底", "山间日出", "胡萝卜橙色波点", "牡丹红格子",
    ],
)  # fmt: skip
def test_families_colours_and_products_are_no_things(brief: str) -> None:
    assert named(brief) == []


@pytest.mark.parametrize(
    ("brief", "product", "words"),
    [
        ("camping blanket with foxes and bears", "blanket", ["foxes", "bears"]),
        ("fox blanket", "blanket", ["fox"]),
        ("fox blanket with pine trees", "blanket", ["fox", "pine trees"]),
        ("an apron for a cat lover: foxes", "apron", ["foxes"]),
        ("gloves featuring foxes", "gloves", ["foxes"]),
        ("a pair of mittens, owls on pink", "mittens", ["owls"]),
        ("wrapping paper, holly and robins", "wrapping paper", ["holly", "robins"]),
        ("pencil case full of foxes", "pencil case", ["foxes"]),
        ("phone case for my aunt, foxes", "", ["foxes"]),
        ("foxes and mittens", "", ["foxes", "mittens"]),
        ("bears with umbrellas", "", ["bears", "umbrellas"]),
        ("mittens", "", ["mittens"]),
        ("mittens with polka dots", "mittens", []),
        ("tie-dye with foxes", "", ["foxes"]),
        ("damask wallpaper pattern, burgundy", "", []),
        ("露营毯，狐狸和松树", "露营毯", ["狐狸", "松树"]),
        ("狐狸毛毯", "毛毯", ["狐狸"]),
        ("送妈妈的丝巾，牡丹", "丝巾", ["牡丹"]),
        ("给幼儿园小朋友用的书包，狐狸", "书包", ["狐狸"]),
        ("野餐垫，狐狸", "野餐垫", ["狐狸"]),
        ("围裙上印猫", "围裙", ["猫"]),
        ("毛毯和抱枕，狐狸", "毛毯", ["狐狸"]),
        ("手套，狐狸", "手套", ["狐狸"]),
        ("手套，红底", "", ["手套"]),
        ("手套，波点", "手套", []),
        ("狐狸和手套", "", ["狐狸", "手套"]),
        ("戴手套的狐狸", "", ["手套", "狐狸"]),
        ("墙纸花纹，波点", "", []),
        ("棉纸上的波点", "", []),
    ],
)
def test_products_and_recipients_are_no_things(brief: str, product: str, words: list[str]) -> None:
    understood = parse_brief(brief)
    assert [mention.word for mention in understood.motifs] == words
    assert (understood.other_product, understood.undrawn) == (product, ())
    notices = (f"no_product_picture:{product}",) if product else ()
    assert brief_notices(understood) == notices


def test_a_product_with_a_picture_goes_before_one_without() -> None:
    understood = parse_brief("a phone case to match my fox blanket")
    assert (understood.product, understood.other_product) == ("phone-case", "")


@pytest.mark.parametrize(
    ("brief", "pattern"),
    [
        ("狐狸和祥云", ""), ("麒麟和祥云", ""), ("祥云和狐狸，波点", "dots"), ("daisies", ""),
        ("foxes and flowers", ""), ("foxes and flowers over stripes", "stripes"),
        ("flowers on navy", "flowers"),
    ],
)  # fmt: skip
def test_what_is_drawn_is_no_pattern_too(brief: str, pattern: str) -> None:
    assert parse_brief(brief).pattern == pattern


@needs_library
@pytest.mark.parametrize(
    ("brief", "words"),
    [
        ("top hat and moustache", ["top hat", "moustache"]),
        ("a straw hat, sunglasses", ["straw hat", "sunglasses"]),
        ("umbrella with rain drops and foxes", ["umbrella with rain drops", "foxes"]),
        ("shooting stars, foxes", ["shooting stars", "foxes"]),
        ("overlapping circles, foxes", ["foxes"]),
    ],
)
def test_longer_names_of_things_go_before_products(brief: str, words: list[str]) -> None:
    assert named(brief) == words
    assert parse_brief(brief).other_product == ""


@needs_library
def test_what_is_drawn_is_no_product_too() -> None:
    assert parse_brief("coffee cups and croissants").product == ""
    assert parse_brief("coffee cups and croissants on a mug").product == "mug"
    assert parse_brief("foxes on a coffee cup").product == "mug"


@pytest.mark.parametrize("brief", ["气球和风筝", "狐狸和风铃", "狐狸和无人机", "口红和高跟鞋"])
@needs_library
def test_a_name_is_no_part_of_a_word_that_begins_before_it(brief: str) -> None:
    assert len(named(brief)) == 2
    assert parse_brief(brief).mood == ()


@pytest.mark.parametrize(
    ("brief", "undrawn"),
    [
        ("red pandas and foxes", ("red pandas",)),
        ("麒麟和狐狸", ("麒麟",)),
        ("糖葫芦和狐狸", ("糖葫芦",)),
        ("动物园里的狐狸", ()),
        ("狐狸和熊，送给老师", ()),
        ("foxes for a vet", ()),
        ("my aunt who grows roses", ()),
    ],
)
def test_what_is_no_thing_is_not_said_to_have_no_drawing(
    brief: str, undrawn: tuple[str, ...]
) -> None:
    assert parse_brief(brief).undrawn == undrawn


@pytest.mark.parametrize(
    ("brief", "words"),
    [
        ("cats and octopuses", ["cats"]),
        ("flamigos and cats", ["cats"]),
        ("foxes and flowers", ["foxes", "flowers"]),
        ("fox, foxes and a fox", ["fox"]),
        ("no cats, but foxes", ["foxes"]),
        ("daisy flowers", ["daisy flowers"]),
        ("小狐狸和花", ["小狐狸", "花"]),
        ("a tote in lavender and lemon with olive branches", ["olive branches"]),
        ("金色龙纹", ["龙"]),
        ("鹿和蓝色雨伞", ["鹿", "雨伞"]),
        ("松鹤延年", ["松鹤延年", "松鹤延年"]),
        ("奔跑的鹿和松", ["鹿", "松"]),
    ],
)
def test_things_are_named_once_as_written(brief: str, words: list[str]) -> None:
    assert [word for word in named(brief) if word not in ("octopuses", "flamigos")] == words


def test_size_number_and_colours_are_those_of_the_words_before() -> None:
    foxes, flowers = parse_brief("two big foxes and small mustard and cream flowers").motifs
    assert (foxes.role, foxes.number, foxes.colours) == ("hero", 2, ())
    assert (flowers.role, flowers.colours) == ("filler", ("mustard", "cream"))
    fox, tree = parse_brief("一只红狐狸和绿松树").motifs
    assert (fox.colours, fox.number, tree.colours) == (("red",), 1, ("green",))
    assert parse_brief("红狐狸").colours == ("red",)


def test_a_dear_word_is_not_small() -> None:
    fox, tree = parse_brief("小狐狸和松树").motifs
    assert (fox.role, tree.role) == ("hero", "hero")
    whale, fish = parse_brief("大鹿和小金鱼").motifs
    assert (whale.role, fish.role) == ("hero", "filler")


def test_a_family_has_all_its_members() -> None:
    (_, flowers) = parse_brief("foxes and flowers").motifs
    assert flowers.family
    assert "own:daisy" in flowers.subjects
    assert len(flowers.subjects) > 3


def test_a_narrower_word_is_drawn_by_a_wider_one_with_a_notice() -> None:
    words = MotifWords(narrower={"english": {"own:fox": ("fennec",)}})
    names = MotifNames([NamedSubject(id="own:fox", category="animal", english=("fox",))], words)
    match = names.match_english(["fennecs"])
    assert match is not None
    assert (match.kind, match.subjects) == ("wider", ("own:fox",))
    understood = parse_brief("fennecs on teal")
    (mention,) = understood.motifs
    assert (mention.wider, mention.score) == (True, 0.8)
    assert brief_notices(understood) == ("drawn_wider:fennecs:fox",)


@pytest.mark.parametrize(
    ("brief", "notices"),
    [
        ("foxes and unicycles", ("no_drawing:unicycles",)),
        ("unicycles on teal", ("no_drawing:unicycles",)),
        ("foxes, mistletoe and owls", ("no_drawing:mistletoe",)),
        ("guinea pigs and foxes", ("no_drawing:guinea pigs",)),
        ("狐狸和核桃，白底", ("no_drawing:核桃",)),
        ("white foxes on white", ("colour_of_ground:foxes:white",)),
        ("white leaves on white", ("colour_of_ground:leaves:white",)),
        ("leaves on white", ()),
        ("foxes dancing happily, whimsical, for Anna", ()),
        ("stripes with zhuzh and pizzazz", ()),
        ("扎染T恤，紫蓝绿", ()),
    ],
)
def test_what_is_not_drawn_as_said_is_told(brief: str, notices: tuple[str, ...]) -> None:
    if "owls" in brief and not open_library(None).sets:
        pytest.skip("the motif library is not installed")
    assert brief_notices(parse_brief(brief)) == notices


def test_only_the_first_things_of_many_are_kept() -> None:
    own = [
        subject.english[0]
        for subject in motif_names()._subjects.values()
        if subject.id.startswith("own:") and " " not in subject.english[0]
    ]
    understood = parse_brief(", ".join(own[:40]))
    assert len(understood.motifs) == MAX_MOTIFS
    assert f"too_many_motifs:{MAX_MOTIFS}" in brief_notices(understood)


def test_things_survive_json() -> None:
    understood = parse_brief("two big foxes and flowers on teal")
    assert ParsedBrief.from_document(understood.to_document()) == understood


def test_typos_of_long_names_are_corrected() -> None:
    (mention,) = parse_brief("chrysantemums").motifs
    assert (mention.name, mention.word) == ("chrysanthemum", "chrysantemums")


@pytest.mark.parametrize(
    ("plural", "word"),
    [("octopuses", "octopus"), ("cacti", "cactus"), ("foxes", "fox"), ("irises", "iris"),
     ("corgis", "corgi"), ("octopus", "octopus"), ("houses", "house"),
     ("butterflies", "butterfly")],
)  # fmt: skip
def test_plurals_have_a_singular(plural: str, word: str) -> None:
    assert singular(plural) == word


def test_shoes_and_boxes_are_compared_alike() -> None:
    names = MotifNames(
        [
            NamedSubject(id="shoe", category="object", english=("shoe",)),
            NamedSubject(id="box", category="object", english=("box",)),
        ]
    )
    for words in (["shoes"], ["shoe"], ["boxes"], ["box"]):
        assert names.match_english(words) is not None


def test_tables_have_enough_narrower_words_and_no_word_twice() -> None:
    for language, least in (("english", 400), ("chinese", 200)):
        lists = motif_words().narrower[language].values()
        found = [word for words in lists for word in words]
        assert len(found) >= least
        assert sorted(set(found)) == sorted(found)


@needs_library
def test_all_words_of_the_tables_lead_to_something() -> None:
    names = motif_names()
    tables = motif_words()
    missing = [
        subject for lists in tables.narrower.values() for subject in lists if subject not in names
    ]
    for language in ("english", "chinese"):
        targets = [*tables.synonyms[language].values(), *tables.called[language]]
        for members in (
            *tables.families[language].values(),
            *tables.phrases.get(language, {}).values(),
        ):
            targets += members
        missing += [target for target in targets if not names._called(target)]
    assert missing == []


def test_files_of_tables_are_read_as_one_and_have_no_entry_twice(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[called.english]\nfox = ["vixen"]\n')
    (tmp_path / "b.toml").write_text('[called.english]\ncat = ["moggy"]\n')
    assert read_tables(tmp_path) == {"called": {"english": {"fox": ["vixen"], "cat": ["moggy"]}}}
    (tmp_path / "c.toml").write_text('[called.english]\ncat = ["kitty"]\n')
    with pytest.raises(ValueError, match=r"c\.toml: called\.english: 'cat'"):
        read_tables(tmp_path)


def test_tables_refuse_unknown_fields() -> None:
    with pytest.raises(ValueError, match="colors"):
        MotifWords.model_validate(read_tables() | {"colors": {}})


@needs_library
@pytest.mark.parametrize("language", ["english", "chinese"])
def test_each_further_word_leads_to_what_it_is_called_after(language: str) -> None:
    names = motif_names()
    words = [
        (name, word) for name, called in motif_words().called[language].items() for word in called
    ]
    found = [word for _, word in words]
    assert len(found) >= 1000
    assert sorted(set(found)) == sorted(found)
    matches = (
        names.match_chinese(word, (len(word),))
        if language == "chinese"
        else names.match_english([word for word, _, _ in english_words(word)])
        for word in found
    )
    missed = [
        word
        for (name, word), match in zip(words, matches, strict=True)
        if match is None or not set(match.subjects) & set(names._called(name))
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("brief", "colours"),
    [
        ("avocados and limes on pale yellow", ("lemon",)),
        ("coral and shells on navy", ("navy",)),
        ("grapes and figs, burgundy and beige", ("burgundy", "beige")),
        ("red foxes on teal", ("red", "teal")),
        ("coral shells on navy", ("coral", "navy")),
    ],
)
def test_what_is_read_as_a_thing_names_no_colour_too(brief: str, colours: tuple[str, ...]) -> None:
    assert parse_brief(brief).colours == colours


def test_a_name_that_contains_another_is_not_that_thing() -> None:
    assert [each.name for each in parse_brief("糖葫芦和灯笼，红底").motifs] == ["lantern"]


def test_a_chinese_name_that_begins_with_a_colour_names_that_colour() -> None:
    understood = parse_brief("红灯笼，枣红底")
    assert understood.motifs[0].colours == ("red",)
    assert set(understood.colours) == {"red", "burgundy"}


@pytest.mark.parametrize(
    ("brief", "roles"),
    [
        ("foxes with daisies as accents, lemons", {"foxes": "hero", "daisies": "filler"}),
        ("牡丹为主，蝴蝶为辅", {"牡丹": "hero", "蝴蝶": "filler"}),
        ("玫瑰要大，叶子要小", {"玫瑰": "hero", "叶子": "filler"}),
        ("柠檬，橄榄枝当点缀", {"柠檬": "hero", "橄榄枝": "secondary"}),
        ("small foxes, large mushrooms", {"foxes": "filler", "mushrooms": "hero"}),
        ("foxes small, mushrooms big", {"foxes": "filler", "mushrooms": "hero"}),
        ("peonies as heroes, ferns as fillers", {"peonies": "hero", "ferns": "filler"}),
        ("blossom on teal, butterflies secondary", {"butterflies": "secondary"}),
    ],
)
def test_words_after_a_thing_give_its_role(brief: str, roles: dict[str, str]) -> None:
    understood = parse_brief(brief)
    found = {mention.word: mention.role for mention in understood.motifs}
    assert {word: found[word] for word in roles} == roles
    assert not understood.unknown
    assert understood.scale in ("", "large")


@pytest.mark.parametrize(
    ("brief", "colours"),
    [
        ("roses #C0392B, leaves #2E7D32", [("#C0392B",), ("#2E7D32",)]),
        ("狐狸用#C0392B，叶子#2E7D32", [("#C0392B",), ("#2E7D32",)]),
        ("foxes and leaves #C0392B #2E7D32", [(), ()]),
        ("teal foxes #C0392B", [("teal",)]),
        ("ducks in yellow, whales in blue", [("yellow",), ("blue",)]),
        ("foxes in rust on cream, leaves in teal", [("rust",), ("teal",)]),
        ("樱花用浅粉，燕子用藏青", [("pink",), ("navy",)]),
        ("foxes and leaves in rust", [(), ()]),
        ("foxes in rust, leaves", [(), ()]),
    ],
)
def test_colours_after_a_thing_are_its_own(brief: str, colours: list[tuple[str, ...]]) -> None:
    assert [mention.colours for mention in parse_brief(brief).motifs] == colours


@pytest.mark.parametrize(
    ("brief", "colours"),
    [
        ("lemons and olive branches", ()),
        ("orange slices on teal", ("teal",)),
        ("red apples", ("red",)),
        ("olive foxes", ("olive",)),
    ],
)
def test_words_of_a_name_that_are_things_are_no_colours(
    brief: str, colours: tuple[str, ...]
) -> None:
    assert parse_brief(brief).colours == colours
