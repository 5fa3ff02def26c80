"""Further names of the patterns: read in briefs, never written by the corpus."""

from shared.briefs.terms import names_by_key

__all__ = ["PATTERN_NAMES"]

PATTERN_NAMES = names_by_key(
    """
geometric = geometrics|geometrical|polygons|angular shapes
    = 几何形|几何感|几何体|多边形|几何形状|几何块
stripes = awning stripes|breton stripes|breton|sailor stripes|striping
    = 竖条|横条|直纹|海魂衫|条带|间条|竖直条纹
diagonal-stripes = slanting stripes|oblique stripes|diagonal bars|diagonals|diagonal striped
    = 斜条|斜向条纹|斜线条纹
checks = checker|buffalo check|vichy|check pattern|dogs tooth check = 小方格|棋格|维希格|野餐格
plaid = tartan check|glen plaid|glen check|prince of wales check|madras|lumberjack
    = 格子纹|苏格兰格|苏格兰纹|英伦格|英伦格纹
dots = polkadot|polkadots|pin dots|spotted|spotty = 波点纹|圆点图案|水玉|水玉点|豆点|园点
hexagons = hex|hex grid|beehive|hexagon grid = 蜂窝纹|蜂巢纹|六边形纹|六角格
triangles = pyramids|tessellated triangles|faceted = 三角纹|三角块|三角几何
waves = surf|undulating|wave pattern|squiggly lines|wiggly lines|wavy stripes
    = 海浪纹|波浪形|浪花|浪纹|波涛|波浪条|波线
chevron = v-shaped|v shapes|v pattern|arrowheads = 人字波|人字波纹|v形|v字形|v字|v型纹|箭羽纹|山形
zigzag = zig zags|sawtooth|missoni = 锯齿形|z字纹|之字|折线纹|锯齿状|闪电纹
herringbone = wood parquet|fish bones|broken twill = 人字拼花|鱼骨拼花|人字呢
terrazzo = speckled|speckles|speckle|flecked|pebbles|stone flecks = 水磨石图案|碎石|鹅卵石|石子|磨石
scales = fish scale|fan pattern|fans|clamshell|dragon scales
    = 扇形|扇子纹|海波纹|龙鳞|鳞纹|贝壳纹|青海波纹|青海波纹样
circles = hoops|roundels|discs|disks|orbs|bubbles|concentric rings|concentric
    = 圆|圆圈纹|圆圈图案|圈圈|圆形图案|圆环纹|泡泡
marble = marbleised|marbleized|veined|carrara|marble effect|marble texture
    = 大理石花纹|云石|石纹|大理石质感|流体纹
flowers = blooms|petals|bouquet|tulips|sunflowers|lilies|peony|poppies|orchids|lotus
    |wildflowers|cherry blossoms|cherry blossom|sakura|sakura petals|chrysanthemum|carnations
    |hydrangea|magnolia|camellia|dahlia|hibiscus|ditsy|tulip|sunflower|lily|floral print
    |plum blossom
    = 花瓣|鲜花|花草|牡丹|牡丹花|玫瑰|玫瑰花|向日葵|郁金香|百合|百合花|荷花|莲花|菊花|梅花|兰花
    |桃花|山茶花|茉莉|绣球花|野花|花束|繁花|桂花|栀子花|蔷薇|花枝|碎花图案|樱花花瓣
leaves = ferns|monstera|palm leaves|palm fronds|bamboo leaves|vines|ivy|ginkgo|ginkgo leaves
    |maple leaves|oak leaves|greenery|twigs|laurel|fern fronds
    = 落叶|竹叶|棕榈叶|龟背竹|银杏|银杏叶|枫叶|柳叶|橄榄枝|藤蔓|蕨类|芭蕉叶|绿叶|叶|草叶|树枝
    |尤加利叶|叶脉|绿植
stars = night sky|starry night sky|starry night|starlight|starburst|starbursts|constellations
    |constellation|shooting stars|stardust
    = 满天星|满天星斗|星斗|星光|流星|星座|星辰|星
hearts = heart shape|love hearts|sweethearts = 爱心图案|桃心|心型
damask = rococo|arabesque|arabesques|acanthus|filigree|scrollwork
    = 大马士革花纹|大马士革图案|洛可可|卷草纹|卷草|缠枝|缠枝花|阿拉伯纹
ikat = ikats|warp-dyed|uzbek = 伊卡特纹|伊卡特花纹|伊卡纹|艾德莱斯绸
houndstooth = dog tooth|puppytooth|hounds tooth|pied de poule = 千鸟|千鸟格纹|犬齿纹
argyle = harlequin diamonds|diamond check = 菱形格纹|菱形格子|阿盖尔菱形|小丑菱格
greek-key = greek fret|greek border|key border = 希腊纹|回字纹|万字纹|回型纹
clouds = cloudscape|cloudy|cloud motif|xiangyun|ruyi clouds
    = 云彩|如意云|如意云纹|卷云|云海|祥云图案
porcelain = ming porcelain|ming vase|blue and white china|blue willow|willow pattern|delftware
    |azulejo
    = 青花瓷图案|青花元素|青花风
ogee = onion trellis|pointed arches|ogival = 洋葱形|尖拱|葱形
quatrefoil = four-leaf|four leaf clover|clovers|moroccan tiles|moroccan tile
    = 四叶草|四叶草纹|三叶草|摩洛哥瓷砖|摩洛哥花砖|四瓣花|花砖
brush-strokes = brush stroke|brush marks all over|paint dabs|paintbrush|daubs|brushwork
    = 笔刷纹理|刷纹|油画感|油画笔触|毛笔|画笔|笔痕|飞白
confetti = paper confetti|party confetti|streamers|hundreds and thousands
    = 彩屑|纸屑|彩色纸屑|彩带|彩纸|糖针
basketweave = woven pattern|basket|plaited|interlaced|braided|caning = 藤编纹|草编|篮编|竹编纹|织纹
bricks = metro tiles|subway tile|masonry = 地铁砖|砖|砖块纹|砖墙图案
animal-spots = leopard skin|giraffe print|cow print|cow spots|jaguar print|ocelot|dalmatian
    |dalmatian spots|dalmatian print
    = 猎豹纹|奶牛纹|长颈鹿纹|斑点狗|豹皮|奶牛花纹
zebra = zebra pattern|tiger skin|tiger stripe = 斑马条纹|老虎斑纹|虎皮纹
diamonds = diamond pattern|diamond lattice|diamond grid|rhomboids|lozenge|quilted
    = 钻石纹|钻石格|菱形纹|菱形块
cubes = box pattern|isometric blocks|building blocks|escher = 立方|立体方格|魔方|3d方块
asanoha = hemp leaf pattern|hemp leaves|sashiko = 麻叶图案|麻叶格|刺子绣
cracked-ice = ice cracks|cracked glaze|cracked glass|shattered glass|broken glass|shattered
    = 碎玻璃|碎冰|冰纹|龟裂|龟裂纹|裂痕|开片纹|碎裂
paisley = paisleys|teardrop pattern|bandana = 佩斯利花纹|腰果|涡纹|佩斯利图案
ripples = rippling|water rings|water surface|pond ripples|rippled = 涟漪纹|水面|沙纹|波光粼粼|波痕
topography = topo|topo map|topo lines|topographical|contour map|map contour lines|map contours
    = 等高线纹|地貌|地形|地形线|等高线地图
crosses = plus sign|plus shapes|swiss cross|cross motif = 加号纹|十字图案|瑞士十字|叉叉
grid = gridded|square grid|wireframe|lattice|grid pattern = 格线|网格纹|坐标纸|网状|网格图案
solid = one colour|single colour|one-colour|block colour|unprinted|no print|no patterns
    |without pattern|without a pattern|without any pattern|no pattern at all
    = 净面|素面|一色|纯|纯净色|不要图案|不要任何图案|没有图案|不要花纹|无花纹|无印花|不带图案
"""
)
