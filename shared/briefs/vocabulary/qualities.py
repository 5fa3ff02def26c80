"""How a pattern is drawn: scale, density, line weight, contrast, gradients."""

from shared.briefs.terms import Term, by_key, words

__all__ = ["CONTRASTS", "DENSITIES", "GRADIENT_DIRECTIONS", "LINE_WEIGHTS", "SCALES"]


def _term(key: str, en: str, zh: str) -> Term:
    return Term(key=key, en=words(en), zh=words(zh))


SCALES = by_key(
    (
        _term(
            "small",
            "small-scale|small scale|small|tiny|little|miniature|small motifs|fine-scale|micro",
            "小尺度|细小|小巧|小型|小图案|小尺寸|微小|细密小巧",
        ),
        _term(
            "medium",
            "medium-scale|medium scale|medium-sized|mid-scale|medium motifs|medium size",
            "中等尺度|中等大小|适中大小|中型|中尺度|大小适中",
        ),
        _term(
            "large",
            "large-scale|large scale|large|big|oversized|large motifs|huge|giant",
            "大尺度|大型|大图案|大尺寸|超大|硕大|大幅",
        ),
    )
)

DENSITIES = by_key(
    (
        _term(
            "sparse",
            "sparse|airy|widely spaced|loosely spaced|scattered|lots of space"
            "|plenty of space|uncluttered",
            "稀疏|疏朗|留白|疏落|散落|大量留白|松散",
        ),
        _term(
            "balanced",
            "evenly spaced|balanced density|moderately dense|balanced spacing"
            "|medium density|even spacing",
            "疏密适中|均匀分布|疏密得当|密度适中|间距均匀",
        ),
        _term(
            "dense",
            "dense|densely packed|tightly packed|packed|crowded|closely spaced|busy",
            "密集|紧凑|繁密|密布|稠密|紧密|满版",
        ),
    )
)

LINE_WEIGHTS = by_key(
    (
        _term(
            "fine",
            "fine lines|thin lines|delicate lines|hairlines|fine line|thin line"
            "|fine-lined|fine outlines|thin outlines",
            "细线|细线条|纤细线条|线条纤细|细描|细腻线条|精细线条|线条细腻",
        ),
        _term(
            "medium",
            "medium lines|medium line weight|regular lines|medium outlines",
            "中等线条|线条适中|中等粗细|线条粗细适中",
        ),
        _term(
            "bold",
            "bold lines|thick lines|heavy lines|strong lines|thick outlines|bold outlines"
            "|bold line",
            "粗线|粗线条|粗犷线条|线条粗犷|厚重线条|线条粗壮",
        ),
    )
)

CONTRASTS = by_key(
    (
        _term(
            "low",
            "low contrast|soft contrast|tone on tone|tonal|low-contrast|subtle contrast",
            "低对比|对比柔和|同色系|低对比度|弱对比",
        ),
        _term(
            "medium",
            "medium contrast|moderate contrast|balanced contrast|medium-contrast",
            "对比适中|中等对比|中对比|中等对比度",
        ),
        _term(
            "high",
            "high contrast|strong contrast|bold contrast|sharp contrast|high-contrast"
            "|striking contrast",
            "高对比|强对比|对比强烈|高对比度|鲜明对比|对比鲜明|强烈对比",
        ),
    )
)

GRADIENT_DIRECTIONS = by_key(
    (
        _term(
            "vertical",
            "vertical gradient|gradient from top to bottom|top to bottom"
            "|top-to-bottom gradient|top-down gradient|vertical fade",
            "上下渐变|垂直渐变|从上到下渐变|由上至下渐变|从上到下|自上而下|竖向渐变",
        ),
        _term(
            "horizontal",
            "horizontal gradient|gradient from left to right|left to right"
            "|left-to-right gradient|sideways gradient|horizontal fade",
            "左右渐变|水平渐变|从左到右渐变|由左至右渐变|从左到右|自左向右|横向渐变",
        ),
        _term(
            "diagonal",
            "diagonal gradient|gradient from corner to corner|corner to corner"
            "|corner-to-corner gradient|slanted gradient|diagonal fade",
            "斜向渐变|对角渐变|对角线渐变|斜渐变|对角方向渐变",
        ),
        _term(
            "radial",
            "radial gradient|gradient from the centre|from the centre outwards"
            "|gradient from the center|circular gradient|radial fade|from the center outwards",
            "径向渐变|中心渐变|放射渐变|从中心向外渐变|从中心向外|圆形渐变|由内而外渐变",
        ),
    )
)
