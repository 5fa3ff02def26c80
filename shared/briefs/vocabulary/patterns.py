"""The families of surface patterns."""

from shared.briefs.terms import Pattern, by_key, words

__all__ = ["PATTERNS"]


def _pattern(key: str, kind: str, en: str, zh: str) -> Pattern:
    return Pattern(key=key, kind=kind, en=words(en), zh=words(zh))


PATTERNS = by_key(
    (
        _pattern(
            "geometric",
            "geometric",
            "abstract geometric|geometric|geometric shapes|geometric pattern|geometry|bauhaus"
            "|abstract geometric shapes|abstract shapes|abstract pattern|abstract",
            "抽象几何|几何|几何图形|几何图案|抽象几何图案|抽象几何图形|包豪斯|抽象图案|抽象",
        ),
        _pattern(
            "stripes",
            "geometric",
            "stripes|striped|vertical stripes|horizontal stripes|stripe|straight stripes"
            "|pinstripes|pinstripe",
            "条纹|竖条纹|横条纹|直条纹|条纹图案|细条纹|竖纹|横纹",
        ),
        _pattern(
            "diagonal-stripes",
            "geometric",
            "diagonal stripes|diagonal lines|slanted stripes|candy stripes|diagonal stripe",
            "斜条纹|斜纹|对角条纹|斜线",
        ),
        _pattern(
            "checks",
            "geometric",
            "checks|checkerboard|chequered|checkered|checked|gingham|checkers|chessboard|squares",
            "棋盘格|方格|格纹|方格纹|棋盘",
        ),
        _pattern(
            "plaid",
            "woven",
            "plaid|tartan|scottish plaid|tartan plaid|buffalo plaid",
            "格子呢|苏格兰格纹|苏格兰格子|格子|格呢",
        ),
        _pattern(
            "dots",
            "geometric",
            "dots|polka dots|dotted|spots|polka dot|dot",
            "波点|圆点|点点|波尔卡圆点|波点图案|斑点",
        ),
        _pattern(
            "hexagons",
            "geometric",
            "hexagons|honeycomb|hexagonal|hexagon|hexagon tiles",
            "六边形|蜂巢|蜂窝|六角形|龟甲纹",
        ),
        _pattern(
            "triangles",
            "geometric",
            "triangles|triangular|triangle|low poly|triangle mosaic",
            "三角形|三角|三角形图案|三角拼接|低多边形",
        ),
        _pattern(
            "waves",
            "organic",
            "waves|wavy lines|wavy|wave lines|undulating lines|wave",
            "波浪|波浪纹|海浪|水波纹|波浪线|波纹",
        ),
        _pattern(
            "chevron",
            "geometric",
            "chevron|chevrons|v stripes|arrow stripes",
            "人字形|山形纹|箭头纹|v形纹|v字纹",
        ),
        _pattern(
            "zigzag",
            "geometric",
            "zigzag|zig-zag|zigzags|zig zag|missoni lines",
            "锯齿|锯齿纹|之字形|之字纹|折线|曲折纹",
        ),
        _pattern(
            "herringbone",
            "woven",
            "herringbone|herringbone parquet|parquet|fishbone",
            "鱼骨纹|人字拼|鱼骨拼|人字纹|鱼骨",
        ),
        _pattern(
            "terrazzo",
            "organic",
            "terrazzo|stone chips|terrazzo chips|speckled stone",
            "水磨石|水磨石纹|碎石纹|石子纹",
        ),
        _pattern(
            "scales",
            "figurative",
            "scales|seigaiha|fish scales|scallops|scalloped|mermaid scales|scallop",
            "鱼鳞纹|青海波|鳞片|鱼鳞|扇贝纹|扇形纹",
        ),
        _pattern(
            "circles",
            "geometric",
            "concentric circles|circles|rings|circle|bullseye|overlapping circles",
            "同心圆|圆环|圆圈|圆形|圆环图案",
        ),
        _pattern(
            "marble",
            "organic",
            "marble|marbled|marbling|marble veins|agate|suminagashi",
            "大理石|大理石纹|云石纹|玛瑙纹|墨流",
        ),
        _pattern(
            "flowers",
            "botanical",
            "flowers|floral|flower|blossoms|blossom|daisies|floral pattern|florals|daisy|roses"
            "|peonies",
            "花卉|花朵|碎花|花|花纹花朵|小雏菊|花卉图案|雏菊|樱花",
        ),
        _pattern(
            "leaves",
            "botanical",
            "leaves|leaf|foliage|botanical|leafy|branches|leaf pattern|botanicals",
            "叶子|树叶|叶片|枝叶|植物|叶纹|植物图案",
        ),
        _pattern(
            "stars",
            "figurative",
            "stars|starry|star|starry sky|star pattern",
            "星星|星形|五角星|星空|繁星",
        ),
        _pattern(
            "hearts",
            "figurative",
            "hearts|heart|heart shapes|little hearts",
            "爱心|心形|红心|小爱心|心形图案",
        ),
        _pattern(
            "damask",
            "botanical",
            "damask|brocade|baroque ornament|baroque",
            "大马士革|大马士革纹|锦缎纹|巴洛克|缠枝纹",
        ),
        _pattern(
            "ikat", "woven", "ikat|ikat weave|ikat diamonds", "伊卡|伊卡特|絣织|扎经染|艾德莱斯"
        ),
        _pattern(
            "houndstooth",
            "woven",
            "houndstooth|dogtooth|hound's tooth|houndstooth check",
            "千鸟格|犬牙纹|千鸟纹|狗牙纹",
        ),
        _pattern(
            "argyle",
            "woven",
            "argyle|argyll|harlequin|argyle diamonds",
            "菱格纹|阿盖尔|菱形格|菱格",
        ),
        _pattern(
            "greek-key",
            "geometric",
            "greek key|meander|greek meander|fretwork|key pattern",
            "回纹|回形纹|希腊回纹|万字回纹|雷纹",
        ),
        _pattern(
            "clouds",
            "figurative",
            "clouds|auspicious clouds|cloud|chinese clouds|swirling clouds|cloud scrolls",
            "云纹|祥云|云朵|祥云纹|流云|云",
        ),
        _pattern(
            "porcelain",
            "botanical",
            "blue-and-white porcelain|blue and white porcelain|porcelain|qinghua|delft"
            "|china blue|porcelain scrolls",
            "青花|青花瓷|青花瓷纹|青花纹|青花图案",
        ),
        _pattern(
            "ogee",
            "geometric",
            "ogee|ogee trellis|onion shapes|moroccan ogee",
            "尖拱纹|洋葱纹|葱形纹|尖拱格",
        ),
        _pattern(
            "quatrefoil",
            "geometric",
            "quatrefoil|quatrefoil trellis|moroccan trellis|trellis|moroccan|clover trellis",
            "四叶纹|四叶草格|摩洛哥格|摩洛哥|四叶格",
        ),
        _pattern(
            "brush-strokes",
            "organic",
            "brush strokes|brushstrokes|painted strokes|paint strokes|brush marks|painterly",
            "笔触|笔刷|毛笔笔触|刷痕|手绘笔触|涂抹",
        ),
        _pattern(
            "confetti",
            "geometric",
            "confetti|memphis|memphis style|sprinkles|squiggles|80s shapes",
            "孟菲斯|彩纸屑|五彩纸屑|孟菲斯风|糖粒",
        ),
        _pattern(
            "basketweave",
            "woven",
            "basketweave|basket weave|woven|wicker|rattan|weave",
            "编织|编织纹|篮纹|藤编|席纹|竹编",
        ),
        _pattern(
            "bricks",
            "geometric",
            "bricks|brick wall|subway tiles|brickwork|brick pattern",
            "砖墙|砖块|砖纹|砖墙纹|砖砌",
        ),
        _pattern(
            "animal-spots",
            "organic",
            "leopard print|leopard|animal print|animal spots|cheetah|leopard spots"
            "|cheetah print|jaguar",
            "豹纹|动物纹|豹点|豹子纹|兽纹",
        ),
        _pattern(
            "zebra",
            "organic",
            "zebra stripes|zebra print|zebra|tiger stripes|tiger print",
            "斑马纹|虎纹|斑马|老虎纹",
        ),
        _pattern(
            "diamonds",
            "geometric",
            "diamonds|rhombus|diamond shapes|lozenges|rhombi|diamond",
            "菱形|菱形图案|钻石形|菱纹",
        ),
        _pattern(
            "cubes",
            "geometric",
            "cubes|tumbling blocks|isometric cubes|3d cubes|cube|3d blocks",
            "立方体|方块|立体方块|等距立方体|立体几何",
        ),
        _pattern(
            "asanoha",
            "geometric",
            "asanoha|hemp leaf|japanese star lattice|kumiko",
            "麻叶纹|麻叶|麻之叶|和风麻叶",
        ),
        _pattern(
            "cracked-ice",
            "geometric",
            "cracked ice|ice crackle|crackle|ice-ray lattice|lattice window|cracks|crackled",
            "冰裂纹|冰裂|窗棂|开片|窗格|裂纹",
        ),
        _pattern(
            "paisley",
            "botanical",
            "paisley|boteh|paisley drops|kashmir paisley",
            "佩斯利|腰果纹|佩斯利纹|腰果花|火腿纹",
        ),
        _pattern(
            "ripples",
            "organic",
            "ripples|water ripples|zen garden|rippling rings|ripple|raked sand",
            "涟漪|水波|水纹|波光|枯山水",
        ),
        _pattern(
            "topography",
            "organic",
            "topographic|contour lines|topography|topographic lines|contours|map lines",
            "等高线|地形图|地形纹|等高线图案",
        ),
        _pattern(
            "crosses",
            "geometric",
            "crosses|plus signs|swiss crosses|cross pattern|pluses",
            "十字|十字纹|加号|十字形",
        ),
        _pattern(
            "grid",
            "geometric",
            "grid|grid lines|windowpane|graph paper|windowpane check",
            "网格|网格线|窗格纹|坐标格",
        ),
        _pattern(
            "gradient",
            "plain",
            "plain gradient|pure gradient|ombre|colour wash|color wash|gradient wash",
            "纯渐变|渐变底|渐变晕染|晕染",
        ),
        _pattern(
            "solid",
            "plain",
            "solid|solid colour|solid color|plain|plain colour|plain color|unpatterned"
            "|colour blocks|color blocks|colour block|no pattern",
            "纯色|素色|净色|单色|无图案|色块",
        ),
    )
)
