//! The deny-list: names of properties that this service keeps nothing of (rule R-ATTR).

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Words that no property name may hold: rule R-ATTR (people carry counts and nothing else). Latin words are matched
/// as whole words of the name (split at anything that is no letter, and at capitals), plural or not, Chinese ones
/// anywhere.
const DENIED_WORDS: &str = "\
    addict addiction biometric birthdate birthday birthplace blacklist canji caste citizenship convict \
    conviction creed criminal diagnosis dianhua disability disabled disease dob drug email ethnic \
    ethnicity face faceid felon fingerprint firstname fullname guoji health hiv householder hujidi hukou \
    huzhu idcard idnumber illness jiankang jibing jiguan jingshen lastname liudongrenkou mental migrant \
    minzu mobile nationality offender owner passport petition petitioner phone prison \
    psychiatric qianke race religion religious resident riskscore shangfang shenfenzheng shewen shouji \
    surname telephone tenant teshurenqun waidi watchlist wechat xidu xinfang xingming xinyang zhengzhi \
    zhongdianrenyuan zongjiao \
    alipay bgdh chepai chepaihao cphm csrq dhhm fading faren fddbr frdb gddh gmsfhm fuzeren hjdz hunyin imei imsi jtdh \
    licenceplate yddh \
    licenseplate lianxiren ldrk lxdh lxfs lxr marital msisdn nianling numberplate phonenumber plate political \
    pregnant qkry salary sfzh sfzhm shenfen sjhm spouse suspect tel telno tsrq weixin xingbie zdrk zdry \
    zhengjian zhongdianrenkou zjhm zzmm \
    headmaster housemaster landlady landlord lodger occupant fangdong zuke zuhu zhuhu zhuke renter lessee \
    legalperson legalrep legalrepresentative \
    birthyear birthmonth yob youxiang idno nickname nicheng dibao wechatid wxid \
    givenname familyname personname peoplename ssn huji yezhu chusheng bingshi tijian chuzuren dangpai";
/// Names that are denied as a whole, whatever parts them: too short or too common to be denied inside another name
/// (`name:nl` is a name in Dutch, `gender_segregated` a toilet).
const DENIED_WHOLE: &str = "\
    birth births mail mails mailaddress age ages hz hzname hzxm manager managers managername mob mobno mobnumber person persons people mingzi contact contactname contactperson contacts gender genders qq score scores sex sfz sjh cph fzr mz nl xb xm wx wxh \
    occupation zhiye";
/// Runs of letters that no name may hold, with everything else taken out of it (`s-h-o-u_j.i`, `userphonenumber`).
const DENIED_STEMS: &str = "\
    biometric birthd chepai dianhua ethnic faceid fingerprint idcard idnumber lianxiren licenceplate licenseplate \
    mobileno numberplate passport phone platenumber qianke religio shenfenz shouji telno telephone wechat xingming \
    zhongdianren zongjiao";
/// What holds a stem and is harmless.
const HARMLESS: &[&str] = &["microphone", "megaphone", "headphone", "intercomphone"];
/// Runs of words that hold a denied one and say nothing of a person: who is responsible for a camera, where a station is.
const HARMLESS_RUNS: &[&[&str]] = &[
    &["owner", "unit"],
    &["owner", "units"],
    &["owner", "org"],
    &["owner", "department"],
    &["health", "station"],
    &["health", "stations"],
    &["health", "centre"],
    &["health", "center"],
    &["health", "post"],
    &["health", "facility"],
];
/// The same in Chinese: telephone boxes, the age of a building, schools for a trade, offices of owners.
const HARMLESS_CHINESE: &[&str] = &[
    "电话亭",
    "建成年龄",
    "建筑年龄",
    "房屋年龄",
    "楼房年龄",
    "桥梁年龄",
    "设备年龄",
    "树木年龄",
    "职业学校",
    "职业技术",
    "职业中学",
    "职业培训",
    "职业介绍",
    "业主单位",
    "业主委员会",
    "健康驿站",
    "健康步道",
    "健康小屋",
    "精神文明",
    "精神卫生中心",
    "宗教场所",
    "故障诊断",
    "设备诊断",
    "视频诊断",
    "体检中心",
    "房屋体检",
    "城市体检",
];
const DENIED_CHINESE: &str = "\
    特殊人群 重点人员 前科 吸毒 精神 民族 宗教 籍贯 流动人口 上访 涉稳 国籍 \
    产权人 固话 文化程度 户籍 疾病 病史 健康 残疾 身份证 护照 电话 手机 姓名 户主 出生 \
    人脸 指纹 布控 黑名单 犯罪 信仰 信访 外来人口 暂住 刑释 戒毒 政治面貌 \
    证件 联系方式 微信 联系人 性别 年龄 车牌 重点人口 身份 手机号 座机 学历 婚姻 党员 配偶 亲属 监护人 嫌疑 在逃 \
    涉毒 涉黑 涉访 矫正 艾滋 病人 病历 医保 社保 银行卡 银行账 出狱 服刑 刑满 邪教 血型 孕妇 法定代表 法人代表 负责人 业主 \
    邮箱 电邮 电子邮件 生日 承租人 房东 住户姓 居民姓 特殊人员 关注人员 管控人员 人员评分 信用分 \
    昵称 网名 职业 低保 \
    诊断 体检 户口 身分 出租人 党派 案底 重点对象 工作单位";
/// Chinese names that are denied as a whole: inside another they may be harmless (住户数 is a count).
const DENIED_WHOLE_CHINESE: &str = "\
    住户 住户名 住户名单 住户信息 居民 家长 屋主 房主 楼长 经办人 店主 店长 老板 经理 物业经理 责任人 租赁人 居住人 \
    家庭成员 联络人 租客 租户 法人 法人姓名 姓 名 证号 证号码 职务 住民 人名 本人 户籍地";
/// Traditional characters of the words above, each with its simplified form.
const SIMPLIFIED: &str = "\
    權权 暱昵 稱称 郵邮 證证 電电 話话 機机 聯联 繫系 係系 齡龄 車车 號号 碼码 戶户 貫贯 國国 點点 員员 動动 訪访 穩稳 殘残 護护 臉脸 紋纹 單单 \
    別别 釋释 黨党 銀银 帳账 賬账 學学 歷历 職职 親亲 屬属 監监 獄狱 評评 級级 滿满 寫写 眾众 髮发 類类 對对 關关 負负 責责 \
    業业 東东 姓姓 孕孕 婦妇 暫暂 邊边 嶽岳 徵征 宗宗 罪罪 癮瘾 記记 錄录 誌志 檔档 體体 險险 務务 從从 來来 態态 種种 \
    犯犯 現现 絡络 絕绝 產产 貌貌 療疗 診诊 斷断 參参 與与 質质 檢检 歲岁";
/// Pairs and runs of words that are denied only together (`id_card`, `risk_score`).
const DENIED_RUNS: &[&str] = &[
    "id card",
    "id number",
    "id no",
    "risk score",
    "watch list",
    "black list",
    "face id",
    "birth date",
    "birth place",
    "birth year",
    "birth month",
    "birth day",
    "birth country",
    "year of birth",
    "month of birth",
    "country of birth",
    "mail address",
    "you xiang",
    "date of birth",
    "shen fen",
    "shen fen zheng",
    "min zu",
    "zong jiao",
    "ji guan",
    "xi du",
    "qian ke",
    "shang fang",
    "she wen",
    "liu dong ren kou",
    "zhong dian ren yuan",
    "te shu ren qun",
    "place of birth",
    "place of origin",
    "country of origin",
    "origin country",
    "national origin",
    "ethnic origin",
    "family origin",
    "native place",
    "nick name",
    "we chat",
    "given name",
    "family name",
    "person name",
    "people name",
    "ming zi",
    "ye zhu",
    "chu sheng",
    "social security number",
    "first name",
    "last name",
    "full name",
    "hu kou",
    "jing shen",
    "xing ming",
    "shou ji",
    "dian hua",
    "hu zhu",
    "hu ji",
    "blood type",
    "bank card",
    "bank account",
    "che pai",
    "contact name",
    "contact person",
    "credit score",
    "key people",
    "key person",
    "key population",
    "legal person",
    "legal representative",
    "legal rep",
    "national id",
    "identity card",
    "identity no",
    "cell no",
    "identity number",
    "passport no",
    "mobile number",
    "telephone number",
    "house master",
    "head of household",
    "head of family",
    "lian xi ren",
    "lian xi fang shi",
    "nian ling",
    "social credit score",
    "xing bie",
    "zhong dian ren kou",
];

/// The list, made ready once: an import asks it for every property of every row.
struct DenyList {
    words: HashSet<&'static str>,
    /// Runs by their first word.
    runs: HashMap<&'static str, Vec<Vec<&'static str>>>,
    /// Chinese words by their first character.
    chinese: HashMap<char, Vec<&'static str>>,
    whole: HashSet<&'static str>,
    stems: Vec<&'static str>,
    simplified: HashMap<char, char>,
}

static LIST: LazyLock<DenyList> = LazyLock::new(|| {
    let (mut runs, mut chinese): (HashMap<_, Vec<Vec<_>>>, HashMap<_, Vec<_>>) = (HashMap::new(), HashMap::new());
    for run in DENIED_RUNS {
        let words: Vec<&str> = run.split(' ').collect();
        runs.entry(words.first().copied().unwrap_or_default()).or_default().push(words);
    }
    for word in DENIED_CHINESE.split_whitespace().chain(languages::ANYWHERE.split_whitespace()) {
        chinese.entry(word.chars().next().unwrap_or_default()).or_default().push(word);
    }
    let pair = |pair: &'static str| {
        let mut chars = pair.chars();
        chars.next().zip(chars.next())
    };
    DenyList {
        words: DENIED_WORDS.split_whitespace().chain(languages::LATIN.split_whitespace()).collect(),
        runs,
        chinese,
        whole: DENIED_WHOLE.split_whitespace().collect(),
        stems: DENIED_STEMS.split_whitespace().collect(),
        simplified: SIMPLIFIED.split_whitespace().filter_map(pair).collect(),
    }
});

/// The word of the deny-list that a property name holds, if any. The name is read as it looks: full-width letters and
/// other forms of a character as the plain one (NFKC), traditional Chinese as simplified, and what stands between
/// letters does not count.
///
/// ```
/// assert!(spatial::denied("ｐｈｏｎｅ").is_some() && spatial::denied("身份證").is_some());
/// assert_eq!(spatial::denied("name:nl"), None);
/// ```
pub fn denied(name: &str) -> Option<&'static str> {
    if name.is_ascii() {
        return listed(name).or_else(|| as_a_whole(name));
    }
    let simple = |c: char| LIST.simplified.get(&c).copied().unwrap_or(c);
    let plain: String = name.nfkc().filter(|c| !is_unseen(*c)).flat_map(unmarked).map(simple).collect();
    let plain = HARMLESS_CHINESE.iter().fold(plain, |rest, word| rest.replace(word, " "));
    listed(&plain).or_else(|| as_a_whole(&plain))
}

/// A Latin letter without its marks (`ö` as `o`, `ß` as `ss`); anything else as it is.
fn unmarked(c: char) -> impl Iterator<Item = char> {
    let latin = ('\u{c0}'..='\u{24f}').contains(&c);
    let plain: Vec<char> = match c {
        'ß' => vec!['s', 's'],
        _ if latin => std::iter::once(c).nfkd().filter(char::is_ascii).collect(),
        _ => Vec::new(),
    };
    let same = plain.is_empty().then_some(c);
    plain.into_iter().chain(same)
}

/// Longest name of a column in a shapefile's table, bytes.
const CUT_AFTER: usize = 10;

/// Cut names that a harmless longer one begins with as well, in registers of enterprises (`social_credit_code`).
const HARMLESS_WHEN_CUT: [&str; 2] = ["social_cre", "socialcred"];

/// The longer word of the deny-list of which a name is the beginning, as a shapefile cuts it after ten bytes: `date_of_bi`
/// of `date_of_birth`. Only for names that may have been cut; elsewhere `national_i` is a name like any other.
pub fn denied_when_cut(name: &str) -> Option<String> {
    let lower = name.trim_end().to_lowercase();
    if HARMLESS_WHEN_CUT.contains(&lower.as_str()) {
        return None;
    }
    // A character of several bytes that does not fit is left out whole.
    if !(CUT_AFTER - 3..=CUT_AFTER).contains(&name.len()) || name.is_ascii() && name.len() != CUT_AFTER {
        return None;
    }
    let words =
        [DENIED_WORDS, DENIED_WHOLE, languages::LATIN, DENIED_CHINESE, DENIED_WHOLE_CHINESE, languages::ANYWHERE];
    let words = words.into_iter().flat_map(str::split_whitespace).map(str::to_owned);
    let runs = DENIED_RUNS.iter().flat_map(|run| [run.replace(' ', "_"), run.replace(' ', "")]);
    words.chain(runs).find(|word| {
        let end = (0..=CUT_AFTER).rev().find(|at| word.is_char_boundary(*at)).unwrap_or_default();
        word.len() > CUT_AFTER && word.get(..end).is_some_and(|cut| cut == lower.trim_end_matches('\u{fffd}'))
    })
}

/// Characters that no name that people tell apart may hold: those that control, that take no room, or that look like
/// nothing or a new line.
pub fn is_hidden(c: char) -> bool {
    c.is_control() || is_unseen(c) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{2800}' | '\u{fff9}'..='\u{fffb}')
}

/// Characters that take no room: a name may hold them without looking different.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The whole of a name, everything but letters taken out: a word of its own, or one that holds a stem.
fn as_a_whole(name: &str) -> Option<&'static str> {
    let letters: String = name.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    if !letters.is_ascii() {
        let parts = |word: &&'static &'static str| letters.contains(**word);
        let whole = DENIED_WHOLE_CHINESE.split_whitespace().chain(languages::WHOLE.split_whitespace());
        let whole = || whole.into_iter().find(|word| *word == letters);
        return LIST.chinese.values().flatten().find(parts).copied().or_else(whole);
    }
    let word = LIST.whole.get(letters.as_str()).or_else(|| LIST.words.get(letters.as_str())).copied();
    word.or_else(|| {
        let harmless = HARMLESS.iter().fold(letters, |rest, word| rest.replace(word, ""));
        LIST.stems.iter().find(|stem| harmless.contains(**stem)).copied()
    })
}

/// The word of the list that a plain name holds (of several: the one that stands first in the name, Chinese ones before
/// Latin ones).
fn listed(name: &str) -> Option<&'static str> {
    let list = &*LIST;
    if !name.is_ascii() {
        let here = |(at, c): (usize, char)| {
            let rest = name.get(at..).unwrap_or_default();
            list.chinese.get(&c)?.iter().find(|word| rest.starts_with(**word)).copied()
        };
        if let Some(word) = name.char_indices().find_map(here) {
            return Some(word);
        }
    }
    let lower = lower_words(name);
    let words = without_harmless(&lower.split_ascii_whitespace().collect::<Vec<_>>());
    // A word of the list, also in the plural.
    let forms = |word: &'_ str| -> [Option<usize>; 2] { [Some(word.len()), word.strip_suffix('s').map(str::len)] };
    words.iter().enumerate().find_map(|(at, word)| {
        forms(word).into_iter().flatten().find_map(|length| {
            let form = word.get(..length)?;
            let run = || {
                let fits = |run: &&Vec<&'static str>| {
                    words.get(at..at + run.len()).is_some_and(|some| some.iter().zip(*run).all(|(a, b)| is(a, b)))
                };
                let run = list.runs.get(form)?.iter().find(fits)?;
                DENIED_RUNS.iter().find(|known| known.split(' ').eq(run.iter().copied())).copied()
            };
            list.words.get(form).copied().or_else(run)
        })
    })
}

/// The words without the runs that are harmless.
fn without_harmless<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let (mut kept, mut at) = (Vec::with_capacity(words.len()), 0);
    while let Some(word) = words.get(at) {
        let rest = words.get(at..).unwrap_or_default();
        let harmless = HARMLESS_RUNS.iter().find(|run| rest.starts_with(run)).map_or(0, |run| run.len());
        if harmless == 0 {
            kept.push(*word);
        }
        at += harmless.max(1);
    }
    kept
}

fn is(word: &str, denied: &str) -> bool {
    word == denied || word.strip_suffix('s') == Some(denied)
}

/// Splits `idCard`, `id_card`, `id-card`, `contact:phone` into lower-case words with blanks between.
fn lower_words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut last_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphabetic() || (c.is_ascii_uppercase() && last_lower) {
            words.push(' ');
        }
        if c.is_ascii_alphabetic() {
            words.push(c.to_ascii_lowercase());
        }
        last_lower = c.is_ascii_lowercase();
    }
    words
}

mod languages;
#[cfg(test)]
mod tests;
