"""Things that briefs name are read: names, families, narrower words, sizes, grounds, notices."""

import tomllib
from pathlib import Path

import pytest

from shared.briefs.notices import brief_notices
from shared.briefs.parser import ParsedBrief, parse_brief
from shared.briefs.singular import singular
from shared.briefs.things import MAX_MOTIFS
from shared.motifs import words as words_module
from shared.motifs.library import open_library
from shared.motifs.names import MotifNames, NamedSubject, motif_names
from shared.motifs.words import MotifWords, motif_words
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
        targets = [*tables.synonyms[language].values()]
        for members in (
            *tables.families[language].values(),
            *tables.phrases.get(language, {}).values(),
        ):
            targets += members
        missing += [target for target in targets if not names._called(target)]
    assert missing == []


def test_tables_refuse_unknown_fields() -> None:
    folder = Path(words_module.__file__).parent
    table = tomllib.loads((folder / "synonyms.toml").read_text(encoding="utf-8"))
    with pytest.raises(ValueError, match="colors"):
        MotifWords.model_validate(table | {"colors": {}})
