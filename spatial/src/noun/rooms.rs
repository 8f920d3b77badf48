//! What a row says of the inside of a building: moved to `floor` and `room`, which do not leave the server, or left out.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::inside::{bracketed, inside, inside_of_text};
use super::nested::{is_nested, nested};
use crate::attributes::names_within;
use crate::layer::Layer;
use crate::value::{Properties, Value};

/// Names of properties that say where in a building a dwelling is, letters only and small.
const ROOM_NAMES: &str = "\
    房号 房间 房间号 房间名 室号 室 户号 户室号 门室号 单元 单元号 单元室 房室号 房號 房間 房間號 室號 單元 單元號 戶號 \
    room roomno roomnum roomnumber roomnumbe roomid roomname flat flatno flatnum flatnumber flatnumbe apartment \
    apartmentno apartmentnumber apartmentn apt aptno aptnum aptnumber door doorno doornum doornumber doornumbe unit \
    unitno unitnum unitnumber unitnumbe suite suiteno suitenumber addrdoor addrunit addrflat addrflats addrroom \
    addrapartment addrsuite addressunit addressroom fanghao fangjian fangjianhao shihao danyuan danyuanhao menshihao \
    fjh dyh asunto asuntonumero huoneisto huone wohnung wohnungsnr wohnungsnummer whg zimmer lägenhet lgh \
    房间号码 房間號碼 门 門 户 戶 套 doorplate doorplateno 호 호수 호실 동호수 部屋番号 号室 室番号";
/// The same of floors.
const FLOOR_NAMES: &str = "\
    floor 楼层 楼层号 所在层 所在楼层 层 层号 樓層 樓層號 所在樓層 floorno floornum floornumber floornumb storey louceng addrfloor \
    addressfloor kerros etage 층 層 階";
/// What the name of a column that holds an address has in it.
const ADDRESS_NAMES: &str = "addr adres adress 地址 住址 门牌 門牌 坐落 住所 dizhi zhuzhi menpai mpdz osoite location street straße strasse 주소";
/// The layer's own properties that are what they are.
const OWN: [&str; 6] = ["room", "floor", "address_code", "usage", "source", "source_id"];
/// Names of rooms that may count or name something else of a building.
const OF_BUILDINGS: [&str; 9] = ["unit", "door", "suite", "单元", "單元", "门", "門", "户", "套"];
/// Longest text that is moved, characters; a longer one is no room.
const LONGEST: usize = 60;

/// What was taken out of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// An address went on inside the building, and ends there now.
    pub address: bool,
    /// A column says unit, floor or room, and is not kept as such.
    pub column: bool,
}

enum Found {
    /// The whole property, which says where in the building.
    Column { floor: bool },
    /// The whole property, which says it among other things and cannot be cut.
    Whole,
    /// The end of its text.
    End { kept: String, rest: String },
}

/// Both lists, made ready once: whether the name says a floor.
static NAMES: LazyLock<HashMap<&'static str, bool>> = LazyLock::new(|| {
    let rooms = ROOM_NAMES.split_ascii_whitespace().map(|name| (name, false));
    rooms.chain(FLOOR_NAMES.split_ascii_whitespace().map(|name| (name, true))).collect()
});

/// Takes out of a row what lies inside a building. Of a dwelling, the end of an address goes to `room` and columns of other
/// names for floor and room to those fields, when these are empty; else, and of a building, it is left out.
pub(super) fn settle(layer: Layer, properties: &mut Properties) -> Settled {
    let dwelling = layer == Layer::Houses;
    let find = |name: &str, value: &Value| if dwelling { of_dwelling(name, value) } else { of_building(name, value) };
    let found: Vec<(String, Found)> =
        properties.iter().filter_map(|(name, value)| find(name, value).map(|found| (name.to_owned(), found))).collect();
    let (mut settled, mut rooms, mut floors, mut ends) = (Settled::default(), Vec::new(), Vec::new(), Vec::new());
    for (name, found) in found {
        match found {
            Found::Column { floor } => {
                settled.column = true;
                let value = properties.take(&name).map(|value| value.to_string()).unwrap_or_default();
                if floor { floors.push(value) } else { rooms.push(value) }
            }
            Found::Whole => {
                settled.column = true;
                drop(properties.take(&name));
            }
            Found::End { mut kept, rest } => {
                // What is left may say of a room again: `6, / Floor 1, / 2 krs`.
                while let Some(Found::End { kept: shorter, .. }) = find(&name, &Value::Text(kept.clone()))
                    && shorter.len() < kept.len()
                {
                    kept = shorter;
                }
                kept.truncate(kept.trim_end_matches([' ', ',', '/', '，', '、']).len());
                settled.address = true;
                ends.push(rest);
                match kept.as_str() {
                    "" => drop(properties.take(&name)),
                    kept => properties.put(name, Value::Text(kept.to_owned())),
                }
            }
        }
    }
    if rooms.is_empty() {
        rooms.extend(ends.into_iter().next());
    }
    for (field, said) in [("room", rooms), ("floor", floors)] {
        let said: Vec<&str> = said.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
        let said = said.join("-");
        let there = properties.get(field).is_some_and(|value| !value.to_string().trim().is_empty());
        if dwelling && !there && !said.is_empty() && said.chars().count() <= LONGEST {
            properties.put(field, Value::Text(said));
        }
    }
    settled
}

fn of_dwelling(name: &str, value: &Value) -> Option<Found> {
    if name == "usage" {
        let (kept, _) = value.as_text().and_then(inside)?;
        return kept.is_empty().then_some(Found::Column { floor: false });
    }
    if OWN.contains(&name) {
        return None;
    }
    // The id of a building is what it is, unless it is an address in words.
    if name == "building" {
        return value.as_text().filter(|text| !text.is_ascii()).and_then(inside).map(end);
    }
    if let Some(found) = named(name) {
        return Some(found);
    }
    let text = value.as_text()?;
    if names_within(text).iter().any(|name| named(name).is_some()) {
        return Some(Found::Whole);
    }
    let cut = |name: &str, text: &str| {
        let end = bracketed(text, name == "name" || is_address(name));
        end.or_else(|| if is_address(name) { inside(text) } else { inside_of_text(text) })
    };
    within(name, text, cut)
}

fn of_building(name: &str, value: &Value) -> Option<Found> {
    let address = is_address(name);
    if let Some(found) = named(name) {
        let other = OF_BUILDINGS.contains(&letters(name).as_str()) || matches!(found, Found::Column { floor: true });
        return (address || !other).then_some(found);
    }
    let cut = |inner: &str, text: &str| match bracketed(text, false) {
        None if address || is_address(inner) => inside(text),
        found => found,
    };
    (address || name == "name").then(|| within(name, value.as_text()?, cut))?
}

/// What is cut out of a text. One that is JSON is cut in each of its own texts by the name that stands before it; where that
/// cannot be done, it is left out whole.
fn within(name: &str, text: &str, cut: impl Fn(&str, &str) -> Option<(String, String)>) -> Option<Found> {
    if !is_nested(text) {
        return cut(name, text).map(end);
    }
    match nested(
        text,
        |inner, text| if inner.is_empty() { cut(name, text) } else { cut(inner, text).or_else(|| cut(name, text)) },
    ) {
        Some((kept, rest)) => (!rest.is_empty()).then(|| end((kept, rest.join(", ")))),
        None => cut(name, text).map(|_| Found::Whole),
    }
}

fn end((kept, rest): (String, String)) -> Found {
    Found::End { kept, rest }
}

fn named(name: &str) -> Option<Found> {
    NAMES.get(letters(name).as_str()).map(|floor| Found::Column { floor: *floor })
}

fn is_address(name: &str) -> bool {
    if name == "address" {
        return true;
    }
    let letters = letters(name);
    ADDRESS_NAMES.split_ascii_whitespace().any(|known| letters.contains(known))
}

/// The letters of a name, small, full-width ones as plain ones.
fn letters(name: &str) -> String {
    if name.is_ascii() {
        return name.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    }
    name.nfkc().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(layer: Layer, all: &[(&'static str, &str)]) -> (Settled, String) {
        let mut properties: Properties =
            all.iter().map(|(name, text)| ((*name).into(), Value::Text((*text).to_owned()))).collect();
        let settled = settle(layer, &mut properties);
        let said: Vec<String> = properties.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (settled, said.join(" "))
    }

    fn check(all: &[(&'static str, &str)], address: bool, column: bool, said: &str) {
        assert_eq!(of(Layer::Houses, all), (Settled { address, column }, said.to_owned()), "{all:?}");
    }

    #[test]
    fn what_lies_inside_goes_to_its_own_field() {
        check(&[("address", "公园路1号2单元301室")], true, false, "address=公园路1号 room=2单元301室");
        // What the file says of the room itself stays.
        check(&[("address", "公园路1号2单元301室"), ("room", "301")], true, false, "address=公园路1号 room=301");
        check(&[("房号", "301"), ("楼层", "3")], false, true, "room=301 floor=3");
        // An end behind an end: nothing is left that would be cut the next time.
        let twice = "Vilhonkatu 6, / Floor 1, / Floor 2";
        let (settled, said) = of(Layer::Houses, &[("address", twice)]);
        assert!(settled.address && said.starts_with("address=Vilhonkatu 6 "), "{said}");
        check(&[("单元", "2"), ("房号", "301")], false, true, "room=2-301");
        check(&[("full_address", "公园路1号301室")], true, false, "full_address=公园路1号 room=301室");
        check(&[("address", "301室")], true, false, "room=301室");
        check(&[("remark", "3-2-301")], false, false, "remark=3-2-301");
        check(&[("门牌", "3-2-301")], true, false, "门牌=3 room=2-301");
        check(&[("building", "3幢2单元301室")], true, false, "building=3幢 room=2单元301室");
        check(&[("building", "b-3-2-301")], false, false, "building=b-3-2-301");
        let same = [("address", "公园路1号"), ("floor", "3"), ("room", "2单元301室"), ("floors", "6")];
        check(&same, false, false, "address=公园路1号 floor=3 room=2单元301室 floors=6");
        check(&[("usage", "301室")], false, true, "room=301室");
        check(&[("usage", "住宅")], false, false, "usage=住宅");
        check(&[("name", "公园路1号(301)")], true, false, "name=公园路1号 room=301");
    }

    #[test]
    fn what_stands_beside_a_room_stays() {
        check(&[("note", "图(1203)")], false, false, "note=图(1203)");
        check(&[("note", "5室内消防栓，联系物业")], false, false, "note=5室内消防栓，联系物业");
        check(&[("note", "公园路1号301室，联系物业")], true, false, "note=公园路1号，联系物业 room=301室");
        let list = [("addresses", r#"["公园路1号301室","second"]"#)];
        check(&list, true, false, r#"addresses=["公园路1号","second"] room=301室"#);
        let bag = [("info", r#"{"addr":"公园路100号，301","keep":"yes"}"#)];
        check(&bag, true, false, r#"info={"addr":"公园路100号","keep":"yes"} room=301"#);
        let whole = [("info", r#"{"addr":"\u516c园路1号301室","a":{"b":[1,"x\"y"]}}"#)];
        check(&whole, true, false, r#"info={"addr":"公园路1号","a":{"b":[1,"x\"y"]}} room=301室"#);
        check(&[("info", r#"["公园路1号301室"#)], true, false, r#"info=["公园路1号 room=301室"#);
        check(&[("address", r#"["公园路1号301室]"#)], false, true, "");
        check(&[("address", "[301]")], true, false, "room=301");
    }

    #[test]
    fn a_column_that_says_the_room_is_not_kept_under_its_name() {
        for name in [
            "房间",
            "室号",
            "房号",
            "房間號",
            "單元",
            "addr:door",
            "addr:unit",
            "addr:flats",
            "unit",
            "Unit",
            "UNIT_NO",
            "Room No.",
            "flat",
            "apartment",
            "ａｐｔ",
            "APARTMENT_N",
            "huoneisto",
            "房间号码",
            "门",
            "户",
            "套",
            "doorplate",
            "호수",
            "部屋番号",
            "danyuan",
        ] {
            check(&[(name, "301")], false, true, "room=301");
        }
        check(&[("addr:floor", "3")], false, true, "floor=3");
        check(&[("unit", &"x".repeat(90))], false, true, "");
        check(&[("info", r#"{"room":"301","a":1}"#)], false, true, "");
        check(&[("info", r#"{"a":{"room":"301"}}"#), ("room", "1")], false, true, "room=1");
        for name in ["rooms", "户型", "房屋编号", "units", "楼号", "door_material", "unit_price", "flats"] {
            check(&[(name, "3")], false, false, &format!("{name}=3"));
        }
    }

    #[test]
    fn an_address_of_a_building_ends_there_too() {
        let of = |all: &[(&'static str, &str)]| of(Layer::Buildings, all);
        let settled = |address: bool, column: bool| Settled { address, column };
        assert_eq!(of(&[("address", "公园路1号3幢301室")]), (settled(true, false), "address=公园路1号3幢".into()));
        assert_eq!(of(&[("addr:flats", "1-12")]), (settled(false, true), String::new()));
        assert_eq!(of(&[("房号", "301"), ("levels", "3")]), (settled(false, true), "levels=3".into()));
        assert_eq!(of(&[("name", "公园路1号(301室)")]), (settled(true, false), "name=公园路1号".into()));
        assert_eq!(of(&[("name", "大厦(2003)")]), (settled(false, false), "name=大厦(2003)".into()));
        assert_eq!(of(&[("name", "地下室"), ("unit", "2")]), (settled(false, false), "name=地下室 unit=2".into()));
    }
}
