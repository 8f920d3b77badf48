use spatial::{Layer, Value};

use super::{Mapping, Places, Plan};

const HEADERS: [&str; 6] = ["编号", "类型", "经度", "纬度", "镇", "路"];

fn plan(mapping: &str) -> Result<Plan, String> {
    let headers = HEADERS.map(str::to_owned);
    let mapping = Mapping::parse(mapping).map_err(|error| error.to_string())?;
    Plan::new(Some(&mapping), &headers, Layer::Cameras, Places::InCells).map_err(|error| error.to_string())
}

fn row(cells: [&str; 6]) -> Vec<Option<Value>> {
    cells.map(|cell| Some(Value::Text(cell.to_owned()))).to_vec()
}

fn check(mapping: &str, cells: [&str; 6], expect: &str) {
    let plan = plan(mapping).unwrap();
    let got = match (plan.shape(&row(cells)), plan.properties(&row(cells))) {
        (Ok(shape), Ok(properties)) => {
            let words: Vec<String> = properties.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let first = shape.and_then(|found| found.shape.first()).unwrap();
            format!("{} {},{} {}", plan.id(&row(cells)).unwrap().unwrap_or_default(), first.x, first.y, words.join(" "))
        }
        (Err(problem), _) | (_, Err(problem)) => problem.reason,
    };
    assert_eq!(got, expect);
}

const GOOD: [&str; 6] = ["7", "枪机", "120.65", "28.01", "五马街道", "公园路"];

#[test]
fn columns_become_fields() {
    check("", GOOD, " 120.65,28.01 编号=7 类型=枪机 镇=五马街道 路=公园路");
    check("others = 'ignore'\nsource_id = '编号'", GOOD, "7 120.65,28.01 ");
    let kinds = "others = 'ignore'\n[fields]\nkind = { column = '类型', words = { '枪机' = 'fixed' } }";
    check(kinds, GOOD, " 120.65,28.01 kind=fixed");
    let ball = ["7", "球机", "120.65", "28.01", "", ""];
    check(kinds, ball, "the mapping of \"kind\" has no word for \"球机\" (it has 枪机)");
    check(
        &format!("{kinds}\nonline = {{ column = '镇', words = {{ 'x' = true }}, otherwise = false }}"),
        GOOD,
        " 120.65,28.01 kind=fixed online=false",
    );
    let joined = "others = 'ignore'\nabsent = ['无']\n[bag]\nat = { columns = ['镇', '路'], join = '-' }\n[constants]\nretention_days = 30";
    check(joined, GOOD, " 120.65,28.01 at=五马街道-公园路 retention_days=30");
    check(joined, ["7", "枪机", "120.65", "28.01", "无", "公园路"], " 120.65,28.01 at=公园路 retention_days=30");
}

#[test]
fn a_column_without_words_is_taken_as_it_is_and_an_empty_table_of_words_is_told_at_once() {
    check("[fields]\nname = { column = '类型' }", GOOD, " 120.65,28.01 name=枪机 编号=7 镇=五马街道 路=公园路");
    check("[bag]\na = { column = '类型' }", GOOD, " 120.65,28.01 a=枪机 编号=7 镇=五马街道 路=公园路");
    for (more, told) in [
        ("words = {}", "the key \"words\" of \"name\" under [fields] is empty"),
        ("words = {}, otherwise = 'a'", "the key \"words\" of \"name\" under [fields] is empty"),
        ("otherwise = 'a'", "the key \"otherwise\" of \"name\" under [fields] does not go without \"words\""),
    ] {
        let said = plan(&format!("[fields]\nname = {{ column = '类型', {more} }}")).unwrap_err();
        assert!(said.contains(told), "{more}: {said}");
    }
}

#[test]
fn places_are_found_where_the_mapping_says() {
    let other = "others = 'ignore'\n";
    check(&format!("{other}[geometry]\neast = '经度'\nnorth = '纬度'"), GOOD, " 120.65,28.01 ");
    let pair = format!("{other}[geometry]\npair = '路'\norder = 'lat,lon'");
    check(&pair, ["", "", "", "", "", "(37.78, -122.45)"], " -122.45,37.78 ");
    check(&pair, ["", "", "", "", "", "x"], "the place is no pair of numbers: \"x\"");
    check(&pair, ["", "", "", "", "", ""], "the row has no coordinates");
    check(&format!("{other}[geometry]\nwkt = '路'"), ["", "", "", "", "", "POINT(1 2)"], " 1,2 ");
    check(&format!("decimal_comma = true\n{other}"), ["", "", "120,65", "28,01", "", ""], " 120.65,28.01 ");
    check(other, ["", "", "120,65", "28", "", ""], "a coordinate is no number: \"120,65\"");
}

#[test]
fn what_does_not_fit_the_file_is_told_at_once() {
    let say = |mapping: &str| plan(mapping).unwrap_err();
    assert!(say("source_id = 'ID'").contains("names column \"ID\", and the file has 编号, 类型"));
    assert!(say("ignore = ['电话']").contains("names column \"电话\""));
    assert!(say("[fields]\ncolour = '类型'").contains("layer cameras has no field \"colour\"; it has name, kind"));
    assert!(say("others = 'refuse'").contains("does not name the columns 编号, 类型, 镇, 路"));
    assert!(say("[geometry]\nlon = '经度'").contains("the mapping file"));
    assert!(say("delimiter = 'xx'").contains("delimiter"));
    assert!(say("x").contains("the mapping file: TOML parse error"));
    let twice = ["a".to_owned(), "a".to_owned()];
    let error = Plan::new(None, &twice, Layer::Cameras, Places::InCells).unwrap_err().to_string();
    assert!(error.contains("two columns are called \"a\""), "{error}");
    let no_place = ["a".to_owned()];
    let error = Plan::new(None, &no_place, Layer::Cameras, Places::InCells).unwrap_err().to_string();
    assert!(error.contains("must say where the place is; the file has a"), "{error}");
}

#[test]
fn a_mapping_that_contradicts_itself_is_told_with_the_name() {
    let say = |mapping: &str| plan(mapping).unwrap_err();
    for (mapping, name, how) in [
        ("ignore = ['经度']\n[geometry]\nlon = '经度'\nlat = '纬度'", "经度", "read as the place"),
        ("ignore = ['路']\n[geometry]\nwkt = '路'", "路", "read as the place"),
        ("ignore = ['路']\n[geometry]\npair = '路'\norder = 'lat,lon'", "路", "read as the place"),
        ("ignore = ['编号']\nsource_id = '编号'", "编号", "read as the id"),
        ("ignore = ['类型']\n[fields]\nname = '类型'", "类型", "read as \"name\""),
        ("ignore = ['路']\n[bag]\nat = { columns = ['镇', '路'] }", "路", "read as \"at\""),
        ("[fields]\nname = '路'\n[constants]\nname = 'x'", "name", "under [fields] and under [constants]"),
        ("[bag]\nat = '路'\n[constants]\nat = 'x'", "at", "under [bag] and under [constants]"),
        ("[fields]\nname = '路'\n[bag]\nname = '镇'", "name", "under [fields] and under [bag]"),
    ] {
        let said = say(mapping);
        let told = said.contains("contradicts itself") && said.contains(&format!("{name:?}")) && said.contains(how);
        assert!(told, "{mapping}: {said}");
    }
    assert!(plan("ignore = ['路']\n[fields]\nname = '镇'\n[constants]\nowner_unit = 'x'").is_ok());
}

#[test]
fn a_name_that_every_row_has_of_its_own_is_refused_at_once() {
    for (mapping, name, table) in [
        ("[bag]\nsource = '路'", "source", "bag"),
        ("[bag]\nsource_id = '路'", "source_id", "bag"),
        ("[bag]\nrevision = { column = '路' }", "revision", "bag"),
        ("[constants]\nsource = 'x'", "source", "constants"),
        ("[constants]\nsource_id = 'same'", "source_id", "constants"),
    ] {
        let error = Mapping::parse(mapping).unwrap_err();
        assert!(matches!(error, crate::IntakeError::Options { part: Some("mapping"), .. }), "{error:?}");
        let told = error.to_string().contains(&format!("{name:?} cannot stand under [{table}]"));
        assert!(told, "{mapping}: {error}");
    }
    assert!(plan("source_id = '编号'\n[bag]\nsource_note = '路'").is_ok());
}

#[test]
fn a_key_that_is_missing_or_not_known_is_told_with_its_table() {
    for (mapping, told) in [
        ("[geometry]\nlon = '经度'", "the key \"lat\" of [geometry] is missing"),
        ("[geometry]\nnorth = '纬度'", "the key \"east\" of [geometry] is missing"),
        ("[geometry]\npair = '路'", "the key \"order\" of [geometry] is missing"),
        ("[geometry]\norder = 'lat,lon'", "[geometry] names no column: it needs lon and lat"),
        ("[geometry]\nlng = '经度'\nlat = '纬度'", "the key \"lng\" of [geometry] is not known; known are lon, lat"),
        ("[geometry]\nlon = 'a'\nlat = 'b'\nwkt = 'c'", "the key \"wkt\" of [geometry] does not go with"),
        ("[geometry]\nwkt = 'c'\norder = 'lat,lon'", "the key \"order\" of [geometry] does not go with"),
        ("[geometry]\npair = 'c'\norder = 'x'", "unknown variant `x`"),
        ("geometry = 'wkt'", "[geometry] as a table of columns"),
        ("[geometry]\nlon = 3", "expected a string"),
        (
            "[fields]\nkind = { column = '类型', word = { a = 'fixed' } }",
            "the key \"word\" of \"kind\" under [fields] is not known; known are column, words",
        ),
        ("[fields.kind]\nwords = { a = 'fixed' }", "the key \"column\" of \"kind\" under [fields] is missing"),
        ("[bag.at]\njoin = '-'", "the key \"columns\" of \"at\" under [bag] is missing"),
        (
            "[bag]\nat = { column = 'a', join = '-' }",
            "the key \"join\" of \"at\" under [bag] does not go with \"column\"",
        ),
        ("[bag]\nat = { columns = ['a'], words = {} }", "the key \"words\" of \"at\" under [bag] does not go with"),
        ("[bag]\nat = 3", "for \"at\" under [bag]"),
        ("[constants]\nat = [3]", "must be text, a number, true or false"),
    ] {
        let said = Mapping::parse(mapping).unwrap_err().to_string();
        assert!(said.contains(told) && !said.contains("untagged"), "{mapping}: {said}");
    }
}

#[test]
fn a_name_that_a_shapefile_cut_stands_for_its_field() {
    let cut = |headers: &[&str], mapping: &str| {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let mapping = Mapping::parse(mapping).unwrap();
        let plan = Plan::new(Some(&mapping), &headers, Layer::Cameras, Places::BesideCut).unwrap();
        let cells: Vec<Option<Value>> = headers.iter().map(|_| Some(Value::Float(30.0))).collect();
        let names: Vec<String> = plan.properties(&cells).unwrap().iter().map(|(name, _)| name.to_owned()).collect();
        (names.join(" "), plan.cut.len())
    };
    assert_eq!(cut(&["kind", "azimuth_de", "retention_"], ""), ("kind azimuth_deg retention_days".to_owned(), 2));
    // Not when the field itself is there, or comes from elsewhere, or the mapping means the column.
    assert_eq!(cut(&["azimuth_deg", "azimuth_de"], ""), ("azimuth_deg azimuth_de".to_owned(), 0));
    assert_eq!(cut(&["azimuth_de"], "[constants]\nazimuth_deg = 3"), ("azimuth_de azimuth_deg".to_owned(), 0));
    assert_eq!(cut(&["azimuth_de"], "[bag]\nd = 'azimuth_de'"), ("d".to_owned(), 0));
    assert_eq!(cut(&["azimuth_de"], "others = 'ignore'"), (String::new(), 0));
    assert_eq!(cut(&["azimuth_d"], ""), ("azimuth_d".to_owned(), 0));
}

#[test]
fn a_column_of_the_deny_list_is_not_read_under_another_name() {
    let say = |mapping: &str, column: &str, layer: Layer| {
        let headers = ["lon", "lat", "kind", column].map(str::to_owned);
        let mapping = Mapping::parse(mapping).unwrap();
        Plan::new(Some(&mapping), &headers, layer, Places::InCells)
            .map_or_else(|e| e.to_string(), |_| "fine".to_owned())
    };
    for (mapping, column) in [
        ("[bag]\nremark = '户主姓名'", "户主姓名"),
        ("[bag]\ngroup = '民族'", "民族"),
        ("[bag]\nt = '手机'", "手机"),
        ("[fields]\nname = '姓名'", "姓名"),
        ("[fields]\ncategory = '病史'", "病史"),
        ("[fields]\nname = { columns = ['kind', '姓名'] }", "姓名"),
        ("[bag]\na = { column = '民族', words = { '汉' = 'a' }, otherwise = 'b' }", "民族"),
        ("source_id = '身份证'", "身份证"),
        ("[geometry]\nwkt = 'phone'", "phone"),
        ("[geometry]\npair = 'phone'\norder = 'lat,lon'", "phone"),
        ("ignore = ['姓名']\n[fields]\nname = '姓名'", "姓名"),
        ("[bag]\nx = '密码'", "密码"),
    ] {
        let said = say(mapping, column, Layer::Places);
        assert!(said.contains("may only stand under `ignore`") && said.contains(column), "{mapping}: {said}");
    }
    // What is not read is nobody's matter, and a row says of itself what it may not hold.
    assert_eq!(say("ignore = ['姓名']", "姓名", Layer::Places), "fine");
    assert_eq!(say("others = 'ignore'", "姓名", Layer::Places), "fine");
    assert_eq!(say("", "姓名", Layer::Places), "fine");
    assert_eq!(say("[fields]\nowner_unit = 'owner_unit'", "owner_unit", Layer::Cameras), "fine");
    // The value of a person's number as the name of a column is not repeated.
    let said = say("[bag]\nx = '13800138000'", "13800138000", Layer::Places);
    assert!(said.contains("may only stand under") && !said.contains("13800138000"), "{said}");
}

#[test]
fn an_exports_own_places_come_before_facts_of_the_usual_names() {
    let properties = |headers: &[&str], cells: &[&str]| {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let cells: Vec<Option<Value>> = cells.iter().map(|cell| Some(Value::Text((*cell).to_owned()))).collect();
        let plan = Plan::new(None, &headers, Layer::Cameras, Places::InCells).unwrap();
        let first = plan.shape(&cells).unwrap().and_then(|found| found.shape.first()).unwrap();
        let facts = plan.properties(&cells).unwrap();
        let facts: Vec<String> = facts.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{},{} {}", first.x, first.y, facts.join(" "))
    };
    let [lon, lat, text] = &super::place_headers(&["lon", "lat"]);
    assert_eq!(properties(&[lon, lat, "lon", "lat"], &["120.65", "28.01", "a", "b"]), "120.65,28.01 lon=a lat=b");
    let wkt = properties(&[text, "wkt", "x", "y"], &["POINT (120.65 28.01)", "a", "1", "2"]);
    assert_eq!(wkt, "120.65,28.01 wkt=a x=1 y=2");
    // Facts that have our own names are facts as well, alone, in pairs, and with those of ours before them.
    let long = "onemap_".repeat(8) + "lat";
    for facts in [&["onemap_lon", "lon"][..], &["onemap_lon", "onemap_lat"], &["Onemap_WKT"], &[long.as_str(), "x"]] {
        let [lon, lat, text] = &super::place_headers(facts);
        let kept: Vec<String> = facts.iter().enumerate().map(|(at, name)| format!("{name}={at}")).collect();
        let numbers = ["0", "1"].get(..facts.len()).unwrap();
        let of = |names: &[&str], cells: &[&str]| properties(&[names, facts].concat(), &[cells, numbers].concat());
        let expect = format!("120.65,28.01 {}", kept.join(" "));
        assert_eq!(of(&[lon, lat], &["120.65", "28.01"]), expect);
        assert_eq!(of(&[text], &["POINT (120.65 28.01)"]), expect);
    }
}

#[test]
fn headers_have_no_outer_blanks_and_a_column_without_a_name_is_called_by_its_number() {
    let headers = ["id", " lon", "lat\r", "kind ", "", " note "].map(str::to_owned);
    let cells = ["a", "120.65", "28.01", "dome", "x", "y"].map(|cell| Some(Value::Text(cell.to_owned())));
    let said = |mapping: &str| {
        let mapping = Mapping::parse(mapping).unwrap();
        let plan = Plan::new(Some(&mapping), &headers, Layer::Cameras, Places::InCells).unwrap();
        let facts = plan.properties(&cells).unwrap();
        facts.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(said(""), "kind=dome column 5=x note=y");
    assert_eq!(said("[bag]\n' more ' = ' note '"), "more=y kind=dome column 5=x");
}
