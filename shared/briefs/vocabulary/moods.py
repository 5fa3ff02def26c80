"""Moods and themes, each with the palettes it is painted with."""

from shared.briefs.terms import Theme, by_key, words

__all__ = ["MOODS"]


def _theme(key: str, en: str, zh: str, palettes: str) -> Theme:
    """Palettes are written as "navy gold ivory, teal sand white"."""
    return Theme(
        key=key,
        en=words(en),
        zh=words(zh),
        palettes=tuple(tuple(palette.split()) for palette in palettes.split(",")),
    )


MOODS = by_key(
    (
        _theme(
            "sunset",
            "sunset|dusk|sundown|evening glow",
            "日落|落日|夕阳|黄昏|晚霞",
            "orange coral plum, coral amber magenta, burgundy orange peach, plum hot-pink amber,"
            " peach coral purple amber",
        ),
        _theme(
            "sunrise",
            "sunrise|dawn|morning light|daybreak",
            "日出|朝霞|清晨|晨光|黎明",
            "peach lemon sky, blush amber lilac, cream coral sky, lemon pink ice",
        ),
        _theme(
            "forest",
            "forest|woodland|woods|jungle",
            "森林|丛林|林间|山林",
            "forest-green sage cream, emerald olive sand, sage forest-green brown,"
            " olive forest-green mustard, cream green forest-green",
        ),
        _theme(
            "ocean",
            "ocean|sea|marine|underwater|deep sea",
            "海洋|大海|深海|海底|海洋风",
            "navy teal ice, cobalt turquoise white, teal cyan navy, turquoise ice navy,"
            " sky blue navy white",
        ),
        _theme(
            "candy",
            "candy|candy colours|candy colors|sweet|bubblegum|sugary",
            "糖果|糖果色|甜美|泡泡糖|甜蜜",
            "pink mint lemon, hot-pink cyan lemon, lilac pink cream, mint coral white,"
            " pink sky lemon lilac",
        ),
        _theme(
            "noir",
            "noir|dark mood|gothic|mysterious|moody",
            "暗黑|暗黑系|哥特|神秘|黑色电影",
            "black charcoal silver, black crimson charcoal, charcoal black white,"
            " midnight black grey, black burgundy gold",
        ),
        _theme(
            "ink",
            "ink painting|ink wash|chinese ink|sumi-e|sumi ink|ink",
            "水墨|水墨画|水墨风|国画|墨韵",
            "ivory black grey, white charcoal silver, ivory charcoal crimson,"
            " cream black slate, silver black white",
        ),
        _theme(
            "autumn",
            "autumn|fall colours|fall colors|harvest|autumnal",
            "秋天|秋日|秋季|金秋|秋色",
            "rust mustard cream, terracotta olive amber, brown orange cream,"
            " burgundy mustard tan, caramel rust forest-green",
        ),
        _theme(
            "spring",
            "spring|springtime|fresh spring|spring garden",
            "春天|春日|春季|春意|春色",
            "mint blush lemon, pink green white, lilac mint cream, sky pink lemon, lime pink white",
        ),
        _theme(
            "summer",
            "summer|tropical|summery|beach holiday|summertime",
            "夏天|夏日|热带|夏季|盛夏",
            "turquoise yellow coral, cyan lemon white, hot-pink orange yellow,"
            " green yellow turquoise, coral turquoise cream",
        ),
        _theme(
            "winter",
            "winter|wintry|snowy|frosty|winter snow",
            "冬天|冬日|冰雪|冬季|雪景",
            "ice slate white, white sky silver, navy ice white, silver ice cobalt,"
            " white crimson forest-green",
        ),
        _theme(
            "desert",
            "desert|sahara|canyon|sand dunes|arid",
            "沙漠|大漠|戈壁|峡谷|荒漠",
            "sand terracotta cream, tan rust beige, terracotta sand teal, beige caramel brown,"
            " peach terracotta chocolate",
        ),
        _theme(
            "neon",
            "neon|cyberpunk|neon lights|fluorescent|electric|vaporwave",
            "霓虹|赛博朋克|霓虹灯|荧光色|蒸汽波",
            "black hot-pink cyan, midnight lime magenta, violet cyan hot-pink,"
            " black lime violet, plum cyan lemon",
        ),
        _theme(
            "pastel",
            "pastel|pastels|pastel colours|pastel colors|soft colours|soft colors",
            "马卡龙|粉彩|柔和色调|马卡龙色|淡雅色",
            "blush mint lilac, peach ice lemon, lilac cream pink, mint peach white,"
            " ice blush lavender",
        ),
        _theme(
            "vintage",
            "vintage|antique|nostalgic|old-fashioned|victorian",
            "复古|怀旧|古典|老式|中古",
            "cream rust teal, beige dusty-rose olive, ivory burgundy sage,"
            " khaki brown cream, champagne mauve slate",
        ),
        _theme(
            "retro",
            "retro|seventies|70s|groovy|mid-century",
            "七十年代|迪斯科|怀旧摩登|七零年代|中世纪现代",
            "mustard rust teal, orange brown cream, amber teal cream, olive orange beige,"
            " terracotta mustard chocolate",
        ),
        _theme(
            "oriental",
            "oriental|chinese style|chinoiserie|eastern|new chinese style",
            "中国风|新中式|东方|国风|中式|国潮",
            "crimson gold ivory, cobalt white ice, jade ivory gold, scarlet black gold,"
            " celadon ivory teal",
        ),
        _theme(
            "japanese",
            "japanese|japanese style|wabi-sabi|wabi sabi|zen",
            "日式|和风|侘寂|禅意|日系",
            "indigo ivory crimson, beige slate sage, indigo white sky, ivory sage charcoal,"
            " blush indigo cream",
        ),
        _theme(
            "nordic",
            "nordic|scandinavian|hygge|scandi",
            "北欧|北欧风|斯堪的纳维亚|极简北欧",
            "white grey mustard, ivory slate blush, silver navy white, white sage charcoal,"
            " ice slate mustard",
        ),
        _theme(
            "luxury",
            "luxury|luxurious|opulent|premium|regal|royal",
            "奢华|轻奢|高贵|奢侈|华丽|尊贵",
            "black gold ivory, navy gold champagne, burgundy gold cream, emerald gold black,"
            " plum champagne gold",
        ),
        _theme(
            "galaxy",
            "galaxy|cosmic|outer space|universe|nebula|space",
            "银河|宇宙|星系|太空|星云",
            "midnight violet cyan, indigo magenta lilac, midnight purple ice,"
            " black indigo hot-pink, navy lavender white",
        ),
        _theme(
            "aurora",
            "aurora|northern lights|polar lights",
            "极光|北极光|极光色",
            "midnight jade violet, navy turquoise lilac, teal mint purple, midnight lime cyan",
        ),
        _theme(
            "festive",
            "festive|christmas|holiday|new year|celebration",
            "节日|喜庆|圣诞|新年|节庆",
            "crimson gold white, red forest-green white, scarlet gold cream,"
            " emerald crimson gold, red amber yellow",
        ),
        _theme(
            "romantic",
            "romantic|love|valentine|dreamy|tender",
            "浪漫|爱情|情人节|梦幻|温柔",
            "blush crimson white, pink dusty-rose ivory, lilac blush magenta,"
            " dusty-rose burgundy cream",
        ),
        _theme(
            "calm",
            "calm|serene|peaceful|tranquil|soothing|quiet|relaxing",
            "宁静|平静|安静|沉静|舒缓|静谧",
            "sage ivory ice, sky white slate, celadon cream ice, slate ice beige,"
            " lavender ice white",
        ),
        _theme(
            "playful",
            "playful|fun|cheerful|childlike|cute|lively|joyful",
            "俏皮|活泼|可爱|童趣|欢快|趣味",
            "yellow hot-pink cyan, orange turquoise white, red yellow blue,"
            " lime hot-pink white, coral yellow violet",
        ),
        _theme(
            "elegant",
            "elegant|refined|sophisticated|graceful|classy|chic",
            "优雅|高雅|精致|典雅|高级|高级感",
            "navy champagne ivory, charcoal blush white, black champagne silver,"
            " plum silver ivory, forest-green champagne cream",
        ),
        _theme(
            "minimal",
            "minimal|minimalist|minimalistic|simple|understated|clean",
            "极简|简约|简洁|极简主义|简单|干净",
            "white black, ivory charcoal, beige white, silver charcoal, ice navy",
        ),
        _theme(
            "bold",
            "bold|striking|daring|punchy|dramatic|vivid|vibrant|powerful",
            "大胆|醒目|张扬|强烈|鲜艳|浓烈",
            "red black white, cobalt yellow white, hot-pink black yellow,"
            " violet orange white, scarlet cobalt cream",
        ),
        _theme(
            "fresh",
            "fresh|refreshing|crisp|airy freshness|cool and fresh",
            "清新|清爽|小清新|清凉|明快",
            "mint white green, lime white turquoise, sky lemon white, jade mint white,"
            " turquoise white lemon",
        ),
        _theme(
            "warm",
            "warm|cosy|cozy|warm tones|homely|warm colours|warm colors",
            "温暖|暖色|暖色调|温馨|暖调|暖色系|偏暖",
            "cream terracotta amber, peach rust mustard, sand caramel crimson,"
            " amber coral cream, beige orange brown",
        ),
        _theme(
            "cool",
            "cool tones|cool|cold|cool colours|cool colors|icy tones",
            "冷色|冷色调|冷调|冷色系|偏冷|冷峻",
            "ice cobalt slate, sky navy white, teal ice indigo, silver blue navy,"
            " lavender navy ice",
        ),
        _theme(
            "earthy",
            "earthy|earth tones|natural|organic feel|rustic|nature",
            "大地色|自然|大地色系|质朴|乡村|原生态",
            "beige olive terracotta, brown sand sage, khaki cream rust, tan olive cream,"
            " terracotta beige chocolate",
        ),
        _theme(
            "tech",
            "tech|high-tech|futuristic|techno|sci-fi|technological",
            "科技|科技感|未来感|科幻|未来|高科技",
            "charcoal cyan silver, midnight blue cyan, black cobalt silver, slate cyan white,"
            " silver violet midnight",
        ),
        _theme(
            "sporty",
            "sporty|athletic|sport|dynamic|energetic",
            "运动|运动风|动感|活力|力量感",
            "black lime white, cobalt orange white, red navy white, charcoal yellow white,"
            " navy cyan orange",
        ),
        _theme(
            "monochrome",
            "monochrome|greyscale|grayscale|monochromatic",
            "无彩色|灰度|无色彩",
            "white black, black white grey, white charcoal silver, silver black white",
        ),
    )
)
