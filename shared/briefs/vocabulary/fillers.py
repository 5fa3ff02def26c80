"""Words that carry no part of a design, and words that refuse one."""

from shared.briefs.terms import words

__all__ = ["NEGATIONS", "NEGATION_ENDS", "STOP_PHRASES"]

_EN = """
a|an|the|and|or|with|in|of|for|on|to|from|by|at|as|is|are|be|it|its|this|that|these|those|my|our
|your|i|we|you|me|us|he|she|they|them|please|want|wants|would|like|likes|need|needs|make|made
|design|designs|designed|create|draw|drawn|give|show|produce|generate|should|must|can|could|have
|has|having|colour|colours|coloured|colouring|colourway|tone|tones|toned|hue|hues|shade|shades
|palette|palettes|scheme|pattern|patterns|patterned|motif|motifs|print|printed|surface|style|styles
|styled|theme|themed|mood|moods|feel|feeling|look|looks|looking|material|materials|finish|function
|functions|functional|feature|features|featuring|product|main|mainly|mostly|base|background|ground
|accent|accents|accented|touch|touches|hint|hints|some|few|very|really|quite|bit|all|over|only|just
|using|use|uses|combined|combining|mix|mixed|mixing|plus|also|good|nice|beautiful|pretty|new
|something|thing|anything|into|between|against|together|set|etc|i'd|i'm|it's|let's|let|lets|one|two
|three|four|five|first|second|more|most|less|least|much|many|another|other|same|different|various
|keep|do|does|get|go|going|goes|idea|ideas|inspired|inspiration|based|along|around|across|through
|up|down|out|off|so|such|than|then|too|well|will|if|when|where|which|who|what|how|there|here|but
|yet|both|each|every|per|own|made-up|evoking|evokes|suggesting|reminiscent|atmosphere|vibe|vibes
|spirit|character|quality|properties|property|ability|resistant|resistance|protection|protective
|layout|arrangement|arranged|composition|drawing|drawings|sketch|sketches|variant|variants|version
|picture|image|reference|seamless|tile|tiles|tileable|repeat|repeats|repeating|repeated|texture
|ornament|decor|decoration|decorated|decorative|artwork|art|graphic|graphics|illustration|shape
|shapes|line|lines|scale|scaled|density|contrast|contrasts|size|sized|spacing|spaced|soft|softly
|gentle|gently|subtle|slight|slightly|rich|deep|light|dark|pale|bright|strong|smooth|smoothly
|dominant|dominated|dominating|secondary|key|rendered|set-off|laid|placed|filled|fill|covered
|covering|cover|covers|wrap|wrapped|kind|type|sort|case|item|gift|someone|people|men|women|kids
|children|friend|daily|everyday|modern|contemporary|dear|hello|hi|thanks|thank|kindly|maybe|perhaps
|about|roughly|approximately|while|being|been|was|were|am|shall|may|might|ok|okay|yes|able|comes
|come|coming|built|build|fashion|traditional|brief|order|wanted|asked|ask|request|requests|spec
|specs|details|detail|detailed|overall|whole|entire|next|beside|under|above|below|behind|front|top
|bottom|left|right|side|sides|corner|centre|center|middle|edge|edges|outline|outlines|outlined
|vertical|horizontal|diagonal|radial|thin|thick|fine|broad|customer|customers|client|clients
|painted|paint|outward|outwards|single|neutral|neutrals|would love|i'd love|i love|we love|love to
|looks like|stand out|stands out|standing out|feel free|as well|and then|a lot of|lots of|plenty of
|a pair of|in the style of|such as|for example|e g|picks out|held|carried|carrying|carries
|against a|set against|on top of|transition|transitions|transitioning|changing|shifting|turning
|melting|flowing|blending|blended|blend|fading|fades|fade|back|ought|compatible|that's|we're
|they're|he's|she's|there's|what's|who's|you're|i've|we've|isn't|aren't|doesn't|won't|can't
|couldn't|otherwise|open|brand|branded|company|logo|shop|store|favourite|favorite|because|since
|although|though|however|therefore|until|after|before|again|always|often|sometimes|usually|actually
|basically|simply|possible|possibly|probably|everyone|everybody|anybody|everything|ones|itself
|himself|herself|myself|yourself|their|his|her|hers|ours|yours|any|either|neither|whatever
|whichever|somewhere|everywhere|anywhere|within|onto|towards|toward|throughout|among|away|apart
|else|enough|almost|rather|fairly|somewhat|extremely|super|highly|totally|completely|fully|purely
|truly|clearly|nicely|well-made|lovely|gorgeous|great|amazing|awesome|perfect|perfectly|ideal|best
|better|wonderful|attractive|interesting|special|put|place|try|tries|trying|think|thinking|thought
|imagine|see|seen|shows|shown|showing|call|called|find|found|work|works|working|help|start|starts
|end|ends|ending|begin|begins|take|takes|taken|bring|brings|turn|turned|stay|stays|sit|sits|suit
|suits|suitable|match|matches|matching|matched|choose|chosen|pick|picked|decide|surprise|happens
|way|ways|part|parts|half|piece|pieces|pair|number|numbers|amount|range|level|degree|case study
|time|times|day|days|year|years|today|tomorrow|people's|person|man|men's|mens|woman|women's|womens
|ladies|girl|girls|boy|boys|kid|kid's|child|baby|mum|mother|dad|father|grandma|grandpa|wife|husband
|sister|brother|daughter|son|team|colleague|colleagues|boss|teacher|student|students|owner|buyer
|user|users|family|cover art|inside|outside|upper|lower|tall|short|long|wide|high|low|narrow
|main colour|full|empty|multi|multicolour|multicolours|colourful|coloring|effect|effects|style-wise
|fancy|feels|needed|required|requirement|requirements|must-have|preferably|optional|important
|project|sample|prototype|launch|collection|series|edition|limited|background colour|foreground
|area|areas|spot|space for|format|size-wise|a4|a5|a3|a6|landscape|portrait|no other|nothing else
|not too|no more than|no need|w|&|add|adding|added|include|includes|including|included|should be
|go for|prefer|prefers|ideally|especially|particularly|simple enough
"""

_ZH = """
客人|客户|偏|中性|顾客|甲方|的|了|和|与|及|以及|或|或者|是|在|有|要|用|为|以|请|我|我们|想|想要|你
|您|帮|帮我|做|做成|做个|个|一个|一款|款|一种|种|一些|一点|设计|设计一款|设计一个|图案|花纹|纹样
|纹理|颜色|配色|色调|主色|主色调|底色|色彩|色|色系|材质|材料|功能|功能性|产品|风格|主题|氛围|感觉
|效果|质感|表面|工艺|需要|希望|需求|要求|采用|使用|选用|搭配|配|配以|点缀|为主|主要|辅以|加|加上
|加入|带|带有|带着|具有|具备|拥有|呈现|呈|体现|表现|给人|整体|画面|背景|底|上|上面|中|里|内|外|外观
|大小|线条|尺度|密度|比例|对比|对比度|方向|排列|排布|分布|相间|交错|交织|组合|结合|融合|混合|混搭
|拼接|拼|系|系列|类|类型|样式|款式|元素|图形|图样|纹|风|感|好|良好|较|较好|很|非常|比较|更|最|稍|略
|略微|微|又|也|都|还|并|并且|而|而且|且|同时|兼具|兼|从|到|向|至|由|往|间|之间|之|等|等等|其他|其余
|只|仅|只要|仅用|全|全部|满|整个|每|可以|可|能|能够|应|应该|最好|尽量|方便|适合|适用|适宜|送|给
|朋友|礼物|日常|现代|当代|传统|制作|打造|生成|绘制|画|画一个|画一款|来|来一个|来个|来一款|这|这个
|这款|那|那种|它|其|性|性能|性好|色的|材|质|制|制成|制品|做的|新|新的|喜欢|爱|谢谢|麻烦|吧|呢|啊|呀
|哦|嘛|吗|一|二|两|三|四|五|种颜色|双色|三色|多色|柔和|柔和的|轻柔|自然过渡|过渡|变化|渐渐|逐渐
|渲染|装饰|点|些|再|另外|另|以外|之外|所有|布满|铺满|平铺|无缝|重复|连续|四方连续|循环|深|浅|淡|亮
|暗|浓|为辅|辅色|点缀色|强调色|第一|第二|面积|最大|大面积|小面积|部分|描述|说明|细节|参考|参考图
|版本|方案|草图|样子|样|那样|一样|般|似的|像|如|如同|仿佛|气质|气息|意境|情绪|调性|调|色块感|手绘
|表达|展现|展示|突出|强调|营造|传达|散发|透出|勾勒|描绘|铺陈|打底|作底|做底|垫底|衬|衬托|映衬|搭|跟
|同|把|将|被|让|使|就|就是|就好|即可|行|定制|订购|订做|下单|中间|中心|四周|周围|边缘|角落|左|右
|上下|左右|垂直|水平|对角|径向|横向|竖向|纵向|斜向|放射|大|小|细|粗|中等|适中|条|朵|张|件|枚|颗|束
|家|位|套|份|封面|背面|正面|后背|世界|状|但|但是|不过|印|印上|印着|印有|随意|随便|都行|都可以|均可
|品牌|品牌色|店|公司|客户要求|小店|为什么|怎么|什么|任何|某种|某|别的|其它|多种|许多|很多|几|几个
|几种|一条|一道|一圈|一朵|一张|一只|一件|一套|两种|三种|四种|几条|一抹|一丝|大概|大约|左右对称|特点
|特色|要点|注意|说|觉得|认为|看起来|看上去|看着|摸起来|用来|用于|作为|当作|属于|关于|对于|根据|按照
|如果|假如|因为|所以|因此|然后|最后|首先|其次|之后|之前|以后|以前|现在|今天|这种|这样|怎样|这些
|那些|哪|哪种|哪里|这里|那里|谁|自己|大家|人|人们|男|女|男士|女士|男款|女款|男生|女生|女童|男童
|儿童|孩子|小孩|小朋友|宝宝|妈妈|爸爸|老师|同学|同事|老板|学生|老人|闺蜜|男友|女友|爱人|家人|送礼
|礼品|自用|特|太|十分|极|极其|超|超级|挺|蛮|够|足够|完全|绝对|一定|必须|务必|得|会|会不会|能不能
|可不可以|是否|有没有|帮忙|出|出来|看看|试试|挑|选|选择|决定|你定|自由发挥|发挥|定|换|改|改成|保持
|保留|不变|就用|就要|各|各种|每个|一切|完整|完美|漂亮|好看|美观|美丽|美|独特|特殊|实用|使其|从而
|以便|便于|方面|部位|位置|地方|区域|处|面|层|排|列|块|条形|长|短|宽|窄|高|低|厚|厚度|尺寸|尺码|规格
|格式|竖版|横版|多|少|一半|半|对半|各半|占|占比|比|比如说|之类|之类的|诸如|什么的|稿|初稿|作品|成品
|商品|单品|周边|文创|订单|定做|印刷|印花|工艺品|拜托|劳烦|您好|你好啊|嗨|哈喽|感谢|多谢|辛苦|辛苦了
|亲|哈|啦|咯|哟|喔|嗯|对|好的|可以吗|行吗|好吗|彩色|多彩|五彩|手感|触感|风味|韵味|元素感|一家|一位
|想做|想送|想用|希望能|尽可能|务求|力求|追求|走|走向|属|属性|主体|主角|居中|点缀着|散发着|轻|瓷砖
|支持|附带|自带|附|优先|特别|尤其|尤其是|比如|例如|那么
"""

STOP_PHRASES = {
    "en": words(_EN.strip().replace("\n", "")),
    "zh": words(_ZH.strip().replace("\n", "")),
}

NEGATIONS = {
    "en": words(
        "no|not|without|avoid|avoiding|except|never|don't|dont|do not|don't want|don't use|exclude"
        "|excluding|nothing|leave out|free of|other than|rather than|instead of|skip|hate|dislike"
        "|anything but|any colour but|everything but|stay away from|steer clear of|keep away from"
        "|don't like|do not like|not a fan of|can't stand|omit|nor|hates|dislikes|must not|mustn't"
        "|should not|shouldn't|refuse|avoids"
    ),
    "zh": words(
        "不要|不含|无|没有|别用|避免|不用|不需要|勿|拒绝|别|除了|忌|不带|不想要|不喜欢|不加|不是"
        "|讨厌|不希望|不使用|禁止|去掉|不能有|不可有|不|避开|杜绝|远离|切忌|切勿|排除|除外|不爱|不想"
        "|不考虑|不能用|不能是|不要有|不要用|不要出现|不能出现|别加|别放|别有|千万别|千万不要|去除|不能"
    ),
}

NEGATION_ENDS = frozenset(
    words(
        "but|with|use|using|make|want|please|only|in|on|for|just|keep|give|have|should"
        "|要|用|但|但是|只|而|而是|只要|配|搭配|采用|使用|请|希望|改用|想要"
    )
)
"""Stop words that end what a negation refuses."""
