"""Chinese labels of terms, where they differ from the canonical names.

The canonical names are written into descriptions by the models and are lower case, as the reader
looks them up. These labels are shown to people only.
"""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["CHINESE_LABELS"]

CHINESE_LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "product": {"t-shirt": "T恤"},
        "material": {"wood": "木质", "bamboo": "竹质", "cotton": "棉质", "paper": "纸质"},
        "pattern": {
            "plaid": "苏格兰格纹",
            "waves": "波浪纹",
            "zigzag": "锯齿纹",
            "marble": "大理石纹",
            "damask": "大马士革纹",
            "ikat": "伊卡特",
            "basketweave": "编织纹",
            "bricks": "砖纹",
            "crosses": "十字纹",
            "paisley": "佩斯利纹",
        },
        "mood": {
            "retro": "七十年代复古",
            "cool": "冷色调",
            "tech": "科技感",
        },
        "scale": {"small": "小", "medium": "中", "large": "大"},
        "line_weight": {"medium": "中等"},
        "contrast": {"low": "低", "medium": "适中", "high": "高"},
        "gradient_direction": {
            "vertical": "上下",
            "horizontal": "左右",
            "diagonal": "斜向",
            "radial": "由中心向外",
        },
    }
)
"""By vocabulary and key, as `shared.lexicon.VOCABULARIES` has them."""
