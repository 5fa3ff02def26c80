"""Things that hold a word of the lexicon but mean something else: no part of a design we know.

A goldfish (金鱼) is not gold, and bread (面包) is not a bag; what stands here is said to be not
understood, as a whole.
"""

from shared.briefs.terms import words

__all__ = ["STRANGERS"]

_EN = """
stain|stain resistant|star wars|block print|block printed|block printing|oranges|lemons|limes
|peaches|cherries|plums|chestnuts|orange juice|polar bear|red panda|gold fish|ice cream|hot dog
|black hole|paper plane|paper planes|teddy bear|cup cake|phone number|card game|sand castle
|clay court|rose garden|greenhouse|white house|silver spoon|candy cane|carol|lace|quilt|straw
|straws|flamenco|mountain|mountains|bear|bears|heron|herons|pants|scarf|carpet|sofa|cap|caps|cape
|lamp|lamps|crane|cranes|panda|pandas|tiger|tigers|mermaid|mermaids|cherub|camera|camel rider|tape
|pillow|pillows|cushion|cushions|blanket|blankets|curtain|curtains|laptop|backpack|wallet|sticker
|stickers|hoodie|socks|dress|skirt|jacket|velvet|denim|wool yarn|jute|concrete|dinosaur|dinosaurs
|bicycle|bicycles|anchor|anchors|bottle|plate|plates|vase|apron|rug
"""

_ZH = """
金鱼|银行|红包|面包|面包店|背包|钱包|书包|腰包|邮包|电脑包|包子|包装|包装盒|包装袋|礼盒|抱枕|抱枕套
|世界杯|贝壳|蛋壳|龟壳|口袋|睡袋|袋鼠|白菜|黄瓜|红薯|绿豆|蓝莓|粉笔|紫薯|红酒|白酒|黑板|白板|红茶
|绿茶|青蛙|青椒|青年|金字塔|木马|木偶|木瓜|皮卡丘|皮球|皮影|纸飞机|纸鹤|铁塔|铁路|铁轨|钢琴|钢铁侠
|丝带|丝袜|竹林|熊猫|云南|花园|花生|花猫|烟花|雪花|雪山|雪晶|火花|星球|星期|明星|红绿灯|彩虹|黄河
|长城|白宫|紫禁城|橙子|橘子|橘猫|桃子|柠檬片|椰子|椰子树|西瓜|草莓|香蕉|菠萝|樱桃|葡萄|蓝鲸|白鹤
|仙鹤|凤凰|火锅|奶牛|奶粉|咖啡馆|咖啡店|咖啡豆|咖啡机|围巾|丝巾|窗帘|毯子|毛毯|雨伞|帽子|鸭舌帽
|棒球帽|卫衣|裙子|裤子|袜子|鞋子|墙纸|壁纸|桌布|餐垫|床单|枕套|地毯|明信片|贺卡|贴纸|水壶|水瓶|花瓶
|盘子|碗|天鹅绒|牛仔|牛仔布|水泥|搪瓷|闪粉|亮片|船锚|电路板|锦鲤|恐龙|机器人|自行车|山水|青绿山水
|飞天|山峰|群山|雪人|月亮|太阳|鸭子|小鸭子|兔子|蝴蝶|老虎|狮子|大象|长颈鹿|龙|扎染|蜡染|新艺术
|装饰艺术|蒸汽朋克|毛衣|书店|餐厅
"""

STRANGERS = {
    "en": words(_EN.strip().replace("\n", "")),
    "zh": words(_ZH.strip().replace("\n", "")),
}
