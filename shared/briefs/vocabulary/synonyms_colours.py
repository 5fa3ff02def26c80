"""Further names of the colours: read in briefs, never written by the corpus."""

from shared.briefs.terms import names_by_key

__all__ = ["COLOUR_NAMES"]

COLOUR_NAMES = names_by_key(
    """
black = ebony|raven black|ink black|inky black|soot|coal black|midnight black|obsidian
    = 乌黑|曜石黑|乌木黑|玄黑|墨色|黑漆漆|黑曜石
charcoal = gunmetal|gunmetal grey|gun metal|lead grey|iron grey|space grey|off-black|ash black
    = 枪灰色|枪灰|枪色|深空灰|太空灰|铁灰|铅灰|黑灰|烟灰色|烟灰|石墨|石墨灰|碳灰|碳黑
grey = medium grey|stone grey|ash grey|concrete grey|cement grey|elephant grey|smoke grey|pewter
    = 石灰色|水泥灰|鼠灰|瓦灰|高级灰|中灰色|岩灰
silver = silver grey|pale grey|dove grey|pearl grey|platinum|mist grey|soft grey
    = 淡灰色|淡灰|珍珠灰|铂金色|铂金|亮银|云灰|雾灰|银箔|银线|银边|银丝
white = bright white|crisp white|chalk|chalk white|paper white|milk white|milky white|alabaster
    |pearl white
    = 乳白色|乳白|瓷白|亮白|月白色|月白|本白|素白|珍珠白
ivory = antique white|bone|bone white|natural white|linen white
    = 象牙|骨白|骨色|月牙白
cream = buttermilk|butter|butter yellow|buttercream|custard|vanilla cream
    = 奶油|奶黄色|奶黄|奶油黄|黄油色|香草|香草白|乳黄|奶白色
beige = biscuit|latte|sandy beige|oat|wheat|buff|mushroom
    = 奶茶色|奶茶|燕麦白|杏仁色|小麦色|麦色|亚麻色
sand = sandstone|light tan = 沙黄色|沙石色|砂色|沙褐|沙子色
tan = taupe|nougat|macchiato|dark beige
    = 驼|灰褐色|灰褐|灰棕|浅驼|棕黄|奶咖色|奶咖|拿铁色|浅咖色|浅咖|驼棕
caramel = cognac|bronze|whisky|maple|coppery = 古铜色|古铜|青铜色|枫糖色|蜜糖色|红铜|紫铜|太妃糖色
terracotta = burnt orange|burnt sienna|sienna|adobe|brick orange
    = 陶土|赤土色|赤土|红陶|陶红|焦橙色|焦橙|砖橙色
rust = russet|henna|auburn|oxide red|dark orange|burnt red
    = 铁锈|锈红色|锈红|锈色|锈橙|赭红色|赭红|红棕色|红棕|红褐色|红褐
brown = chestnut|chestnut brown|walnut brown|mocha|medium brown|earth brown|cocoa
    |coffee colour|coffee coloured|bark
    = 胡桃棕|胡桃色|摩卡色|摩卡|板栗色|栗棕|木色|咖啡棕|可可色|茶色|茶褐
chocolate = deep brown|dark chocolate|bitter chocolate
    = 巧克力|巧克力棕|深咖色|深咖|深咖啡色|黑棕|咖啡
red = pure red|true red|poppy red|fire engine red|strawberry red|lipstick red|chinese red
    |primary red
    = 中国红|喜庆红|艳红|火红|草莓红|口红色|辣椒红
scarlet = vermillion|fiery red|orange red|tomato|chili red|flame red|persimmon
    = 猩红色|朱砂红|丹红|柿子红|柿红|火焰红|番茄色
crimson = deep red|blood red|garnet|carmine|ruby red|raspberry red|cherry|cranberry
    = 血红色|血红|胭脂|胭脂红|胭脂色|石榴红|车厘子红|覆盆子红|莓红|殷红|嫣红
burgundy = claret|oxblood|merlot|deep burgundy = 深酒红|枣红色|枣红|红酒色|勃艮第|波尔多红
coral = watermelon red|watermelon pink|salmon pink|pink orange|living coral
    = 西瓜红|西瓜粉|鲑鱼粉|三文鱼色|三文鱼粉|粉橘色|粉橘|珊瑚橙|珊瑚橘|橘粉
peach = light orange|pale orange|soft orange|melon|cantaloupe|peachy pink|nectarine
    = 蜜桃|杏|杏子色|浅橙色|浅橙|浅橘|淡橙|杏桃
blush = soft pink|baby pink|powder|rose quartz|ballet pink|sakura pink|petal pink|shell pink
    = 樱花粉|婴儿粉|肉粉|肉色|淡粉红|樱粉|藕粉色|藕粉|芭蕾粉|贝壳粉
pink = rosy pink|flamingo pink|cotton candy pink|medium pink|carnation pink
    = 嫩粉色|嫩粉|少女粉|火烈鸟粉|桃粉色|桃粉|草莓粉|蔷薇粉|棉花糖粉
hot-pink = bubblegum pink|bubble gum pink|barbie pink|cerise|fluorescent pink|vivid pink
    |electric pink|dark pink|deep pink
    = 玫红色|玫红|玫瑰红|芭比粉|泡泡糖粉|深粉色|深粉|深粉红|荧光粉红|霓虹粉|艳粉色
magenta = fuschia|fuchsia pink|berry|beetroot|boysenberry|orchid pink
    = 浆果色|莓果色|兰花紫|覆盆子色|树莓色|玫紫色|玫紫|火龙果色|浆果红
dusty-rose = antique rose|muted pink|dusky pink|faded rose|rosewood|rose gold|dusky rose
    = 玫瑰金|脏粉色|脏粉|烟粉色|烟粉|玫瑰灰|豆沙|豆沙红|奶茶粉
mauve = heather|dusty lilac|smoky purple|greyish purple = 烟紫色|烟紫|藕荷|藕色|雾紫
lilac = soft purple|wisteria|taro|lilac purple
    = 香芋紫|香芋色|浅丁香|紫藤色|紫藤|藤紫|粉紫色|粉紫|丁香|雪青
lavender = soft lavender|periwinkle blue = 长春花蓝|薰衣草蓝|淡蓝紫|浅蓝紫
purple = royal purple|vivid purple|amethyst|medium purple = 紫水晶色|亮紫色|亮紫|正紫|霓虹紫|荧光紫
violet = ultra violet|deep violet|purple blue = 紫罗兰紫|鸢尾紫|鸢尾蓝|电光紫
plum = deep plum|damson|blackberry|dark violet|prune|mulberry
    = 梅紫|梅色|茄子紫|茄紫色|绛紫色|绛紫|黑莓色|桑葚紫|暗紫色|暗紫|李紫
indigo = denim blue|dark indigo|deep indigo = 黛蓝|青黛|牛仔蓝|丹宁蓝|靛
midnight = night blue|very dark blue|ink navy = 午夜|深夜蓝|夜蓝|极深蓝|黑蓝|午夜蓝色
navy = deep blue|marine blue|oxford blue|prussian blue = 深海蓝|海军蓝色|普鲁士蓝|暗蓝色|暗蓝|牛津蓝
cobalt = klein blue|yves klein blue|sapphire|sapphire blue|lapis|lapis lazuli|delft blue
    |ultramarine blue
    = 克莱因蓝|青金石色|青金石|石青色|石青|宝石蓝色|蓝宝石|青花蓝
blue = clear blue|medium blue|true blue|cornflower|cornflower blue|ocean blue|sea blue|cerulean
    |classic blue|vivid blue|primary blue
    = 海蓝色|海蓝|蔚蓝色|蔚蓝|矢车菊蓝|兰色|篮色|鲜蓝
sky = powder blue|soft blue|cloud blue = 晴空蓝|婴儿蓝|粉蓝色|粉蓝|浅天蓝
ice = glacier blue|glacial blue|arctic blue = 冰川蓝|霜蓝色|极浅蓝
slate = dusty blue|smoky blue|storm blue|steel grey|greyish blue|muted blue
    = 石板色|石板|雾蓝|烟蓝|烟灰蓝|钢蓝|雾霾蓝色|青灰色|青灰|莫兰迪蓝|石板蓝色|石板灰色
cyan = neon blue|fluorescent blue|aqua blue|bright aqua = 荧光蓝|霓虹蓝|亮青色|亮青
turquoise = aquamarine|robin egg blue|robin's egg blue|caribbean blue|tropical blue
    = 土耳其蓝|绿松石蓝|海水蓝|湖水蓝|湖水绿|蒂凡尼蓝|松石|松石色
teal = deep teal|dark turquoise|blue green|green blue|dark cyan|mallard
    = 青|青绿色|青绿|深青色|深青|墨青|石油蓝
mint = seafoam|sea foam|seafoam green|sea foam green|light mint|light green|soft green
    = 浅绿色|浅绿|海沫绿|开心果色|冰绿|马卡龙绿
celadon = duck egg|duck egg green|duck egg blue = 影青|青瓷|豆绿|鸭蛋青|鸭蛋绿|雨过天青|梅子青
sage = dusty green|muted green|matcha|thyme
    = 鼠尾草|尤加利|烟绿|雾绿|抹茶绿|抹茶色|抹茶|豆沙绿|莫兰迪绿
jade = jadeite|jade coloured = 翡翠|玉石绿|玉石色|青玉|竹青|竹绿
emerald = deep emerald|jewel green|viridian|peacock green = 宝石绿|孔雀石|绿宝石|翠色
green = kelly green|apple green|fresh green|fern|fern green|true green|mid green
    = 苹果绿|青草绿|正绿|葱绿|叶绿|蕨绿
lime = acid green|fluorescent green|electric green|spring green|lime yellow
    = 青柠|酸橙绿|酸橙色|芽绿|嫩绿色|新绿|荧光绿色|柳绿|嫩芽绿|霓虹绿
forest-green = hunter green|racing green|british racing green|evergreen|spruce|jungle green
    |ivy green
    = 松柏绿|松针绿|黛绿|暗绿色|暗绿|松绿色|丛林绿|苍绿
olive = army green|military green|olive drab|avocado|avocado green
    = 牛油果绿|牛油果色|橄榄|苔藓色|苔色|油绿|秋香色
khaki = drab khaki|khaki beige = 卡其黄|卡其灰
lemon = canary|canary yellow|primrose|soft yellow|citron|neon yellow|fluorescent yellow
    = 鹅黄色|鹅黄|嫩黄色|嫩黄|荧光黄
yellow = sunshine yellow|sun yellow|golden yellow|dandelion|primary yellow
    = 阳光黄|蛋黄色|向日葵黄|正黄|亮黄色|鲜黄
mustard = dark yellow|ocher|yellow ochre|curry
    = 芥黄色|芥黄|赭色|咖喱色|咖喱黄|土黄色|深黄色|深黄|芥末
gold = gilded|gilt|matte gold|warm gold|soft gold|gold foil|gold leaf
    = 古金色|古金|描金|洒金|黄金|暗金|哑金|黄铜色|金线|金边|金箔|金丝
champagne = light gold|pale champagne = 香槟|淡金色|淡金|裸金
amber = golden orange|honey yellow|honey gold|yellow orange|butterscotch|egg yolk
    = 琥珀黄|琥珀橙|杏黄色|杏黄|蜜黄|蜂蜜|蜜色|橙黄色|橙黄|芒果黄|芒果色
orange = pumpkin orange|carrot orange|mandarin|clementine|neon orange|vivid orange
    = 桔色|桔红|桔黄|桔|鲜橙|亮橙色|亮橙|橘子色|胡萝卜色|爱马仕橙|荧光橙
"""
)
