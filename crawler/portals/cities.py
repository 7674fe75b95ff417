"""Prefecture-level cities and their provinces, as data, and the letters of ICP numbers.

Municipalities, prefecture-level cities, autonomous prefectures and leagues as in GB/T 2260, by the short names that
portals use (延边, not 延边朝鲜族自治州), each with the pinyin that host names are made of.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CITIES", "ICP_LETTERS", "PINYIN"]

_TABLE = {
    "北京": "北京beijing",
    "天津": "天津tianjin",
    "上海": "上海shanghai",
    "重庆": "重庆chongqing",
    "河北": "石家庄shijiazhuang 唐山tangshan 秦皇岛qinhuangdao 邯郸handan 邢台xingtai 保定baoding 张家口zhangjiakou"
    " 承德chengde 沧州cangzhou 廊坊langfang 衡水hengshui 雄安xiongan",
    "山西": "太原taiyuan 大同datong 阳泉yangquan 长治changzhi 晋城jincheng 朔州shuozhou 晋中jinzhong 运城yuncheng"
    " 忻州xinzhou 临汾linfen 吕梁lvliang",
    "内蒙古": "呼和浩特huhehaote 包头baotou 乌海wuhai 赤峰chifeng 通辽tongliao 鄂尔多斯eerduosi 呼伦贝尔hulunbeier"
    " 巴彦淖尔bayannaoer 乌兰察布wulanchabu 兴安盟xinganmeng 锡林郭勒xilinguole 阿拉善alashan",
    "辽宁": "沈阳shenyang 大连dalian 鞍山anshan 抚顺fushun 本溪benxi 丹东dandong 锦州jinzhou 营口yingkou 阜新fuxin"
    " 辽阳liaoyang 盘锦panjin 铁岭tieling 朝阳chaoyang 葫芦岛huludao",
    "吉林": "长春changchun 吉林jilin 四平siping 辽源liaoyuan 通化tonghua 白山baishan 松原songyuan 白城baicheng"
    " 延边yanbian",
    "黑龙江": "哈尔滨haerbin 齐齐哈尔qiqihaer 鸡西jixi 鹤岗hegang 双鸭山shuangyashan 大庆daqing 伊春yichun"
    " 佳木斯jiamusi 七台河qitaihe 牡丹江mudanjiang 黑河heihe 绥化suihua 大兴安岭daxinganling",
    "江苏": "南京nanjing 无锡wuxi 徐州xuzhou 常州changzhou 苏州suzhou 南通nantong 连云港lianyungang 淮安huaian"
    " 盐城yancheng 扬州yangzhou 镇江zhenjiang 泰州taizhou 宿迁suqian",
    "浙江": "杭州hangzhou 宁波ningbo 温州wenzhou 嘉兴jiaxing 湖州huzhou 绍兴shaoxing 金华jinhua 衢州quzhou"
    " 舟山zhoushan 台州taizhou 丽水lishui",
    "安徽": "合肥hefei 芜湖wuhu 蚌埠bengbu 淮南huainan 马鞍山maanshan 淮北huaibei 铜陵tongling 安庆anqing"
    " 黄山huangshan 滁州chuzhou 阜阳fuyang 宿州suzhou 六安luan 亳州bozhou 池州chizhou 宣城xuancheng",
    "福建": "福州fuzhou 厦门xiamen 莆田putian 三明sanming 泉州quanzhou 漳州zhangzhou 南平nanping 龙岩longyan"
    " 宁德ningde",
    "江西": "南昌nanchang 景德镇jingdezhen 萍乡pingxiang 九江jiujiang 新余xinyu 鹰潭yingtan 赣州ganzhou 吉安jian"
    " 宜春yichun 抚州fuzhou 上饶shangrao",
    "山东": "济南jinan 青岛qingdao 淄博zibo 枣庄zaozhuang 东营dongying 烟台yantai 潍坊weifang 济宁jining 泰安taian"
    " 威海weihai 日照rizhao 临沂linyi 德州dezhou 聊城liaocheng 滨州binzhou 菏泽heze 莱芜laiwu",
    "河南": "郑州zhengzhou 开封kaifeng 洛阳luoyang 平顶山pingdingshan 安阳anyang 鹤壁hebi 新乡xinxiang 焦作jiaozuo"
    " 濮阳puyang 许昌xuchang 漯河luohe 三门峡sanmenxia 南阳nanyang 商丘shangqiu 信阳xinyang 周口zhoukou"
    " 驻马店zhumadian 济源jiyuan",
    "湖北": "武汉wuhan 黄石huangshi 十堰shiyan 宜昌yichang 襄阳xiangyang 鄂州ezhou 荆门jingmen 孝感xiaogan"
    " 荆州jingzhou 黄冈huanggang 咸宁xianning 随州suizhou 恩施enshi 仙桃xiantao 潜江qianjiang 天门tianmen",
    "湖南": "长沙changsha 株洲zhuzhou 湘潭xiangtan 衡阳hengyang 邵阳shaoyang 岳阳yueyang 常德changde"
    " 张家界zhangjiajie 益阳yiyang 郴州chenzhou 永州yongzhou 怀化huaihua 娄底loudi 湘西xiangxi",
    "广东": "广州guangzhou 韶关shaoguan 深圳shenzhen 珠海zhuhai 汕头shantou 佛山foshan 江门jiangmen 湛江zhanjiang"
    " 茂名maoming 肇庆zhaoqing 惠州huizhou 梅州meizhou 汕尾shanwei 河源heyuan 阳江yangjiang 清远qingyuan"
    " 东莞dongguan 中山zhongshan 潮州chaozhou 揭阳jieyang 云浮yunfu",
    "广西": "南宁nanning 柳州liuzhou 桂林guilin 梧州wuzhou 北海beihai 防城港fangchenggang 钦州qinzhou 贵港guigang"
    " 玉林yulin 百色baise 贺州hezhou 河池hechi 来宾laibin 崇左chongzuo",
    "海南": "海口haikou 三亚sanya 三沙sansha 儋州danzhou",
    "四川": "成都chengdu 自贡zigong 攀枝花panzhihua 泸州luzhou 德阳deyang 绵阳mianyang 广元guangyuan 遂宁suining"
    " 内江neijiang 乐山leshan 南充nanchong 眉山meishan 宜宾yibin 广安guangan 达州dazhou 雅安yaan 巴中bazhong"
    " 资阳ziyang 阿坝aba 甘孜ganzi 凉山liangshan",
    "贵州": "贵阳guiyang 六盘水liupanshui 遵义zunyi 安顺anshun 毕节bijie 铜仁tongren 黔西南qianxinan"
    " 黔东南qiandongnan 黔南qiannan",
    "云南": "昆明kunming 曲靖qujing 玉溪yuxi 保山baoshan 昭通zhaotong 丽江lijiang 普洱puer 临沧lincang 楚雄chuxiong"
    " 红河honghe 文山wenshan 西双版纳xishuangbanna 大理dali 德宏dehong 怒江nujiang 迪庆diqing",
    "西藏": "拉萨lasa 日喀则rikaze 昌都changdu 林芝linzhi 山南shannan 那曲naqu 阿里ali",
    "陕西": "西安xian 铜川tongchuan 宝鸡baoji 咸阳xianyang 渭南weinan 延安yanan 汉中hanzhong 榆林yulin 安康ankang"
    " 商洛shangluo",
    "甘肃": "兰州lanzhou 嘉峪关jiayuguan 金昌jinchang 白银baiyin 天水tianshui 武威wuwei 张掖zhangye 平凉pingliang"
    " 酒泉jiuquan 庆阳qingyang 定西dingxi 陇南longnan 临夏linxia 甘南gannan",
    "青海": "西宁xining 海东haidong 海北haibei 黄南huangnan 海南州hainanzhou 果洛guoluo 玉树yushu 海西haixi",
    "宁夏": "银川yinchuan 石嘴山shizuishan 吴忠wuzhong 固原guyuan 中卫zhongwei",
    "新疆": "乌鲁木齐wulumuqi 克拉玛依kelamayi 吐鲁番tulufan 哈密hami 昌吉changji 博尔塔拉boertala"
    " 巴音郭楞bayinguoleng 阿克苏akesu 克孜勒苏kezilesu 喀什kashi 和田hetian 伊犁yili 塔城tacheng 阿勒泰aletai"
    " 石河子shihezi",
    "香港": "香港hongkong",
    "澳门": "澳门macao",
    "台湾": "台北taipei",
}


def _pairs() -> list[tuple[str, str, str]]:
    """City, province, pinyin."""
    cut = [(province, word) for province, words in _TABLE.items() for word in words.split(" ")]
    return [(_han(word), province, word[len(_han(word)) :]) for province, word in cut]


def _han(word: str) -> str:
    return "".join(char for char in word if not char.isascii())


def _spellings() -> dict[str, tuple[str, ...]]:
    spelt: dict[str, tuple[str, ...]] = {}
    for city, _, pinyin in _pairs():
        spelt[pinyin] = (*spelt.get(pinyin, ()), city)
    return spelt


#: City → province.
CITIES: Mapping[str, str] = {city: province for city, province, _ in _pairs()}

#: Pinyin → the cities that are spelt so (suzhou: 苏州, 宿州).
PINYIN: Mapping[str, tuple[str, ...]] = _spellings()

#: First character of an ICP number → province, as the registries write it: 苏ICP备12345678号 is 江苏's, 滇 is 云南's.
ICP_LETTERS: Mapping[str, str] = dict(
    zip(
        "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝蜀黔滇藏陕陇青宁新",
        (
            *("北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽"),
            *("福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州"),
            *("云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆"),
        ),
        strict=True,
    )
)
