"""Further names of the moods and themes: read in briefs, never written by the corpus."""

from shared.briefs.terms import names_by_key

__all__ = ["MOOD_NAMES"]

MOOD_NAMES = names_by_key(
    """
sunset = setting sun|golden hour|twilight|afterglow = 日暮|余晖|落霞|薄暮|夕照|暮色
sunrise = first light|early morning|rising sun = 旭日|破晓|曙光|晨曦
forest = rainforest|deep forest|woodsy = 森系|林中|山野|雨林|密林|森林感
ocean = oceanic|seaside|coastal|nautical|under the sea|maritime|sea life
    = 海边|海滨|海岸|海底世界|海洋感|海面|航海|航海风
candy = lollipop|cotton candy|sherbet|sugar sweet = 糖果感|棉花糖|甜甜的|甜系|甜美风|糖果色系
noir = film noir|dark and moody|brooding|sinister = 暗系|黑暗|黑暗系|阴郁|哥特风|暗黑风
ink = ink-wash|ink wash painting|sumi|shan shui|shanshui|brush and ink
    = 水墨感|泼墨|墨染|写意|丹青|国画风|水墨意境|水墨国画
autumn = fall palette|fall tones|fall mood|october = 秋|深秋|秋意|初秋|秋叶色
spring = early spring|springlike|vernal = 早春|春意盎然|春光|初春|春
summer = midsummer|tropics|beach|beachy|summer vibes = 仲夏|夏|海滩|沙滩|度假|度假风|热带风情|夏日感
winter = frozen|ice and snow|winter wonderland = 冬|寒冬|雪天|隆冬|初雪|冰雪感
desert = dunes|wild west|southwestern|oasis = 沙丘|沙漠风|西部|沙漠感
neon = neon light|neon sign|synthwave|rave|acid colours = 霓虹感|赛博|赛博风|荧光感|蒸汽波风
pastel = macaron|macaroon|pastel tones|soft tones|ice cream colours
    = 马卡龙色系|粉嫩|柔色|奶油系|奶油风|冰淇淋色
vintage = aged|old world|heirloom|time-worn|shabby chic
    = 复古风|复古感|老上海|民国|民国风|古早|做旧|年代感|旧时光|怀旧风|老派
retro = 60s|1970s|1960s|sixties|80s|eighties|1980s|90s|nineties|old school|disco|pop art
    = 八十年代|80年代|70年代|六十年代|60年代|九十年代|90年代|千禧|波普|波普风
oriental = chinese|asian|imperial|guochao|dunhuang|ming dynasty
    = 古风|宫廷|敦煌|国韵|东方美学|新国风|国潮风|古韵|宋韵|故宫|中式风
japanese = japan|japandi|kyoto|ukiyo-e|edo
    = 日本|日式风|和式|日系风|浮世绘|京都|侘寂风|禅|日风
nordic = scandinavia|danish|swedish|norwegian|finnish = 北欧感|斯堪的纳维亚风|丹麦|瑞典|挪威|芬兰
luxury = lavish|expensive|exclusive|high-end|glamorous|glam|deluxe|posh|sumptuous|precious
    = 高端|豪华|奢华感|奢华风|轻奢风|华贵|富贵|贵气|皇家|高档|名贵|很贵|金碧辉煌
galaxy = cosmos|starfield|milky way|interstellar|celestial|deep space|stellar
    = 宇宙感|太空感|深空|星际|星夜|浩瀚
aurora = borealis|aurora borealis = 极光感|北方极光
festive = celebratory|party|carnival|xmas|festival|birthday|fiesta|lunar new year
    |chinese new year
    = 欢庆|热闹|派对|春节|过年|狂欢|嘉年华|过节|喜气|生日|圣诞节|新春|元旦|中秋
romantic = romance|valentine's|valentine's day|wedding|bridal|dreamlike
    = 婚礼|婚庆|浪漫风|柔美|罗曼蒂克|少女心|唯美|梦幻感
calm = zen-like|meditative|restful|muted|hushed|relaxed|morandi|harmonious
    = 恬静|安宁|平和|闲适|治愈|治愈系|莫兰迪|莫兰迪色|莫兰迪色系|莫兰迪色调|素雅|淡雅|放松|和谐|静
    |低饱和|低饱和度
playful = funny|kawaii|childish|whimsical|happy|quirky|cheery|humorous|dopamine|silly|adorable
    = 卡哇伊|童真|萌|呆萌|萌萌的|逗趣|有趣|好玩|幽默|开心|多巴胺|欢乐|萌趣|元气|快乐
elegant = elegance|formal|stylish|tasteful|timeless|delicate|dignified|businesslike
    = 商务|商务风|优美|正式|端庄|雅致|文雅|知性|经典|精美|得体|优雅感
minimal = minimalism|pared-back|pared down|sleek|sober|discreet|low-key|nothing fancy
    |not fancy|unobtrusive|not flashy
    = 简洁风|极简风|简约风|性冷淡|冷淡风|低调|干净利落|利落|朴素|无印风|现代简约|简单大方
    |不花哨|别太花哨|不要太花哨|素净|ins风
bold = loud|eye-catching|flashy|expressive|intense|impactful|maximalist|statement|saturated
    = 抢眼|吸睛|夸张|热烈|狂野|高饱和|撞色|亮眼|显眼|冲击力|视觉冲击|酷炫|炫酷|霸气|潮酷
fresh = breezy|zesty|dewy = 清新风|小清新风|清爽感|清透|明媚|爽朗
warm = warmth|toasty|snug|homey|warm hues|warm palette|warm shades|inviting
    = 暖|暖暖|暖暖的|暖洋洋|暖和|暖意|暖心|温情
cool = cold tones|cool hues|cool palette|cool shades|chilly = 冷|冷感|清冷|冰冷|冷艳
earthy = earth colours|rural|countryside|farmhouse|boho|bohemian|pastoral|cottagecore
    = 大地色调|土色系|土色|田园|田园风|乡村风|波西米亚|波西米亚风|波希米亚|自然系|自然风|原木风|天然
    |朴实|大自然
tech = technology|cyber|digital|hi-tech|techy|geeky|gaming|gamer|space-age|robotic
    = 科技风|电竞|数码|机械感|黑科技|极客|工业风|硬核
sporty = sports|gym|fitness|racing|workout|athleisure
    = 运动感|健身|跑步|竞速|体育|速度感|户外|运动系
monochrome = monochromatic look|shades of grey = 单色系|单色调
"""
)
