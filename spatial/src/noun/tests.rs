use crate::{Layer, Noun, Properties, Value};

fn check(layer: Layer, name: &'static str, value: &Value, expect: &str) {
    let mut properties = Properties::new();
    if layer == Layer::Roads {
        properties.put("class", Value::Text("primary".to_owned()));
    }
    properties.put(name, value.clone());
    let got = match Noun::take(layer, &mut properties) {
        Ok(noun) => noun.properties().get(name).map(ToString::to_string).unwrap_or_default(),
        Err(error) => error.to_string(),
    };
    assert!(got.starts_with(expect), "{name} {value}: {got}");
}

#[test]
fn values_that_cannot_be_are_refused() {
    let (text, refused) = (|text: &str| Value::Text(text.to_owned()), "speed_kmh must be 1 to 200");
    for (value, expect) in [(1, "1"), (200, "200"), (0, refused), (201, refused), (900, refused)] {
        check(Layer::Roads, "speed_kmh", &Value::Int(value), expect);
    }
    check(Layer::Roads, "lanes", &Value::Int(20), "20");
    check(Layer::Roads, "lanes", &Value::Int(0), "lanes must be 1 to 20");
    check(Layer::Roads, "lanes", &Value::Int(99), "lanes must be 1 to 20");
    for (height, expect) in [(828.0, "828"), (0.0, "height_m must be"), (-3.0, "height_m must be"), (1e4, "height_m")] {
        check(Layer::Buildings, "height_m", &Value::Float(height), expect);
    }
    for value in [Value::Float(3.0), text("3.0"), text(" 3 "), Value::Int(3)] {
        check(Layer::Buildings, "levels", &value, "3");
    }
    for value in [Value::Float(3.5), text("3.5"), Value::Float(1e12), text("-1")] {
        check(Layer::Buildings, "levels", &value, "property \"levels\" must be a whole number");
    }
    check(Layer::Buildings, "levels", &Value::Int(0), "levels must be 1 to 200");
    check(Layer::Buildings, "levels", &Value::Int(999), "levels must be 1 to 200");
}

#[test]
fn one_way_is_kept_by_one_word() {
    let text = |text: &str| Value::Text(text.to_owned());
    let cases: [(&str, &[Value]); 5] = [
        ("yes", &[text("yes"), text("true"), text("1"), text("F"), text(" YES "), Value::Bool(true), Value::Int(1)]),
        ("-1", &[text("-1"), text("reverse"), text("T"), Value::Int(-1), Value::Float(-1.0)]),
        ("no", &[text("no"), text("false"), text("0"), text("B"), Value::Bool(false), Value::Int(0), text("No")]),
        ("reversible", &[text("reversible")]),
        ("alternating", &[text("alternating")]),
    ];
    for (expect, values) in cases {
        for value in values {
            check(Layer::Roads, "oneway", value, expect);
        }
    }
    // A small letter may be the code or a false: it is not guessed.
    for value in [text("f"), text("t"), text("x"), text("单行"), Value::Int(2), Value::Float(0.5)] {
        check(Layer::Roads, "oneway", &value, "property \"oneway\" must be one of yes, no, -1");
    }
    check(Layer::Roads, "oneway", &text(""), "");
}

#[test]
fn an_old_registration_number_is_no_identity_number() {
    use crate::codes::{is_old_identity_number, is_registration_number};
    let text = |text: &str| Value::Text(text.to_owned());
    // Every number of an authority whose digits hold a date is tried with each of its ten last digits.
    let mut taken = 0;
    for sequence in 0..2_000_u32 {
        for last in 0..10 {
            let number = format!("3303026{:07}{last}", u64::from(sequence) * 7_919 % 10_000_000);
            if !is_old_identity_number(&number) {
                continue;
            }
            if is_registration_number(&number) {
                taken += 1;
                check(Layer::Enterprises, "legacy_reg_no", &text(&number), &number);
                let whole = Value::Int(number.parse().unwrap());
                check(Layer::Enterprises, "legacy_reg_no", &whole, &number);
            } else {
                let refused = "property \"legacy_reg_no\" ";
                check(Layer::Enterprises, "legacy_reg_no", &text(&number), refused);
            }
            // In any other field it is what it looks like.
            check(Layer::Enterprises, "name", &text(&number), "property \"name\" ");
        }
    }
    assert!(taken > 20, "{taken}");
    for value in ["浙C12345", "13800138000", "11010519491231002X"] {
        check(Layer::Enterprises, "legacy_reg_no", &text(value), "property \"legacy_reg_no\" ");
    }
    check(Layer::Enterprises, "legacy_reg_no", &text(" 330302000012345 "), "330302000012345");
    check(Layer::Enterprises, "legacy_reg_no", &text(""), "");
}
