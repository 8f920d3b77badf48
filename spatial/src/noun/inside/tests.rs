use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn what_is_plain_ends_nowhere(
        signs in prop::collection::vec(prop::sample::select("0123五马街公园路号号路幢栋座梯楼厦弄门单东西南北边左中首一三零   ".chars().collect::<Vec<_>>()), 0..10),
        address in any::<bool>(),
    ) {
        let text: String = signs.into_iter().collect();
        prop_assert!(!is_plain(&text, address) || searched(&text, address).is_none(), "{}", text);
    }
}

proptest! {
    #[test]
    fn a_word_is_plain_or_a_ground_floor(
        word in prop::sample::select("eg EG Parterre erdgeschoss Katutaso Pohjakerros room Apt flat as bst top tr f F a residential floor krs".split(' ').collect::<Vec<_>>()),
        more in "[a-zA-Z]{0,2}",
        address in any::<bool>(),
    ) {
        let text = word.to_owned() + &more;
        prop_assert!(!is_plain(&text, address) || searched(&text, address).is_none(), "{}", text);
    }
}

#[test]
fn nearly_every_address_is_plain() {
    for text in ["鹿城区南郊街道新城路5号", "五马街 5 号", "公园路 100-102 号"] {
        assert_eq!(is_plain(text, true), !text.contains('-'), "{text}");
    }
}

fn check(address: &str, kept: &str, cut: &str) {
    assert_eq!(inside(address), Some((kept.to_owned(), cut.to_owned())), "{address}");
}

#[test]
fn an_address_ends_at_the_building() {
    for (address, kept, cut) in [
        ("五马街道1号2单元301室", "五马街道1号", "2单元301室"),
        ("五马街道1号２单元３０１室", "五马街道1号", "２单元３０１室"),
        ("公园路100号3幢2单元301", "公园路100号3幢", "2单元301"),
        ("公园路100号3幢301室", "公园路100号3幢", "301室"),
        ("公园路100号3幢301", "公园路100号3幢", "301"),
        ("公园路100号3幢2-501", "公园路100号3幢", "2-501"),
        ("公园路100号3幢-301", "公园路100号3幢", "301"),
        ("公园路100号-301", "公园路100号", "301"),
        ("公园路100－301", "公园路100", "301"),
        ("公园路100号301", "公园路100号", "301"),
        ("公园路100号301房", "公园路100号", "301房"),
        ("公园路100号301号房间", "公园路100号", "301号房间"),
        ("公园路100号3号楼4层", "公园路100号3号楼", "4层"),
        ("公园路100号三单元四楼", "公园路100号", "三单元四楼"),
        ("公园路100号4楼", "公园路100号", "4楼"),
        ("公园路100号四楼东首", "公园路100号", "四楼东首"),
        ("公园路100号A室", "公园路100号", "A室"),
        ("公园路100号地下室", "公园路100号", "地下室"),
        ("国际大厦1201", "国际大厦", "1201"),
        ("国际大厦A座1201", "国际大厦A座", "1201"),
        ("阳光小区301室", "阳光小区", "301室"),
        ("阳光小区3#301室", "阳光小区3", "301室"),
        ("301室", "", "301室"),
        ("5 High Street, Flat 3", "5 High Street", "Flat 3"),
        ("Flat 3 12 High Street", "12 High Street", "Flat 3"),
        ("Room 301, No. 5 Wuma St", "No. 5 Wuma St", "Room 301"),
        ("5 High Street Apt B", "5 High Street", "Apt B"),
        ("5 High Street apt.12", "5 High Street", "apt.12"),
        ("5 High Street, 2nd floor", "5 High Street", "2nd floor"),
        ("5 High Street #12", "5 High Street", "#12"),
        ("5 High Street 12/F", "5 High Street", "12/F"),
        ("公园路100号 Room 301", "公园路100号", "Room 301"),
        ("3-2-301", "3", "2-301"),
        ("阳光小区3-2-301", "阳光小区3", "2-301"),
        ("3幢301", "3幢", "301"),
        ("3-301", "3", "301"),
        ("A-301", "A", "301"),
        ("3#301", "3", "301"),
        ("3号楼二单元三零一", "3号楼", "二单元三零一"),
        ("3号楼三零一", "3号楼", "三零一"),
        ("3幢三〇一", "3幢", "三〇一"),
        ("公园路100号3幢 2 单元 301 室", "公园路100号3幢", "2 单元 301 室"),
        ("公园路100号　３幢　３０１", "公园路100号　３幢", "３０１"),
        ("公园路100号 301", "公园路100号", "301"),
        ("公园路100号2门301", "公园路100号", "2门301"),
        ("锦绣家园12幢/3/501", "锦绣家园12幢", "3/501"),
        ("南塘8幢302东", "南塘8幢", "302东"),
        ("公园路1幢301东边", "公园路1幢", "301东边"),
        ("公园路1幢 301 东边", "公园路1幢", "301 东边"),
        ("公园路1幢301中间", "公园路1幢", "301中间"),
        ("南塘8幢东梯302", "南塘8幢东梯", "302"),
        ("公园路100号（3幢）301", "公园路100号（3幢）", "301"),
        ("7-B-302", "7", "B-302"),
        ("100 Park Rd No.5-301", "100 Park Rd No.5", "301"),
        ("#301", "", "#301"),
        ("A座1203", "A座", "1203"),
        ("Flat 5B", "", "Flat 5B"),
        ("Apt 12", "", "Apt 12"),
        ("Ｆｌａｔ ５Ｂ", "", "Ｆｌａｔ ５Ｂ"),
        ("Mannerheimintie 5 A 12", "Mannerheimintie 5 A", "12"),
        ("Mannerheimintie 5 A12", "Mannerheimintie 5", "A12"),
        ("Mannerheimintie 5A 12", "Mannerheimintie 5A", "12"),
        ("Mannerheimintie 5 A, as. 3", "Mannerheimintie 5 A", "as. 3"),
        ("Mannerheimintie 5 asunto 3", "Mannerheimintie 5", "asunto 3"),
        ("Hauptstraße 5, Wohnung 3", "Hauptstraße 5", "Wohnung 3"),
        ("Hauptstraße 5, 2. OG", "Hauptstraße 5", "2. OG"),
        ("테헤란로 12 101동 1203호", "테헤란로 12 101동", "1203호"),
        ("公园路100号，301", "公园路100号", "301"),
        ("公园路100号,301", "公园路100号", "301"),
        ("公园路100号(301)", "公园路100号", "301"),
        ("公园路100号（301）", "公园路100号", "301"),
        ("公园路100号[301]", "公园路100号", "301"),
        ("公园路100号【301】", "公园路100号", "301"),
        ("公园路100号、301", "公园路100号", "301"),
        ("公园路100号:301", "公园路100号", "301"),
        ("公园路100号：301", "公园路100号", "301"),
        ("公园路100号_301", "公园路100号", "301"),
        ("公园路100号~301", "公园路100号", "301"),
        ("公园路100号·301", "公园路100号", "301"),
        ("公园路100号3幢（301）", "公园路100号3幢", "301"),
        ("公园路100,301", "公园路100", "301"),
        ("公园路100号15F-1502", "公园路100号", "15F-1502"),
        ("公园路15F-1502", "公园路", "15F-1502"),
        ("15F-1502", "", "15F-1502"),
        ("公园路100号东边套301室", "公园路100号", "东边套301室"),
        ("公园路100号叁零壹室", "公园路100号", "叁零壹室"),
        ("阳光小区叁零壹室", "阳光小区", "叁零壹室"),
        ("公园路100号301铺", "公园路100号", "301铺"),
    ] {
        check(address, kept, cut);
    }
}

#[test]
fn floors_by_words_and_letters_and_flats_behind_a_staircase() {
    for (address, kept, cut) in [
        ("公园路8号第二层", "公园路8号", "第二层"),
        ("公园路8号第3层", "公园路8号", "第3层"),
        ("公园路8号第2单元301室", "公园路8号", "第2单元301室"),
        ("公园路8号B户", "公园路8号", "B户"),
        ("公园路8号3幢B户", "公园路8号3幢", "B户"),
        ("公园路8号④单元", "公园路8号", "④单元"),
        ("公园路8号⑫单元301", "公园路8号", "⑫单元301"),
        ("公园路8号⑴室", "公园路8号", "⑴室"),
        ("公园路8号3F", "公园路8号", "3F"),
        ("公园路8号 3F", "公园路8号", "3F"),
        ("国际大厦12F", "国际大厦", "12F"),
        ("No. 5 Gongyuan Rd, 3F", "No. 5 Gongyuan Rd", "3F"),
        ("100 Main St 3F", "100 Main St", "3F"),
        ("5 Gongyuan Rd, EG", "5 Gongyuan Rd", "EG"),
        ("Hauptstraße 5, Erdgeschoss", "Hauptstraße 5", "Erdgeschoss"),
        ("Storgatan 5, 2 tr", "Storgatan 5", "2 tr"),
        ("Mikonkatu 8 krs 2", "Mikonkatu 8", "krs 2"),
        ("Mikonkatu 8 2. krs 12", "Mikonkatu 8", "2. krs 12"),
        ("Main St 5 Floor 3", "Main St 5", "Floor 3"),
        ("公园路12 A 5", "公园路12 A", "5"),
        ("12 A 5", "12 A", "5"),
        ("5A12", "5A", "12"),
        ("Mannerheimintie 5A12", "Mannerheimintie 5A", "12"),
        ("Mannerheimintie 5A12, Helsinki", "Mannerheimintie 5A, Helsinki", "12"),
        ("公园路5A12", "公园路5A", "12"),
        ("5S12", "5S", "12"),
    ] {
        check(address, kept, cut);
    }
}

#[test]
fn a_text_that_is_no_address_is_cut_by_words_alone() {
    assert_eq!(inside_of_text("公园路1号301室").map(|(kept, _)| kept).as_deref(), Some("公园路1号"));
    for (text, kept) in
        [("公园路1号301室，联系物业", "公园路1号，联系物业"), ("301室", ""), ("5 High Street Apt B", "5 High Street")]
    {
        assert_eq!(inside_of_text(text).map(|(kept, _)| kept).as_deref(), Some(kept), "{text}");
    }
    for text in ["5室内消防栓，联系物业", "共3层", "see room 5", "room 5 is locked"] {
        assert_eq!(inside_of_text(text), None, "{text}");
    }
    for text in ["3-2-301", "5 A 12", "#301", "A-301", "查于1号 2024-05-01", "两室一厅", "same as 12"] {
        assert_eq!(inside_of_text(text), None, "{text}");
    }
}

#[test]
fn the_number_of_the_house_stays() {
    for address in [
        "公园路100号",
        "公园路100号3幢",
        "公园路12-3号",
        "公园路12-3",
        "公园路100-102",
        "公园路100-102号",
        "公园路 100 号",
        "公园路100 102",
        "公园路12-14号",
        "公园路100号、102",
        "公园路100、102号",
        "公园路100号（2幢）",
        "公园路100号(原98号)",
        "十里铺5号",
        "5号之二",
        "5号之2",
        "公园路5号附2号",
        "3幢",
        "3",
        "12-14",
        "100-102",
        "112-15 Northern Blvd",
        "10-12-14",
        "浙江省温州市鹿城区一二三路",
        "100 S 200 E",
        "5 Route 66",
        "350 5th Ave",
        "公园路100弄3号楼",
        "鹿城区五马街道三层桥路5号",
        "鹿城区五马街道一村20号",
        "解放街教室宿舍5号",
        "六十六号桥村7号",
        "A区3幢",
        "龙港市百有村方城路二街8号",
        "Mannerheimintie 12 B",
        "公园路12 A",
        "公园路12A",
        "公园路第8号",
        "公园路8号第二幢",
        "温州市第二十一中学",
        "第二层桥路",
        "公园路8号A户型展厅",
        "公园路8号农业户口办",
        "公园路④号",
        "公园路8号④幢",
        "公园路3F",
        "3F",
        "Gongyuan Rd, 3F",
        "Gongyuan Rd 3F",
        "30W101 Army Trail Road",
        "Army Trail Road 30W101",
        "N6W23001 Bluemound Road",
        "A5A12",
        "EG Road 5",
        "Ground Floor Lane 5",
        "Mannerheimintie 100-102",
        "Flat Rock Road 12",
        "Unit Road 5",
        "5 Level Street",
        "1st Avenue 5",
        "",
    ] {
        assert_eq!(inside(address), None, "{address}");
    }
}
