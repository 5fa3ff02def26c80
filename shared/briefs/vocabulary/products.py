"""Products, what they are made of, how their surface feels and what they must do."""

from shared.briefs.terms import Term, by_key, words

__all__ = ["FINISHES", "FUNCTIONS", "MATERIALS", "PRODUCTS"]


def _term(key: str, en: str, zh: str) -> Term:
    return Term(key=key, en=words(en), zh=words(zh))


PRODUCTS = by_key(
    (
        _term(
            "phone-case",
            "phone case|case|phone cover|mobile phone case|smartphone case|iphone case|phonecase"
            "|cell phone case|phone shell|mobile case|phone",
            "手机壳|手机套|手机保护壳|保护壳|手机外壳|手机",
        ),
        _term(
            "mug", "mug|cup|coffee mug|coffee cup|tea cup|teacup", "马克杯|杯子|咖啡杯|水杯|茶杯"
        ),
        _term(
            "t-shirt", "t-shirt|tee|tee shirt|t shirt|tshirt|shirt", "t恤|短袖|t恤衫|上衣|文化衫"
        ),
        _term(
            "tote",
            "tote bag|tote|canvas bag|shopping bag|shopper|bag",
            "托特包|帆布袋|帆布包|手提袋|购物袋|环保袋|包",
        ),
        _term(
            "notebook",
            "notebook|journal|notepad|sketchbook|diary|planner",
            "笔记本|本子|手账|手账本|日记本|记事本",
        ),
        _term(
            "poster", "poster|wall art|art print|wall print|placard", "海报|装饰画|挂画|墙画|招贴"
        ),
    )
)

MATERIALS = by_key(
    (
        _term(
            "aluminium",
            "aluminium|aluminum|aluminium alloy|aluminum alloy|anodised aluminium"
            "|anodized aluminum",
            "铝合金|铝|铝制|铝材|阳极氧化铝",
        ),
        _term(
            "translucent",
            "translucent|semi-transparent|light-transmitting|see-through|good light transmission"
            "|light transmission|lets light through|translucency|semitransparent",
            "透光|透光性好|透光性|半透明|透光材质|良好透光性|透光好|透光材料",
        ),
        _term(
            "transparent",
            "transparent|crystal clear|clear case|fully transparent|clear",
            "透明|全透明|高透|透明材质",
        ),
        _term(
            "leather",
            "leather|genuine leather|vegan leather|faux leather|cowhide",
            "皮革|真皮|皮质|牛皮|人造皮革|皮",
        ),
        _term(
            "wood",
            "wood|wooden|walnut wood|oak wood|timber|walnut|oak",
            "木头|木质|木制|实木|木材|胡桃木|木",
        ),
        _term("bamboo", "bamboo|bamboo wood", "竹子|竹制|竹质|竹木"),
        _term("cork", "cork|cork board", "软木|软木塞"),
        _term(
            "ceramic",
            "ceramic|ceramics|stoneware|glazed ceramic|earthenware",
            "陶瓷|瓷质|陶制|瓷|炻瓷",
        ),
        _term(
            "cotton",
            "cotton|organic cotton|pure cotton|cotton fabric",
            "棉|纯棉|棉质|棉布|全棉|有机棉",
        ),
        _term("linen", "linen|flax|linen fabric", "亚麻|麻布|亚麻布|麻料"),
        _term("canvas", "canvas|cotton canvas|canvas fabric|sailcloth", "帆布|帆布材质|粗帆布"),
        _term("silk", "silk|silken|satin fabric", "丝绸|真丝|丝质|绸缎"),
        _term("felt", "felt|wool felt|wool", "毛毡|羊毛毡|羊毛|毡"),
        _term(
            "paper",
            "paper|kraft paper|recycled paper|cardboard|art paper",
            "纸|纸质|牛皮纸|再生纸|艺术纸|卡纸",
        ),
        _term(
            "silicone",
            "silicone|soft silicone|liquid silicone|silicon rubber|rubber|silicon",
            "硅胶|液态硅胶|软硅胶|橡胶|硅橡胶",
        ),
        _term(
            "plastic",
            "plastic|tpu|polycarbonate|pc plastic|abs|acrylic|polymer",
            "塑料|聚碳酸酯|亚克力|塑胶|软胶",
        ),
        _term(
            "glass", "glass|tempered glass|toughened glass|frosted glass", "玻璃|钢化玻璃|磨砂玻璃"
        ),
        _term("steel", "steel|stainless steel|iron", "不锈钢|钢|钢制|铁"),
        _term("titanium", "titanium|titanium alloy", "钛合金|钛|钛金属"),
        _term("metal", "metal|metallic|alloy|zinc alloy|brass", "金属|合金|金属质感|锌合金|黄铜"),
        _term(
            "carbon-fibre",
            "carbon fibre|carbon fiber|aramid|kevlar|carbon",
            "碳纤维|芳纶|凯夫拉|碳纤",
        ),
    )
)

FINISHES = by_key(
    (
        _term(
            "matte",
            "matte|matt|mat finish|matte finish|non-glossy|satin matte",
            "哑光|亚光|雾面|哑面|哑光质感",
        ),
        _term(
            "glossy",
            "glossy|gloss|shiny|high gloss|glossy finish|polished",
            "亮面|高光|光面|亮光|抛光|光泽",
        ),
        _term(
            "brushed",
            "brushed|brushed metal|hairline finish|brushed finish",
            "拉丝|拉丝质感|拉丝工艺|发丝纹",
        ),
        _term(
            "frosted",
            "frosted|sandblasted|frosted finish|frosty finish",
            "磨砂|磨砂质感|喷砂|磨砂面",
        ),
        _term(
            "satin",
            "satin|satin finish|silky finish|semi-gloss|semi-matte",
            "缎面|半哑光|丝滑|缎光",
        ),
        _term(
            "pearlescent",
            "pearlescent|iridescent|pearly|holographic|pearl finish",
            "珠光|镭射|炫彩|幻彩|珠光质感",
        ),
        _term(
            "embossed",
            "embossed|textured|raised relief|debossed|relief",
            "压纹|浮雕|凹凸|凹凸纹理|压花|立体纹理",
        ),
        _term("mirror", "mirror|mirror finish|chrome|chromed|mirrored", "镜面|电镀|镀铬|镜面质感"),
    )
)

FUNCTIONS = by_key(
    (
        _term(
            "waterproof",
            "waterproof|water-resistant|water resistant|watertight|water-proof"
            "|splash-proof|splashproof|water repellent",
            "防水|防泼水|防溅|防水性|耐水|防水功能",
        ),
        _term(
            "non-slip",
            "non-slip|anti-slip|nonslip|slip-resistant|good grip|grippy|antislip"
            "|non slip|slip resistant|anti slip",
            "防滑|止滑|不易滑落|防滑性|防滑功能|握感好",
        ),
        _term(
            "shockproof",
            "shockproof|drop-proof|shock-absorbing|impact-resistant|drop protection"
            "|shock resistant|shock-resistant|dropproof|anti-shock|rugged",
            "防摔|抗震|防震|抗摔|耐摔|减震",
        ),
        _term(
            "dustproof",
            "dust-proof|dustproof|dust-resistant|dust resistant|dust protection",
            "防尘|防灰|防灰尘|抗尘",
        ),
        _term(
            "scratch-resistant",
            "scratch-resistant|scratchproof|scratch-proof|anti-scratch"
            "|scratch resistant|scratch proof",
            "防刮|耐刮|防划|耐磨|防刮花|抗刮",
        ),
        _term(
            "fingerprint-resistant",
            "fingerprint-resistant|anti-fingerprint|smudge-proof"
            "|fingerprint resistant|smudge proof|fingerprint-proof",
            "防指纹|抗指纹|不沾指纹|防污",
        ),
        _term(
            "breathable",
            "breathable|ventilated|airy fabric|breathability",
            "透气|透气性好|透气性|通风",
        ),
        _term(
            "sealed-ports",
            "sealed ports|port covers|port plugs|covered ports|sealed port",
            "密封接口|防尘塞|接口密封|密封端口",
        ),
        _term(
            "heat-dissipating",
            "heat-dissipating|heat dissipation|cooling|heat dissipating",
            "散热|散热好|散热性好|导热",
        ),
        _term(
            "heat-resistant",
            "heat-resistant|heatproof|heat resistant|microwave safe",
            "耐热|隔热|耐高温|防烫",
        ),
        _term(
            "wireless-charging",
            "wireless charging|magnetic|magsafe|wireless-charging|magnet ring",
            "无线充电|磁吸|支持无线充电|磁吸充电",
        ),
        _term(
            "stand",
            "stand|kickstand|built-in stand|kick stand|ring holder",
            "支架|带支架|指环支架|可立",
        ),
        _term("card-slot", "card slot|card holder|wallet slot|card pocket", "卡槽|卡袋|插卡|放卡"),
        _term(
            "lightweight",
            "lightweight|light-weight|ultra-light|slim|ultra thin|ultra-thin",
            "轻薄|轻便|超薄|轻量|纤薄",
        ),
        _term(
            "washable",
            "washable|machine washable|dishwasher safe|easy to clean|dishwasher-safe",
            "可水洗|可机洗|易清洁|易清洗|耐洗",
        ),
        _term(
            "antibacterial",
            "antibacterial|anti-bacterial|antimicrobial|germ-free",
            "抗菌|抑菌|抗菌防霉",
        ),
        _term(
            "uv-resistant",
            "uv-resistant|fade-resistant|fade resistant|colourfast|colorfast"
            "|uv resistant|non-fading",
            "防晒|抗紫外线|不褪色|耐晒|抗黄变|防黄变",
        ),
        _term(
            "recyclable",
            "recyclable|eco-friendly|sustainable|biodegradable|recycled|eco friendly",
            "环保|可回收|可降解|可持续|环保材质",
        ),
        _term(
            "durable",
            "durable|hard-wearing|sturdy|long-lasting|hardwearing|tough",
            "耐用|坚固|结实|经久耐用|牢固",
        ),
        _term(
            "soft-touch",
            "soft-touch|soft touch|skin-friendly|skin friendly|smooth touch",
            "手感好|亲肤|柔软|肤感|手感柔软|亲肤手感",
        ),
        _term(
            "glow",
            "glow in the dark|luminous|glow-in-the-dark|glowing|reflective",
            "夜光|发光|荧光|反光",
        ),
    )
)
