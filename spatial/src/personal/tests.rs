use proptest::prelude::*;

use super::*;

#[test]
fn what_belongs_to_one_person_is_found_however_it_is_written() {
    for (text, what) in [
        ("11010519491231002X", "a resident identity number"),
        ("110105 19491231 002X", "a resident identity number"),
        ("110105-1949-1231-002x", "a resident identity number"),
        ("440524 1880 0101 0014", "a resident identity number"),
        ("１１０１０５１９４９１２３１００２Ｘ", "a resident identity number"),
        ("身份 110105491231002", "a resident identity number"),
        ("13800000000", "a mobile number"),
        ("王先生13800000000请联系", "a mobile number"),
        ("138 0000 0000", "a mobile number"),
        ("138-0000-0000", "a mobile number"),
        ("+86 138 0000 0000", "a mobile number"),
        ("+8613800000000", "a mobile number"),
        ("008613800000000", "a mobile number"),
        ("１３８００００００００", "a mobile number"),
        ("{\"phone\":13800000000}", "a mobile number"),
        ("138\u{200b}00000000", "a mobile number"),
        ("1.13800000000 王 2.13900000000 李", "a mobile number"),
        ("+86.13800000000", "a mobile number"),
        ("电话86.13800000000", "a mobile number"),
        ("tel.13800000000", "a mobile number"),
        ("138.0000.0000", "a mobile number"),
        ("138\t0000\t0000", "a mobile number"),
        ("138,0000,0000", "a mobile number"),
        ("电话：138，0000，0000。", "a mobile number"),
        ("138、0000、0000", "a mobile number"),
        ("138, 0000, 0000", "a mobile number"),
        ("+86, 138 0000 0000", "a mobile number"),
        ("138 - 0000 - 0000", "a mobile number"),
        ("1,13800000000,2", "a mobile number"),
        ("110105,19491231,002X", "a resident identity number"),
        ("138\u{2010}0000\u{2015}0000", "a mobile number"),
        ("138\u{fe58}0000\u{fe63}0000", "a mobile number"),
        ("138－0000－0000", "a mobile number"),
        ("138。0000。0000", "a mobile number"),
        ("138・0000・0000", "a mobile number"),
        ("138•0000•0000", "a mobile number"),
        ("138*0000*0000", "a mobile number"),
        ("138\u{3000}0000\u{2003}0000", "a mobile number"),
        ("138\u{a0}0000\u{202f}0000", "a mobile number"),
        ("1\u{200d}3\u{2060}8\u{feff}00000000", "a mobile number"),
        ("110105\u{2012}19491231\u{2212}002X", "a resident identity number"),
        ("浙C・12345", "a number plate"),
        ("浙C。12345", "a number plate"),
        ("浙C\u{2014}12345", "a number plate"),
        ("浙C\u{3000}12345", "a number plate"),
        ("a@例子.公司", "an e-mail address"),
        ("a@example.中国", "an e-mail address"),
        ("a@example。com", "an e-mail address"),
        ("请写信到a@example.com谢谢", "an e-mail address"),
        ("a@example.com。谢谢", "an e-mail address"),
        ("1-3-8-0-0-0-0-0-0-0-0", "a mobile number"),
        ("1 3 8 0 0 0 0 0 0 0 0", "a mobile number"),
        ("86-1-3-8-0-0-0-0-0-0-0-0", "a mobile number"),
        ("0086 1 3 8 0 0 0 0 0 0 0 0", "a mobile number"),
        ("138\u{60c}0000\u{60c}0000", "a mobile number"),
        ("138\u{1802}0000\u{1363}0000", "a mobile number"),
        ("૧૩૮૦૦૦૦૦૦૦૦", "a mobile number"),
        ("೧೩೮೦೦೦೦೦೦೦೦", "a mobile number"),
        ("\u{1e951}\u{1e953}\u{1e958}00000000", "a mobile number"),
        ("1.1.0.1.0.5.1.9.4.9.1.2.3.1.0.0.2.X", "a resident identity number"),
        ("一三八零零零零零零零零", "a mobile number"),
        ("电话幺三八〇〇〇〇-〇〇〇〇", "a mobile number"),
        ("\u{661}\u{663}\u{668}\u{660}\u{660}\u{660}\u{660}\u{660}\u{660}\u{660}\u{660}", "a mobile number"),
        ("१३८००००००००", "a mobile number"),
        ("WJ浙12345", "a number plate"),
        ("车 浙C1234学 停", "a number plate"),
        ("粤Z1234港", "a number plate"),
        ("粤ZF023澳", "a number plate"),
        ("WJ浙1234警", "a number plate"),
        ("wj·浙·1234X", "a number plate"),
        ("浙C12345", "a number plate"),
        ("浙C·D12345", "a number plate"),
        ("黑色轿车，浙CF1234停在门口", "a number plate"),
        ("wang.er@example.com", "an e-mail address"),
        ("联系 ｗａｎｇ＠example．cn。", "an e-mail address"),
    ] {
        assert_eq!(personal(text), Some(what), "{text}");
    }
}

#[test]
fn other_numbers_are_left_alone() {
    for text in [
        "",
        "2-3-8-0-0-0-0-0-0-0-0",
        "1-3-5-7-9-11-13-15",
        "一三八路二三四号五六七",
        "二〇二六年一一月二七日",
        "上海WJ12345",
        "浙12345",
        "公园路100号",
        "0577-88123456",
        "23800000000",
        "138000000001",
        "91330302MA2TE5T01A",
        "33030200001320000001",
        "110105194912310021",
        "330302100012345",
        "2024-01-02 10:00-18:00",
        "17 18 19 20 21 2",
        "137,138,2024,2025",
        "138,2024,2025,2026",
        "13,800,000,000",
        "120.6551234,28.0151234",
        "121.138,0000.0000,1",
        "浙江A12345",
        "京A座",
        "京Abcdefg",
        "G15 K1380+000",
        "120.6555123, 28.0150456",
        "6.13999986649",
        "-95.360810441221005",
        "POINT (120.13999986649 28.15812345678)",
        "{\"lat\":40.13812345678,\"lon\":-73.360810441221005}",
        "110105491231000",
        "https://example.org/@here.now",
        "@home",
        "a@b",
        "icon@2x.png",
        "5 @ 3.20",
    ] {
        assert_eq!(personal(text), None, "{text}");
    }
}

#[test]
fn digits_with_one_sign_between_any_two_are_a_number() {
    for (text, what) in [
        ("1,3,8,0,0,0,0,1,2,3,4", "a mobile number"),
        ("1, 3, 8, 0, 0, 0, 0, 1, 2, 3, 4", "a mobile number"),
        ("电话：1，3，8，0，0，0，0，1，2，3，4。", "a mobile number"),
        ("1、3、8、0、0、0、0、1、2、3、4", "a mobile number"),
        ("1 . 3 . 8 . 0 . 0 . 0 . 0 . 1 . 2 . 3 . 4", "a mobile number"),
        ("1  3  8  0  0  0  0  1  2  3  4", "a mobile number"),
        ("1\t3\t8\t0\t0\t0\t0\t1\t2\t3\t4", "a mobile number"),
        ("86, 1, 3, 8, 0, 0, 0, 0, 1, 2, 3, 4", "a mobile number"),
        ("2026 1,3,8,0,0,0,0,1,2,3,4", "a mobile number"),
        ("7, 1-3-8-0-0-0-0-1-2-3-4", "a mobile number"),
        ("1,1,0,1,0,5,1,9,4,9,1,2,3,1,0,0,2,X", "a resident identity number"),
        ("3, 3, 0, 3, 0, 2, 1, 9, 9, 0, 0, 1, 0, 1, 1, 2, 3, 5", "a resident identity number"),
        ("3 . 3 . 0 . 3 . 0 . 2 . 1 . 9 . 9 . 0 . 0 . 1 . 0 . 1 . 1 . 2 . 3 . 5", "a resident identity number"),
        ("33,03,02,19,90,01,01,12,35", "a resident identity number"),
        ("33-03-02-19-90-01-01-12-35", "a resident identity number"),
        ("1\u{fe0f}\u{20e3}3\u{fe0f}\u{20e3}8\u{fe0f}\u{20e3}00001234", "a mobile number"),
        ("1\u{20e3} 3\u{20e3} 8\u{20e3} 0 0 0 0 1 2 3 4", "a mobile number"),
    ] {
        assert_eq!(personal(text), Some(what), "{text}");
    }
    for list in [
        "1,3,5,7,9,11,13,15,17,19,21",
        "1, 3, 5, 7, 9, 11",
        "1,3,8,0,0,0,0,1,2,3",
        "1,3,8,0,0,0,0,1,2,3,4,5",
        "9, 1, 3, 8, 0, 0, 0, 0, 1, 2, 3, 4",
        "1,3,8,0,0,0,0,1,2,3,4,15",
        "1.3,8.0,0.0,0.1,2.3,4.0",
        "1、3、5号楼，2、4、6、8号楼",
        "2024-1-3, 2024-8-1",
        "2, 2, 3, 1, 0, 4, 1, 0, 0, 2, 5",
        "3,17,29,101",
        "1234567,1380012,99",
        "13800,24001,31005,42",
        "no 5 w123; only 0 w77",
        "3 bollard; 9 gate access=private foot=yes",
        "35,13,8,0,21,7,6,1,2,3,4",
        "33,03,02,19,90,01,01,12,36",
    ] {
        assert_eq!(personal(list), None, "{list}");
    }
}

#[test]
fn what_a_list_of_json_holds_is_read_together() {
    for (text, what) in [
        (r#"["330302","19900101","1235"]"#, "a resident identity number"),
        (r#"["110105", "19491231", "002X"]"#, "a resident identity number"),
        (r#"["33","03","02","19","90","01","01","12","35"]"#, "a resident identity number"),
        (r#"["138","0000","1234"]"#, "a mobile number"),
        ("[1,3,8,0,0,0,0,1,2,3,4]", "a mobile number"),
        ("[\n  1,\n  3,\n  8,\n  0,\n  0,\n  0,\n  0,\n  1,\n  2,\n  3,\n  4\n]", "a mobile number"),
        (r#"["1","3","8","0","0","0","0","1","2","3","4"]"#, "a mobile number"),
        (r#"{"a":{"b":["王",138,"0000","1234"]}}"#, "a mobile number"),
        (r#"["\u0031\u0033\u0038","0000","1234"]"#, "a mobile number"),
        (r#"["z\u0040qq.com"]"#, "an e-mail address"),
        (r#"["浙C","12345"]"#, "a number plate"),
    ] {
        assert_eq!(personal(text), Some(what), "{text}");
    }
    for text in [
        "[1,3,5,7,9,11]",
        r#"["12","14","16","18","20","22"]"#,
        r#"["13","14","15","16","17","1"]"#,
        "[138,140,142]",
        "[120.6551234,28.0151234]",
        "[[120.65,28.01],[120.66,28.02]]",
        "[[1,3],[8,0],[0,0],[0,1],[2,3],[4,5]]",
        r#"["2024-01-02","2025-11-30"]"#,
        r#"{"levels":3,"years":[1998,2005,2013]}"#,
        "[注] 13 14 15 16 17 1",
        "[360810411220,360810411221]",
    ] {
        assert_eq!(personal(text), None, "{text}");
    }
}

#[test]
fn addresses_of_mail_are_known_in_any_script() {
    for text in [
        "张三@qq.com",
        "张三@公司.中国",
        "zhang@bücher.de",
        "zhang@mail.bu\u{308}cher.de",
        "юрий@почта.рф",
        "zhang@почта.рф",
        "김@회사.한국",
        "राम@उदाहरण.भारत",
        "a@mail.例子.com",
        "a@例え.コム",
        "a@xn--bcher-kva.xn--p1ai",
        "邮箱张三@example.com谢谢",
    ] {
        assert_eq!(personal(text), Some("an e-mail address"), "{text}");
    }
    for text in ["门卫@东门。请登记", "受付@本館。こちら", "值班@1.2.3", "面@5.20", "图标@2x.png", "集合@公园路"]
    {
        assert_eq!(personal(text), None, "{text}");
    }
}

#[test]
fn a_plate_may_have_blanks_anywhere() {
    for text in [
        "浙 C 12345",
        "浙 C12345",
        "浙C 1234 5",
        "浙C 12345",
        "浙 C · 1 2 3 4 5",
        "浙　C　D12345",
        "车牌浙C 1234 5",
        "停 浙C12345 2026年",
        "WJ 浙 1234 5",
    ] {
        assert_eq!(personal(text), Some("a number plate"), "{text}");
    }
    for text in [
        "白云 A 12 1201室",
        "银川 G70 1234",
        "京 A 座 12345",
        "天津 B 12",
        "浙 江 C 12345",
        "新 A 1 2",
        "南京 K 12 + 345",
    ] {
        assert_eq!(personal(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_not_searched_holds_nothing(
        signs in prop::collection::vec(prop::sample::select("0123456789013513801xX @.-·，、。（）：浙C京A警WJ路号公园〇零一三八幺○９٣㊀#️⃣①".chars().collect::<Vec<_>>()), 0..40)
    ) {
        let text: String = signs.into_iter().collect();
        prop_assert!(may_hold(&text) || searched(&text).is_none(), "{}", text);
    }
}

proptest! {
    #[test]
    fn figures_that_are_not_searched_hold_nothing(
        parts in prop::collection::vec(("[0-9]{0,6}|1[3-9][0-9]{0,9}|86|0086|11010519491231002|[0-9]{10,20}", prop::sample::select("x|X|-|--| | - |----|.| . |;|\t|a|(|)|+|,|, |\",\"|[\"|\"]|[|]|{|:".split('|').collect::<Vec<_>>())), 0..9)
    ) {
        let text: String = parts.iter().flat_map(|(digits, sign)| [digits.as_str(), sign]).collect();
        prop_assert!(may_hold(&text) || searched(&text).is_none(), "{}", text);
    }
}

proptest! {
    #[test]
    fn digits_apart_that_are_not_searched_hold_nothing(
        begin in prop::sample::select(vec!["", "[", "[\"", "{\"a\":[", "86, ", "5 ", "7,"]),
        (sign, digits) in (prop::sample::select(vec![",", ", ", " . ", "-", " ", "\",\"", ",\n    ", "、", ";"]), "(1[3-9][0-9]{9}|11010519491231002X|[0-9]{9,19})"),
        end in prop::sample::select(vec!["", "]", "\"]", "]}", ", 5", "a"]),
    ) {
        let apart: Vec<String> = digits.chars().map(String::from).collect();
        let text = format!("{begin}{}{end}", apart.join(sign));
        prop_assert!(may_hold(&text) || searched(&text).is_none(), "{}", text);
    }
}

#[test]
fn nearly_every_text_of_a_register_is_not_searched() {
    for text in [
        "温州市鹿城区公园路100号（东门）",
        "3单元1201室",
        "residential",
        "91330302MA2T",
        "33030203100500000001",
        "鹿城区新城路1234号",
        "house-0-83333-999999",
        "2, 2, 3, 1, 0, 4",
        "{\"levels\":3,\"year\":1998}",
        "3,17,29,101,205,230",
    ] {
        assert!(!may_hold(text), "{text}");
    }
}

#[test]
fn fifteen_digits_alone_are_a_code_unless_the_column_has_words() {
    // A census block whose digits hold the 22nd of December 1941.
    let block = "360810411222005";
    assert_eq!(personal_in("census_block", block), None);
    for (name, text) in
        [("note", block), ("编号", block), ("block", "block 360810411222005"), ("b", "360810 411222 005")]
    {
        assert_eq!(personal_in(name, text), Some("a resident identity number"), "{name} {text}");
    }
    assert_eq!(personal_in("code", "11010519491231002X"), Some("a resident identity number"));
}

#[test]
fn the_id_of_a_row_is_no_number_of_a_person() {
    for (id, what) in [
        ("13800138000", "a mobile number"),
        ("+86 138 0013 8000", "a mobile number"),
        ("tel-13800138000", "a mobile number"),
        ("手机13800138000", "a mobile number"),
        ("浙C12345", "a number plate"),
        ("11010519491231002X", "a resident identity number"),
        ("a@example.com", "an e-mail address"),
        ("张三@qq.com", "an e-mail address"),
        ("1,3,8,0,0,1,3,8,0,0,0", "a mobile number"),
        ("1,1,0,1,0,5,1,9,4,9,1,2,3,1,0,0,2,X", "a resident identity number"),
        (r#"["110105","19491231","002X"]"#, "a resident identity number"),
    ] {
        assert_eq!(personal_id(id), Some(what), "{id}");
    }
    for id in ["n13012345678", "node/13012345678", "360810411222005", "33030200001320000001", "LC-001"] {
        assert_eq!(personal_id(id), None, "{id}");
    }
}

#[test]
fn an_id_of_another_system_is_no_mobile_number() {
    assert_eq!(personal_in("@id", "node/13012345678"), None);
    assert_eq!(personal_in("note", "13012345678"), Some("a mobile number"));
    assert_eq!(personal_in("id", "11010519491231002X"), Some("a resident identity number"));
}
