"""The named colours."""

from shared.briefs.terms import Colour, by_key, words

__all__ = ["COLOURS"]


def _colour(key: str, hex_code: str, en: str, zh: str) -> Colour:
    return Colour(key=key, hex=hex_code, en=words(en), zh=words(zh))


COLOURS = by_key(
    (
        # greys
        _colour("black", "#141416", "black|jet black|pitch black|onyx", "黑色|黑|纯黑|墨黑|漆黑"),
        _colour(
            "charcoal",
            "#36393F",
            "charcoal|charcoal grey|anthracite|graphite|dark grey",
            "炭灰色|炭灰|炭黑|深灰色|深灰|石墨色",
        ),
        _colour("grey", "#85888C", "grey|gray|mid grey|neutral grey", "灰色|灰|中灰"),
        _colour(
            "silver", "#C3C7CC", "silver|light grey|silvery", "银色|银|银灰色|银灰|浅灰色|浅灰"
        ),
        _colour("white", "#FAFAF8", "white|pure white|snow white", "白色|白|纯白|雪白"),
        _colour(
            "ivory", "#F5EFDC", "ivory|off-white|ivory white|eggshell", "象牙白|象牙色|米白色|米白"
        ),
        _colour(
            "cream", "#FBEFC3", "cream|creamy|cream white|vanilla", "奶油色|奶油白|奶白|香草色"
        ),
        _colour("beige", "#DCC9A6", "beige|sand beige|oatmeal|ecru", "米色|米黄色|米黄|燕麦色"),
        # browns
        _colour("sand", "#CDAE7A", "sand|sandy|sand yellow|dune", "沙色|沙黄|沙土色"),
        _colour("tan", "#C08F5B", "tan|camel|fawn|light brown", "驼色|棕褐色|浅棕色|浅棕|浅褐色"),
        _colour(
            "caramel", "#B5651D", "caramel|toffee|copper|cinnamon", "焦糖色|焦糖|太妃色|铜色|肉桂色"
        ),
        _colour(
            "terracotta",
            "#C4603F",
            "terracotta|terra cotta|clay red|clay",
            "陶土色|赤陶色|陶土红|赤陶|砖橙",
        ),
        _colour(
            "rust", "#9A3F1C", "rust|rust red|rusty|brick red|brick", "铁锈色|铁锈红|砖红色|砖红"
        ),
        _colour("brown", "#70482B", "brown|mid brown|hazel|nut brown", "棕色|褐色|棕|褐|栗色"),
        _colour(
            "chocolate",
            "#46291C",
            "chocolate|dark brown|espresso|coffee brown",
            "巧克力色|深棕色|深棕|深褐色|咖啡色|咖色",
        ),
        # reds
        _colour("red", "#D3202B", "red|bright red|signal red", "红色|红|正红|鲜红|大红"),
        _colour(
            "scarlet",
            "#F23B23",
            "scarlet|vermilion|cinnabar|tomato red",
            "朱红色|朱红|朱砂|猩红|番茄红",
        ),
        _colour(
            "crimson",
            "#A3132F",
            "crimson|dark red|ruby|cherry red",
            "绯红色|绯红|深红色|深红|宝石红|樱桃红",
        ),
        _colour(
            "burgundy",
            "#641327",
            "burgundy|wine red|maroon|bordeaux|wine",
            "酒红色|酒红|勃艮第红|绛红|暗红色|暗红",
        ),
        # pinks
        _colour(
            "coral",
            "#FB7866",
            "coral|coral pink|coral red|salmon",
            "珊瑚色|珊瑚红|珊瑚粉|鲑鱼色|珊瑚",
        ),
        _colour(
            "peach", "#FBC3A0", "peach|peachy|apricot|peach pink", "桃色|蜜桃色|杏色|杏粉|蜜桃粉"
        ),
        _colour(
            "blush",
            "#F3D1CE",
            "blush|blush pink|nude|powder pink|pale pink",
            "裸粉色|裸粉|裸色|腮红粉|淡粉色|淡粉",
        ),
        _colour(
            "pink",
            "#F48FB1",
            "pink|light pink|candy pink|rose pink",
            "粉色|粉红色|粉红|粉|浅粉色|浅粉",
        ),
        _colour(
            "hot-pink",
            "#EC2E86",
            "hot pink|neon pink|shocking pink|bright pink",
            "亮粉色|亮粉|桃红色|桃红|荧光粉|艳粉",
        ),
        _colour(
            "magenta", "#B8157E", "magenta|fuchsia|raspberry", "品红色|品红|洋红色|洋红|紫红色|紫红"
        ),
        _colour(
            "dusty-rose",
            "#C48A8E",
            "dusty rose|dusty pink|old rose|rose",
            "灰粉色|灰粉|干枯玫瑰色|豆沙色|豆沙粉|玫瑰色",
        ),
        # purples
        _colour("mauve", "#9B7190", "mauve|dusty purple|dusky purple", "藕荷色|灰紫色|灰紫|藕紫"),
        _colour(
            "lilac",
            "#C9AEDF",
            "lilac|light purple|pale purple",
            "丁香紫|丁香色|淡紫色|淡紫|浅紫色|浅紫",
        ),
        _colour(
            "lavender",
            "#A79BE0",
            "lavender|lavender purple|periwinkle",
            "薰衣草紫|薰衣草色|薰衣草|长春花色",
        ),
        _colour("purple", "#7A35A6", "purple|bright purple|grape", "紫色|紫|葡萄紫"),
        _colour(
            "violet", "#5A2BD1", "violet|blue violet|electric violet", "紫罗兰色|紫罗兰|蓝紫色|蓝紫"
        ),
        _colour(
            "plum",
            "#4E1F4F",
            "plum|dark purple|aubergine|deep purple|eggplant",
            "梅紫色|梅子色|深紫色|深紫|茄紫|李子色",
        ),
        # blues
        _colour("indigo", "#2F2A86", "indigo|indigo blue|ink blue", "靛蓝色|靛蓝|靛色|靛青|墨蓝"),
        _colour(
            "midnight",
            "#0E1530",
            "midnight blue|midnight|blue black",
            "午夜蓝|夜空蓝|子夜蓝|蓝黑色",
        ),
        _colour(
            "navy",
            "#1B2B55",
            "navy|navy blue|dark blue|deep navy",
            "藏青色|藏青|海军蓝|藏蓝色|藏蓝|深蓝色|深蓝",
        ),
        _colour(
            "cobalt",
            "#1746B8",
            "cobalt|cobalt blue|royal blue|ultramarine",
            "钴蓝色|钴蓝|宝蓝色|宝蓝|群青|皇家蓝|宝石蓝",
        ),
        _colour("blue", "#2A76D6", "blue|bright blue|mid blue|azure", "蓝色|蓝|湛蓝|正蓝"),
        _colour(
            "sky",
            "#83C5EE",
            "sky blue|light blue|baby blue|sky",
            "天蓝色|天蓝|浅蓝色|浅蓝|淡蓝色|淡蓝|天空蓝",
        ),
        _colour(
            "ice", "#DCEEF6", "ice blue|icy blue|pale blue|frost blue", "冰蓝色|冰蓝|霜蓝|雪蓝"
        ),
        _colour(
            "slate",
            "#5A6B7E",
            "slate|slate blue|slate grey|blue grey|steel blue",
            "石板灰|石板蓝|蓝灰色|蓝灰|灰蓝色|灰蓝|雾霾蓝",
        ),
        _colour(
            "cyan",
            "#1FC4E0",
            "cyan|bright cyan|electric blue|aqua",
            "青蓝色|青蓝|亮蓝色|水蓝色|水蓝|电光蓝",
        ),
        _colour(
            "turquoise",
            "#38CFC0",
            "turquoise|turquoise blue|tiffany blue|lagoon",
            "绿松石色|绿松石|松石绿|松石蓝|蒂芙尼蓝|湖蓝色|湖蓝",
        ),
        _colour(
            "teal",
            "#127C80",
            "teal|dark teal|petrol blue|peacock blue|petrol",
            "蓝绿色|蓝绿|青色|凫蓝|孔雀蓝|水鸭色",
        ),
        # greens
        _colour(
            "mint",
            "#AEE8CB",
            "mint|mint green|pale green|pistachio",
            "薄荷绿|薄荷色|薄荷|淡绿色|淡绿|开心果绿",
        ),
        _colour(
            "celadon",
            "#A9C4AC",
            "celadon|celadon green|jade grey",
            "青瓷色|青瓷绿|豆青|粉青|天青色|天青",
        ),
        _colour(
            "sage",
            "#8FA07E",
            "sage|sage green|grey green|eucalyptus",
            "鼠尾草绿|鼠尾草色|灰绿色|灰绿|尤加利绿",
        ),
        _colour(
            "jade", "#20A673", "jade|jade green|sea green", "玉色|翡翠色|碧玉色|玉绿|海绿色|碧绿"
        ),
        _colour(
            "emerald",
            "#0B7A4B",
            "emerald|emerald green|malachite",
            "祖母绿|翡翠绿|翠绿色|翠绿|孔雀绿|孔雀石绿",
        ),
        _colour(
            "green",
            "#3DA33B",
            "green|bright green|grass green|leaf green",
            "绿色|绿|草绿色|草绿|鲜绿",
        ),
        _colour(
            "lime",
            "#A9DE2C",
            "lime|lime green|neon green|chartreuse|yellow green",
            "青柠色|青柠绿|荧光绿|黄绿色|黄绿|嫩绿",
        ),
        _colour(
            "forest-green",
            "#1D4530",
            "forest green|dark green|deep green|pine green|bottle green",
            "森林绿|墨绿色|墨绿|深绿色|深绿|松绿",
        ),
        _colour(
            "olive",
            "#757A2B",
            "olive|olive green|moss green|khaki green|moss",
            "橄榄绿|橄榄色|苔绿|苔藓绿|军绿色|军绿",
        ),
        _colour("khaki", "#A89F72", "khaki|dusty khaki|greige", "卡其色|卡其"),
        # yellows and oranges
        _colour(
            "lemon",
            "#FBF05A",
            "lemon|lemon yellow|light yellow|pale yellow",
            "柠檬黄|柠檬色|浅黄色|浅黄|淡黄色|淡黄",
        ),
        _colour(
            "yellow",
            "#FAD420",
            "yellow|bright yellow|sunny yellow|sunflower yellow",
            "黄色|黄|明黄色|明黄|亮黄",
        ),
        _colour(
            "mustard",
            "#CB9A16",
            "mustard|mustard yellow|ochre|turmeric",
            "芥末黄|芥末色|赭黄|赭石色|姜黄色|姜黄|土黄",
        ),
        _colour(
            "gold",
            "#D0A94A",
            "gold|golden|metallic gold|antique gold|old gold",
            "金色|金|金黄色|金黄|鎏金|烫金",
        ),
        _colour(
            "champagne",
            "#E8D5B0",
            "champagne|champagne gold|pale gold",
            "香槟色|香槟金|浅金色|浅金",
        ),
        _colour(
            "amber",
            "#F7A51B",
            "amber|honey|marigold|saffron",
            "琥珀色|琥珀|蜂蜜色|万寿菊色|藏红花色",
        ),
        _colour(
            "orange",
            "#F4772B",
            "orange|bright orange|tangerine|pumpkin",
            "橙色|橙|橘色|橘|橙红色|橘红|橘黄|南瓜色",
        ),
    )
)
