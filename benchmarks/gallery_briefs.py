"""Briefs of the gallery, and what is to be said about their pictures."""

from __future__ import annotations

from collections.abc import Mapping

BRIEFS = (
    "手机壳。材质：铝合金，透光性好；图案：抽象几何图案，渐变色；功能：防水，防滑",
    "a phone case with overlapping waves in navy and gold",
    "马克杯，青花，白色和钴蓝",
    "linen tote bag, terrazzo in peach, sage and charcoal",
    "水墨云纹海报",
    "a T-shirt with small hearts in red on cream",
    "笔记本，青海波，深蓝和白色",
    "art deco scales, black and gold, noir, for a phone case",
    "帆布包，波西米亚风格的伊卡特花纹，橙色和紫色",
    "poster: topographic lines, forest green on ivory, fine",
    "a mug with candy stripes, pink and mint",
    "T恤，细格子，灰色和浅蓝",
    "honeycomb in amber and brown, dense, phone case",
    "手机壳：大理石纹，黑色、白色，细线",
    "notebook with damask in burgundy and rose",
    "ocean gradient from teal to deep blue, poster",
    "豹纹手机壳，驼色和黑色",
    "playful confetti in coral, yellow and turquoise on white, tote",
    "herringbone, beige and charcoal, mug",
    "日落色的锯齿纹，海报",
    "something calm for my grandmother's notebook",
)
THINGS = (
    "foxes and pine trees, cosy autumn, mustard and navy",
    "tote bag: lemons and leaves on white, yellow and green, fresh",
    "dinosaurs for a kid's T-shirt, playful, green and orange on cream",
    "cats and balls of yarn, playful, for a mug",
    "flamingos and palm leaves, pink and teal, tropical, phone case",
    "Christmas mug with reindeer and snowflakes, white on red",
    "sushi, small and dense, for a notebook",
    "poster of mountains and tents, forest green and rust on a beige ground",
    "帆布包，猫咪和小鱼，可爱",
    "仙鹤与祥云，红色金色",
    "笔记本，银杏叶，金黄色，藏青底",
    "T恤，宇航员和星球，深蓝底，大图案",
    "马克杯，草莓，粉色和绿色，小清新",
    "sun and moon, celestial, gold on midnight blue, poster",
    "leopard print in blush and chocolate, tote bag",
    "houndstooth, black on ivory, classic, notebook",
    "art-deco fans in gold and emerald, elegant, phone case",
    "plaid in burgundy and forest green with a little cream, cosy, mug",
    "mustard and cream flowers on deep teal, tote bag",
    "clouds, white on sky blue, dreamy, poster",
)
IN_README = (22, 23, 25, 29, 31, 32, 33, 34)
"""Numbers in the gallery of the briefs of the README's picture, chosen before they were drawn."""
CHANGES = (
    (22, "background deep red"),
    (40, "花再大一些"),
    (25, "foxes instead of cats"),
)
"""Numbers of briefs whose first variants are changed, and what is said."""
NOTES: Mapping[int, str] = {
    2: "No waves overlap; the first and the fourth have a third colour.",
    4: "The second and the fourth look like paving, with colours that fade into each other.",
    5: "Nothing of ink in colours or strokes.",
    8: "The second mixes black and gold to olive; the third has a pink that was not asked for.",
    10: "The first and the fourth are areas with hairlines rather than fine lines on ivory.",
    12: "The checks are large: 细 is read as thin lines.",
    13: "The third has a green that was not asked for.",
    14: "Nearer to contour lines than to marble.",
    16: "The gradient is weak in the first, missing in the second; the others have plum and lemon.",
    17: "The third is a cheetah's, the fourth a giraffe's.",
    18: "The white has a cast of blue or pink.",
    19: "Beige is thin lines alone.",
    20: "Hardly colours of a sunset; the first and the second are rows of triangles.",
    21: "Nothing calm: reds, stripes, a plaid.",
    22: "The second has a plum ground that was not asked for.",
    24: "The same dinosaur in one pose; orange is only its feet and belly.",
    25: "The first and the second are nearly the same.",
    26: "The first and the fourth have teal flamingos on pink.",
    27: "Alike, with a dark line that was not asked for.",
    28: "Small as asked: on the product it is hard to see what it is.",
    29: "Mountains are smaller than tents, and forest green covers 8 %.",
    30: "The ground was left open and became dark four times.",
    31: "Much gold, little red: 7 to 8 %.",
    33: "No astronaut: people have no drawing, and the notice of the job says so.",
    34: "The first has white leaves, the others are green berries.",
    36: "Only the first is a leopard's.",
    37: "The first and the second have a rose or mauve that was not asked for.",
    38: "Only the second has fans; the others are scales and waves.",
    39: "Burgundy covers 77 %, forest green no more than cream.",
    41: "Scrolled clouds, cheerful rather than dreamy.",
}
"""By number in the gallery: what is not as asked, or weak, in the pictures of version 0.4."""
