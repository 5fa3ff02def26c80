"""Further names of products and how they are made: read in briefs, never written by the corpus."""

from shared.briefs.terms import names_by_key

__all__ = [
    "CONTRAST_NAMES",
    "DENSITY_NAMES",
    "DIRECTION_NAMES",
    "FINISH_NAMES",
    "FUNCTION_NAMES",
    "LINE_WEIGHT_NAMES",
    "MATERIAL_NAMES",
    "PRODUCT_NAMES",
    "SCALE_NAMES",
]

PRODUCT_NAMES = names_by_key(
    """
phone-case = iphone|smartphone|smartphone cover|mobile cover|phone sleeve|phone bumper|cell phone
    |back cover|cellphone|iphone cover|phone wallet|protective case
    = 壳|壳子|手机后壳|保护套|手机背壳|外壳|机壳|后盖|苹果手机壳|苹果手机|手机软壳
mug = beaker|tumbler|espresso cup|travel mug|travel cup|drinking cup|cappuccino cup|tea mug
    = 杯|随行杯|马克|茶缸|奶茶杯|早餐杯
t-shirt = t|long sleeve tee|long sleeve shirt|long sleeved shirt|graphic tee|crew neck
    = 恤|体恤|圆领衫|汗衫|半袖|短袖衫|长袖衫|长袖t恤|衫
tote = canvas tote|carrier bag|shoulder bag|grocery bag|book bag|beach bag|cloth bag|eco bag
    |market bag|carryall|handbag|hand bag
    = 布袋|布包|袋子|手提包|单肩包|托特|托特袋|帆布手提袋|环保布袋|拎包|包包|袋|书袋
notebook = note book|bullet journal|exercise book|jotter|memo pad|writing pad|logbook|sketch book
    |reading journal
    = 手帐|手帐本|手账册|笔记簿|日程本|练习本|便签本|速写本|素描本|本册|记事簿|日记|本|作业本|读书本
poster = wall poster|wall decor|wall picture|art poster|affiche|framed print
    = 壁画|宣传画|招贴画|无框画|墙饰|宣传海报|艺术画|挂图
"""
)

MATERIAL_NAMES = names_by_key(
    """
aluminium = anodised|anodized|aluminium shell|alu = 铝质|铝壳|航空铝|铝镁合金|铝金属
translucent = semi transparent|semi-translucent|half-transparent|semi-clear
    = 半透|半透光|通透|半透感
transparent = glass-clear|crystal-clear = 透明款|全透|高透明|晶透
leather = pu leather|leatherette|suede|calfskin|nappa|eco leather|leather-bound|natural leather
    = 皮面|小牛皮|羊皮|素皮|植鞣皮|皮料|仿皮|麂皮|人造革|皮革质感|头层牛皮
wood = pine wood|beech|plywood|birch|wood grain|teak|light wood|dark wood|natural wood
    = 木纹|原木|橡木|枫木|樱桃木|松木|榉木|柚木|木料|木板|檀木|红木|木材质|浅色木头
bamboo = bamboo fibre = 竹|竹材|竹纤维
cork = natural cork|cork leather = 软木材质
ceramic = china|bone china|fine china|pottery|glazed|faience
    = 骨瓷|瓷器|白瓷|陶|粗陶|陶器|紫砂|釉面|炻器
cotton = combed cotton|cotton twill|soft cotton|natural cotton = 精梳棉|棉料|长绒棉|水洗棉|针织棉
linen = natural linen|raw linen|linen blend = 原色亚麻|棉麻|麻|苎麻|亚麻质感
canvas = natural canvas|heavy canvas|duck canvas|waxed canvas|raw canvas
    = 厚帆布|水洗帆布|棉帆布|原色帆布
silk = mulberry silk|raw silk|silk twill = 桑蚕丝|蚕丝|丝|缎子|丝绸质感|锦缎|绸
felt = felted|felted wool|boiled wool = 羊毛呢|毛毡布|毛呢
paper = rice paper|xuan paper|washi|craft paper|kraft|cardstock|card stock|paperboard|parchment
    |natural paper
    = 宣纸|和纸|纸板|铜版纸|棉纸|特种纸|道林纸|米纸|白卡纸|羊皮纸
silicone = silicone rubber|rubbery|elastomer = 硅胶材质|食品级硅胶|橡胶材质
plastic = pvc|perspex|plexiglass|resin|hard plastic|polypropylene|tritan
    = 树脂|硬塑料|有机玻璃|塑料材质
glass = borosilicate|crystal glass|glass back = 高硼硅|琉璃|玻璃材质|玻璃后盖|玻璃背板
steel = inox|stainless = 不锈钢材质|304不锈钢|钢材|铁质|铁制|马口铁
titanium = grade 5 titanium = 钛制|纯钛|钛材
metal = metal alloy|zinc|tin = 金属质|金属材质|铜|铜质|青铜|金属感
carbon-fibre = carbon weave|carbon look|forged carbon|aramid fibre = 碳纤维纹|碳纤维材质|锻造碳
"""
)

FINISH_NAMES = names_by_key(
    """
matte = mat|flat finish|dull finish|no shine|powder coated|non-shiny|soft matte
    = 哑光面|亚光面|雾面质感|哑光感|无光|消光|不反光|哑
glossy = lacquered|varnished|high-gloss|gleaming|wet look|lustrous|laminated|shine
    = 光亮|釉光|油亮|高亮|锃亮|光泽感|亮釉|高光泽
brushed = hairline|brushed texture|brushed look = 拉丝面|拉丝纹
frosted = sand-blasted|ground glass|frost finish|misted = 磨砂感|磨沙|喷沙|蒙砂
satin = semi matte|soft sheen|satiny|silky matte|eggshell finish
    = 半光|半亚光|柔光|丝光|缎面质感|丝绸光泽
pearlescent = pearl|pearl sheen|pearlised|pearlized|opalescent|mother of pearl|nacre|holo|shimmer
    |shimmering|shimmery
    = 珍珠光泽|珍珠|贝母|螺钿|偏光|炫光|流光|珠光感|幻彩感|虹彩|七彩|全息
embossed = emboss|embossing|raised|debossing|engraved|engraving|carved|letterpress|tactile
    |blind emboss|textured finish
    = 压印|凹凸压印|刻纹|雕刻|雕花|压凹|凹印|立体感|肌理|肌理感|凹凸感|浮雕感|模压
mirror = mirror-like|mirror-polished|mirror polish|chrome finish = 镜面抛光|镜面效果|抛光镜面|电镀面
"""
)

FUNCTION_NAMES = names_by_key(
    """
waterproof = rainproof|rain proof|rain resistant|water repelling|moisture-proof|leakproof|leak-proof
    |weatherproof|weather resistant|spill-proof|spillproof|ip67|ip68|keeps water out
    = 防雨|防潮|防漏|不漏水|不怕水|防溅水|拒水|防泼溅|防渗|全防水
non-slip = grip|firm grip|easy grip|secure grip|slip-proof|no slip|non-skid|anti-skid|easy to hold
    |won't slip|doesn't slip|not slippery
    = 不滑|防手滑|不打滑|握持稳|握持感好|防滑落|好握|握感
shockproof = shock proof|shock absorbing|shock absorption|drop proof|drop resistant|crash proof
    |impact resistant|impact protection|military grade|unbreakable|shatterproof|survive drops
    |survives drops|fall protection
    = 防跌|防撞|耐冲击|缓冲|防碎|抗冲击|不怕摔|耐撞|摔不坏|抗压
dustproof = dust proof|dust-free|keeps dust out|dust repellent|anti-dust = 防尘性|不沾灰|隔尘
scratch-resistant = scuff-proof|scuff resistant|scratch-free|abrasion resistant|wear resistant
    |no scratches|doesn't scratch
    = 耐刮擦|防刮擦|抗磨|不易刮花|防磨|耐磨损|防刮痕|抗刮擦|耐磨性
fingerprint-resistant = anti fingerprint|no fingerprints|fingerprint-free|smudge resistant
    |smudge-free|anti-smudge|oleophobic
    = 不留指纹|不粘指纹|防手印|疏油
breathable = breathes|moisture-wicking|sweat-wicking|wicking|quick-dry|quick drying|ventilation
    |airflow
    = 排汗|吸湿排汗|速干|快干|吸汗|吸汗透气|不闷
sealed-ports = sealed openings|plugged ports|port seals|dust plugs|port protection|sealed connectors
    = 接口防护|端口密封|接口塞|密封|密封圈|充电口塞
heat-dissipating = heat sink|heatsink|keeps cool|stays cool|doesn't overheat|dissipates heat
    |cooling vents
    = 散热性|散热孔|降温|快速散热|不发烫|不发热|冷却|散热快
heat-resistant = heat proof|insulated|insulating|thermally insulated|keeps hot|oven safe
    |microwaveable|double-walled|thermos
    = 保温|防烫手|耐温|耐热性|微波炉可用|可微波|双层隔热|抗高温|不烫手
wireless-charging = qi|qi charging|mag safe|magsafe charging|wireless charge|wireless charger
    |inductive charging|magnetic charging|magnetic ring|charges wirelessly
    = 无线充|磁吸无线充|磁吸无线充电|无线快充|磁吸环|磁力
stand = ring stand|phone stand|phone ring|ring grip|foldable stand|prop up
    = 指环|指环扣|隐形支架|可站立|折叠支架|支撑架
card-slot = card slots|card pockets|holds cards|card compartment|space for cards|room for cards
    |cardholder
    = 卡位|装卡|插卡位|卡包|可放卡|可插卡|卡夹
lightweight = featherlight|feather-light|light weight|super slim|super light|ultralight|ultra slim
    |slimline|very light|not heavy|easy to carry|slender
    = 轻巧|轻盈|轻质|很轻|超轻|薄|不重|轻量化|便携|易携带|好携带|薄款
washable = easy-clean|easy care|wipe clean|wipeable|dishwasher proof|dishwasher|can be washed
    |hand wash|hand washable|easy to wash
    = 水洗|机洗|可洗|好清洗|好打理|洗碗机|可擦洗|可清洗|可手洗|易打理
antibacterial = hygienic|germ resistant|anti-germ|sterile = 除菌|防菌|防霉|杀菌|银离子
uv-resistant = uv proof|uv protection|sun protection|sunproof|sun-proof|lightfast|doesn't fade
    |does not fade|won't fade|anti-yellowing|non-yellowing|upf 50
    = 抗uv|防uv|防紫外线|不变黄|不发黄|耐光|抗老化|耐黄变|防褪色|不掉色
recyclable = recycled material|eco|ecological|upcycled|compostable|environmentally friendly
    |planet-friendly|plastic-free|zero waste
    = 再生|再生材料|循环利用|绿色环保|低碳|可再生|植物基|可堆肥|可循环|环保可回收
durable = robust|resilient|long lasting|built to last|heavy duty|heavy-duty|tear-resistant|hardy
    = 耐久|耐造|经用|扎实|抗造|不易坏|皮实|厚实|坚韧|抗撕裂
soft-touch = soft feel|soft to the touch|velvety|smooth to the touch|comfortable|comfy|silky feel
    |soft hand
    = 触感好|柔软触感|丝滑手感|舒适|舒服|亲肤感|软糯|柔滑|绵软
glow = glows in the dark|glows|luminescent|phosphorescent|light-up|lights up|shines in the dark
    = 会发光|自发光|蓄光|发亮|夜光效果|反光条
"""
)

SCALE_NAMES = names_by_key(
    """
small = wee|petite|teeny|lil|mini|small-sized|dainty|smaller
    = 迷你|小小的|小小|细碎|小号|小一点|微型|小朵
medium = mid-size|mid-sized|average size = 中号|中等尺寸|中等图案|不大不小
large = gigantic|enormous|bigger|massive|oversize|extra large|jumbo|chunky|larger|supersized
    = 巨大|巨大的|巨型|大号|特大|大大的|大朵|大一点|大片|加大|放大|大块|巨幅|又大
"""
)

DENSITY_NAMES = names_by_key(
    """
sparse = spaced out|far apart|spread out|breathing room|white space|negative space|less busy
    |not busy|not too busy|not crowded|well spaced|lots of white space|wide spacing
    = 零星|零散|少量|不密|留白多|疏一点|少一点图案|稀|稀稀落落|疏松|间距大|间隔大|空旷|不要太满
    |不要太密
    |不要太花
balanced = evenly distributed|regular spacing|evenly = 均匀|疏密均匀|等距|不疏不密
dense = jam-packed|tightly spaced|closely packed|cluttered|intricate|packed with|compact|profuse
    = 密密麻麻|浓密|密密|密实|细密|铺满|满铺|满幅|密一点|很密|拥挤|繁复|茂密|密
"""
)

CONTRAST_NAMES = names_by_key(
    """
low = little contrast|muted contrast|barely visible|hardly visible|similar tones|faint
    = 对比度低|对比弱|柔和对比|同色调|低反差|反差小|若隐若现|对比小|对比不强
medium = normal contrast|mid contrast = 一般对比|适中对比
high = contrasty|stark contrast|strongly contrasting|big contrast|maximum contrast
    = 对比度高|反差大|高反差|强反差|对比强|反差强|对比明显|强烈反差
"""
)

LINE_WEIGHT_NAMES = names_by_key(
    """
fine = fine-line|delicate line|line art|thin strokes|fine strokes|slim lines|line drawing
    |delicate line drawing
    = 极细|细细的|细条|线描|白描|细线描|线稿|纤细|细边|极细线
medium = normal lines|medium strokes = 一般粗细|中粗
bold = thick strokes|heavy outlines|chunky lines|bold strokes|thick line|fat lines|bold outline
    = 粗壮|粗边|粗犷|粗笔|加粗|很粗|粗粗的|厚重
"""
)

DIRECTION_NAMES = names_by_key(
    """
vertical = from top to bottom|top-down|from bottom to top|bottom to top|top to bottom fade
    = 竖直渐变|纵向渐变|由上到下|由上至下|从下到上|自下而上|由下至上|从上往下
horizontal = from left to right|left-to-right|right to left|from right to left|side to side
    |left to right fade
    = 由左到右|由左至右|从右到左|由右至左|从左往右|从右往左
diagonal = from corner to corner|diagonally|corner to corner fade|from top left to bottom right
    = 对角方向|对角线|对角线方向|从左上到右下|左上到右下|斜着渐变
radial = radially|from the middle|from the middle outwards|from centre to edge|from the centre
    |from the inside out|circular fade|outwards from the centre
    = 放射状渐变|放射状|由中心向外|由中心向外渐变|中心向外|由内向外|从内到外|由内而外|环形渐变
"""
)
