//! The attribute bag: what a source says beyond the fields of a noun, bounded and checked against the deny-list.

use crate::codes::holds_identity_number;
use crate::value::{Properties, Value};

/// Why a property may not be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    /// The name speaks of a person's identity, origin, belief, health or record.
    #[error("property {name:?} is on the deny-list ({because}): this service keeps no such thing")]
    Denied {
        /// As given.
        name: String,
        /// The word of the deny-list that it holds.
        because: &'static str,
    },
    /// A value holds a resident identity number.
    #[error("property {name:?} holds a resident identity number")]
    IdentityNumber {
        /// Whose value.
        name: String,
    },
    /// More than the bag may hold.
    #[error("the attribute bag is full: {what}")]
    Full {
        /// Which bound.
        what: &'static str,
    },
}

/// Most entries that a bag holds.
const MOST_ENTRIES: usize = 32;
/// Longest name, characters.
const LONGEST_NAME: usize = 64;
/// Longest text, characters.
const LONGEST_TEXT: usize = 400;

/// Words that no property name may hold: rule R-ATTR (people carry counts and nothing else). Latin words are matched
/// as whole words of the name (split at anything that is no letter, and at capitals), plural or not, Chinese ones
/// anywhere.
const DENIED_WORDS: &str = "\
    addict addiction biometric birthdate birthday birthplace blacklist canji caste citizenship convict \
    conviction creed criminal diagnosis dianhua disability disabled disease dob drug email ethnic \
    ethnicity face faceid felon fingerprint firstname fullname guoji health hiv householder hujidi hukou \
    huzhu idcard idnumber illness jiankang jibing jiguan jingshen lastname liudongrenkou mental migrant \
    minzu mobile nationality offender origin owner passport petition petitioner phone prison \
    psychiatric qianke race religion religious resident riskscore shangfang shenfenzheng shewen shouji \
    surname telephone tenant teshurenqun waidi watchlist wechat xidu xinfang xingming xinyang zhengzhi \
    zhongdianrenyuan zongjiao";
const DENIED_CHINESE: &str = "\
    特殊人群 重点人员 前科 吸毒 精神 民族 宗教 籍贯 流动人口 上访 涉稳 国籍 \
    户籍 疾病 病史 健康 残疾 身份证 护照 电话 手机 姓名 户主 出生 \
    人脸 指纹 布控 黑名单 犯罪 信仰 信访 外来人口 暂住 刑释 戒毒 政治面貌 \
    证件 联系方式 微信";
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
];

/// What a source says of a feature beyond the fields of its noun: at most 32 entries, none of the deny-list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attributes(Properties);

impl Attributes {
    /// An empty bag.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts all of them, or says why one may not be kept.
    pub fn of(properties: Properties) -> Result<Self, AttributeError> {
        let mut bag = Self::new();
        for (name, value) in properties {
            bag.put(name.into_owned(), value)?;
        }
        Ok(bag)
    }

    /// Puts one; an older one of the same name is replaced.
    pub fn put(&mut self, name: String, value: Value) -> Result<(), AttributeError> {
        if let Some(because) = denied(&name) {
            return Err(AttributeError::Denied { name, because });
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(AttributeError::Full { what: "a name has more than 64 characters" });
        }
        if let Value::Text(text) = &value {
            if holds_identity_number(text) {
                return Err(AttributeError::IdentityNumber { name });
            }
            if text.chars().count() > LONGEST_TEXT {
                return Err(AttributeError::Full { what: "a text has more than 400 characters" });
            }
        }
        if self.0.len() >= MOST_ENTRIES && self.0.get(&name).is_none() {
            return Err(AttributeError::Full { what: "more than 32 properties" });
        }
        self.0.put(name, value);
        Ok(())
    }

    /// What it holds.
    pub fn properties(&self) -> &Properties {
        &self.0
    }
}

/// The word of the deny-list that a property name holds, if any.
pub(crate) fn denied(name: &str) -> Option<&'static str> {
    if let Some(word) = DENIED_CHINESE.split_whitespace().find(|word| name.contains(word)) {
        return Some(word);
    }
    let words = words(name);
    let is = |word: &str, denied: &str| word == denied || word.strip_suffix('s') == Some(denied);
    let denied_word = |denied: &&str| words.iter().any(|word| is(word, denied));
    let denied_run = |run: &&&str| {
        let run: Vec<&str> = run.split(' ').collect();
        words.windows(run.len()).any(|some| some.iter().zip(&run).all(|(word, denied)| is(word, denied)))
    };
    DENIED_WORDS.split_whitespace().find(denied_word).or_else(|| DENIED_RUNS.iter().find(denied_run).copied())
}

/// Splits `idCard`, `id_card`, `id-card`, `contact:phone` into lower-case words.
fn words(name: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last_lower = false;
    for c in name.chars() {
        let starts_word = !c.is_ascii_alphabetic() || (c.is_ascii_uppercase() && last_lower);
        if starts_word && all.last().is_some_and(|w| !w.is_empty()) {
            all.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphabetic(), all.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
        last_lower = c.is_ascii_lowercase();
    }
    all.retain(|w| !w.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deny_list_reads_names_in_three_scripts() {
        for bad in [
            "民族",
            "居民民族",
            "ethnicity",
            "Religion",
            "id_card",
            "idCard",
            "ID-CARD",
            "minzu",
            "min_zu",
            "特殊人群类别",
            "contact:phone",
            "birthDate",
            "face_id",
            "HukouType",
            "是否吸毒",
            "residents",
            "owner_names_and_phones",
            "place_of_origin",
            "placeOfBirth",
            "jing_shen",
            "重点人员类别",
            "涉稳等级",
            "IDCARD",
        ] {
            assert!(denied(bad).is_some(), "{bad}");
        }
        for good in
            ["surface", "name", "addr:street", "height", "trace", "original_name", "drugstore", "楼层", "opening_hours"]
        {
            assert_eq!(denied(good), None, "{good}");
        }
    }

    #[test]
    fn a_bag_is_bounded() {
        let mut bag = Attributes::new();
        for n in 0..32 {
            bag.put(format!("k{n}"), Value::Int(n)).unwrap();
        }
        assert!(matches!(bag.put("one more".to_owned(), Value::Int(1)), Err(AttributeError::Full { .. })));
        bag.put("k1".to_owned(), Value::Int(2)).unwrap();
        let number = Value::Text("见 11010519491231002X".to_owned());
        assert!(matches!(bag.put("k2".to_owned(), number), Err(AttributeError::IdentityNumber { .. })));
    }
}
