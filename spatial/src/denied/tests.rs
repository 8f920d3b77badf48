use proptest::prelude::*;

use super::*;

#[test]
fn the_deny_list_reads_names_in_three_scripts() {
    for bad in [
        "产权人",
        "產權人姓名",
        "固话",
        "frdb",
        "FRDB",
        "gmsfhm",
        "head_of_household",
        "headOfHousehold",
        "haltija",
        "文化程度",
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
        "tel",
        "lxdh",
        "yddh",
        "jtdh",
        "SFZH",
        "phonenumber",
        "userPhoneNumber2",
        "p-h-o-n-e",
        "联系人",
        "联 系 人",
        "性别",
        "年龄",
        "车牌号",
        "重点人口",
        "plate",
        "score",
        "ｐｈｏｎｅ",
        "ph\u{200b}one",
        "身份證",
        "聯繫電話",
        "Gender",
        "法定代表人",
        "landlord",
        "occupants",
        "租客",
        "住户",
        "法人",
        "legal_representative",
        "house_master",
        "hz",
        "mob",
        "legalrep",
        "managers",
        "店长",
        "national_id",
        "邮箱",
        "電子郵件",
        "mail",
        "birth",
        "birth_year",
        "yearOfBirth",
    ] {
        assert!(denied(bad).is_some(), "{bad}");
    }
}

#[test]
fn whole_words_are_denied_and_not_their_neighbours() {
    for bad in [
        "IDNO",
        "idNo",
        "昵称",
        "暱稱",
        "职业",
        "职业类别",
        "低保",
        "是否低保户",
        "wx",
        "WX",
        "微信号",
        "owner",
        "owner_name",
        "health",
        "health_status",
        "电话",
        "电话亭联系电话",
        "country_of_origin",
    ] {
        assert!(denied(bad).is_some(), "{bad}");
    }
    for good in [
        "owner_unit",
        "ownerUnit",
        "health_station",
        "health_centre",
        "建成年龄",
        "建筑年龄",
        "电话亭",
        "电话亭数",
        "origin",
        "data_origin",
        "职业学校数",
        "业主单位",
        "identification_none",
    ] {
        assert_eq!(denied(good), None, "{good}");
    }
}

#[test]
fn what_an_outsider_found_is_on_the_list() {
    for bad in [
        "given_name",
        "familyName",
        "person_name",
        "people_name",
        "person",
        "people",
        "SSN",
        "身分證",
        "身分证",
        "身分證字號",
        "證號",
        "姓",
        "名",
        "姓 名",
        "huji",
        "yezhu",
        "ming_zi",
        "chusheng",
        "诊断",
        "诊断结果",
        "體檢",
        "体检日期",
        "户口",
        "戶口類別",
        "出租人",
        "党派",
        "案底",
        "重点对象",
        "工作单位",
        "职务",
        "asukkaan_nimi",
        "住民",
    ] {
        assert!(denied(bad).is_some(), "{bad}");
    }
    for good in [
        "name",
        "名称",
        "店名",
        "房产证号",
        "许可证号",
        "故障诊断",
        "体检中心",
        "住民数",
        "personnel_door",
        "people_counter",
        "cell",
        "given",
        "family",
        "商务职务楼",
    ] {
        assert_eq!(denied(good), None, "{good}");
    }
}

#[test]
fn other_names_are_left_alone() {
    for good in [
        "surface",
        "name",
        "addr:street",
        "height",
        "trace",
        "original_name",
        "drugstore",
        "楼层",
        "opening_hours",
        "name:nl",
        "gender_segregated",
        "microphone",
        "telecom",
        "hotel",
        "contact:website",
        "building_age",
        "sports_score_board",
        "template",
        "车道",
        "风险等级",
        "住户数",
        "法人数",
        "司法人员数",
        "mobility",
        "staff",
        "mailbox",
        "邮政编码",
        "rebirth",
    ] {
        assert_eq!(denied(good), None, "{good}");
    }
}

#[test]
fn words_of_other_languages_are_read() {
    for bad in [
        "성명",
        "소유자 이름",
        "주민등록번호",
        "생년월일",
        "전화번호",
        "소유자 성명",
        "氏名",
        "生年月日",
        "電話番号",
        "国籍",
        "國籍",
        "年齢",
        "連絡先",
        "henkilötunnus",
        "Henkilotunnus",
        "syntymäaika",
        "puhelin",
        "kansalaisuus",
        "Vorname",
        "NACHNAME",
        "Geburtsdatum",
        "Staatsangehörigkeit",
        "STAATSANGEHÖRIGKEIT",
        "Telefon",
        "mieter_nachname",
    ] {
        assert!(denied(bad).is_some(), "{bad}");
    }
    for good in [
        "이름",
        "건물이름",
        "건물명",
        "종교시설",
        "장애인주차",
        "나이트클럽",
        "建物名",
        "施設名",
        "nimi",
        "osoite",
        "Straße",
        "Telefonzelle",
        "Höhe",
        "Einwohner",
        "naïve",
    ] {
        assert_eq!(denied(good), None, "{good}");
    }
}

#[test]
fn a_name_that_was_cut_is_read_to_its_end() {
    let whole = |name: &str| denied_when_cut(name).unwrap_or_default();
    for (cut, word) in [
        ("identity_c", "identity_card"),
        ("DATE_OF_BI", "date_of_birth"),
        ("nationalit", "nationality"),
        ("householde", "householder"),
        ("legal_repr", "legal_representative"),
        ("zhongdianr", "zhongdianrenyuan"),
        ("geburtsdat", "geburtsdatum"),
        ("重点人", "重点人员"),
        ("法定代", "法定代表"),
    ] {
        assert_eq!(whole(cut), word, "{cut}");
        assert!(denied(&whole(cut)).is_some(), "{word}");
    }
    for good in [
        "azimuth_de",
        "height_m",
        "identity",
        "date_of_b",
        "nation",
        "building_n",
        "建筑物",
        "retention_",
        "social_cre",
        "SocialCred",
    ] {
        assert_eq!(denied_when_cut(good), None, "{good}");
    }
}

/// The obvious way: every word of the list against every word of the name.
fn plainly(name: &str) -> Option<&'static str> {
    let anywhere = || DENIED_CHINESE.split_whitespace().chain(languages::ANYWHERE.split_whitespace());
    if let Some(word) = anywhere().find(|word| name.contains(word)) {
        return Some(word);
    }
    let lower = lower_words(name);
    let words = without_harmless(&lower.split_whitespace().collect::<Vec<_>>());
    let denied_word = |denied: &&str| words.iter().any(|word| is(word, denied));
    let denied_run = |run: &&&str| {
        let run: Vec<&str> = run.split(' ').collect();
        words.windows(run.len()).any(|some| some.iter().zip(&run).all(|(word, denied)| is(word, denied)))
    };
    let mut all = DENIED_WORDS.split_whitespace().chain(languages::LATIN.split_whitespace());
    all.find(denied_word).or_else(|| DENIED_RUNS.iter().find(denied_run).copied())
}

fn any_name() -> impl Strategy<Value = String> {
    let listed: Vec<String> = DENIED_WORDS
        .split_whitespace()
        .chain(DENIED_CHINESE.split_whitespace())
        .chain(languages::LATIN.split_whitespace())
        .chain(languages::ANYWHERE.split_whitespace())
        .chain(DENIED_RUNS.iter().flat_map(|run| run.split(' ')))
        .map(str::to_owned)
        .collect();
    let part = prop_oneof![prop::sample::select(listed), "[a-zA-Z]{1,6}", "[楼电微手层]{1,2}"];
    let glue = prop_oneof![Just(""), Just("_"), Just("s_"), Just(" "), Just(":"), Just("7")];
    prop::collection::vec((part, glue, any::<bool>()), 1..5).prop_map(|parts| {
        parts.into_iter().fold(String::new(), |name, (part, glue, capital)| {
            let head: String = part.chars().take(1).collect();
            let head = if capital { head.to_uppercase() } else { head };
            let tail: String = part.chars().skip(1).collect();
            format!("{name}{head}{tail}{glue}")
        })
    })
}

proptest! {
    #[test]
    fn the_ready_list_denies_what_the_plain_one_denies(name in any_name()) {
        prop_assert_eq!(listed(&name).is_some(), plainly(&name).is_some(), "{}", name);
    }
}
