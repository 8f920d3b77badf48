//! What opens a door to a device or a service: recognised only in order to be refused.

use unicode_normalization::UnicodeNormalization;

use crate::denied::is_unseen;

/// What names such a thing, wherever in a name of letters it stands.
const STEMS: [&str; 18] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "credential",
    "apikey",
    "secretkey",
    "accesskey",
    "privatekey",
    "sshkey",
    "accesstoken",
    "authtoken",
    "apitoken",
    "clientsecret",
    "密码",
    "密碼",
    "口令",
];
/// What names it only as a whole.
const WHOLE: [&str; 8] = ["psw", "pass", "userpass", "rtsppass", "secret", "token", "pincode", "mima"];
/// What holds a stem and is harmless.
const HARMLESS: [&str; 3] = ["passwordprotected", "密码锁", "密碼鎖"];

/// A text as it looks: other forms of a character as the plain one, what takes no room left out, small letters.
pub(crate) fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkc().filter(|c| !is_unseen(*c)).flat_map(char::to_lowercase).collect()
}

/// What a property of that name would hold, in words.
pub(crate) fn secret_name(name: &str) -> Option<&'static str> {
    let letters: String = plain(name).chars().filter(|c| c.is_alphabetic()).collect();
    let letters = HARMLESS.iter().fold(letters, |rest, word| rest.replace(word, ""));
    let denied = STEMS.iter().any(|stem| letters.contains(stem)) || WHOLE.contains(&letters.as_str());
    denied.then_some("a password or key does not belong here")
}

/// Most times that a text is read as one that was written for an address.
const MOST_TIMES: usize = 3;

/// The text with the signs that stand for `:`, `/` and others in an address (`%3A`, `%2f`); `None` when it has none.
fn unescaped(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let (mut plain, mut found) = (parts.next()?.to_owned(), false);
    for part in parts {
        let code = part.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        match code.filter(u8::is_ascii_graphic) {
            Some(sign) => {
                found = true;
                plain.push(char::from(sign).to_ascii_lowercase());
                plain.push_str(part.get(2..).unwrap_or_default());
            }
            None => plain.extend(['%'].into_iter().chain(part.chars())),
        }
    }
    found.then_some(plain)
}

/// Whether a text has a sign without which it holds nothing of that kind: an import asks for every text of every row. Words
/// for a password without a sign behind them begin with `pa` or `pw`.
fn may_open(text: &str) -> bool {
    let plain = |c: char| c.is_ascii() || matches!(c, '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}');
    let said = |c: char| matches!(c, ':' | '=' | '@' | '/' | '%' | '\\' | '密' | '口');
    let mut before = ' ';
    text.chars().any(|c| {
        let word = matches!((before, c), ('p' | 'P', 'a' | 'A' | 'w' | 'W'));
        before = c;
        word || said(c) || !plain(c)
    })
}

/// What a text holds of that kind, in words: the address of a stream, an address with a login or a key, a password.
pub(crate) fn secret_in(text: &str) -> Option<&'static str> {
    if may_open(text) { searched(text) } else { None }
}

/// The same, read to its end.
fn searched(text: &str) -> Option<&'static str> {
    let mut plain = plain(text).replace("\\/", "/").replace('\\', "/");
    // Once more for each time that it was written for an address: `%253A` is `%3A` is `:`.
    for _ in 0..MOST_TIMES {
        match unescaped(&plain) {
            Some(next) => plain = next,
            None => break,
        }
    }
    if stream::is_in(&plain) {
        return Some("the address of a stream belongs in the field `stream` of a camera");
    }
    if login::is_in(&plain) {
        return Some("it holds an address with a login");
    }
    login::password(&plain).then_some("it holds a password")
}

mod login;
mod stream;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_not_searched_opens_nothing(
            parts in prop::collection::vec(prop::sample::select(PARTS.split(' ').collect::<Vec<_>>()), 0..8),
            gap in prop::sample::select(vec!["", " ", "-"]),
        ) {
            let text = parts.join(gap);
            prop_assert!(may_open(&text) || searched(&text).is_none(), "{}", text);
        }
    }

    /// What texts are made of for that.
    const PARTS: &str = "password PWD pwd passwd passcode passwort p Pa w ass mima salasana kennwort 密码 密 码 口令 令 用户名 账号 \
        is 是 12345 a1 admin : = @ / // % 3A 2f \\ rtsp http udp ws 10.0.0.2 cam.example.org 554 live stream m3u8 .flv ? # & key token \
        公园路 100号 ： ／ 。 ； ， （ ） house b12 residential import generated ｐ \u{200b} é";

    #[test]
    fn names() {
        for name in
            ["password", "rtsp_pwd", "Admin-Passwd", "access_token", "ｐａｓｓｗｏｒｄ", "密碼", "pass\u{200b}word"]
        {
            assert!(secret_name(name).is_some(), "{name}");
        }
        for name in ["password_protected_wifi", "密码锁", "passage", "bypass", "tokens", "compass"] {
            assert_eq!(secret_name(name), None, "{name}");
        }
    }

    #[test]
    fn texts() {
        for text in [
            "rtsp://h/x",
            "RTSPS://h/x",
            "rt\u{200b}sp://h",
            "ｒｔｓｐ：／／h",
            r#"{"u":"rtsp:\/\/h\/x"}"#,
            "ws://h/x",
            "wss://h/x",
            "见webrtc://h/x",
            "udp://@239.0.0.1:1234",
            "onvif://h",
            "hls://h/x",
            r"rtsp:\\h\x",
            "rtsp : //h/x",
            "rtsp:/h",
            "http://h/live/1.flv",
            "https://h/a/index.m3u8?x=1",
            "http://h/x.mpd",
            "http://h/x.mjpg",
            "http://h:8080/hls/7/",
            "https://h/live/7",
            "http://h/stream",
            "http://h/stream1",
            "http://h/ISAPI/Streaming/Channels/101",
            "http://h/axis-cgi/mjpg/video.cgi",
            "10.0.0.2:554/h264",
            "cam1.example.org:554",
            "cam1:554/x",
            "http://usr:pw@h",
            "admin:12345@10.0.0.2",
            "登录admin:pw@cam1.example.org/1",
            "http://h/x?user=admin&password=hunter2",
            "https://h/x?token=abc",
            "https://h/x?a=1&access_token=abc",
            "https://h/x?key=abc",
            "https://h/x#auth=abc",
            "密码:123456",
            "密码12345",
            "密码 abc123",
            "密码是：芝麻开门",
            "密碼12345",
            "口令=开门",
            "pwd:x",
            "PWD 12345",
            "password hunter2",
            "password is hunter2",
            "password12345",
            "用户名admin密码admin",
        ] {
            assert!(secret_in(text).is_some(), "{text}");
        }
        for text in [
            "https://example.org/page",
            "https://a.org/x@y",
            "https://a.org:8080,info@a.org",
            "网址http://h.cn:8080；邮箱a@b.cn",
            "http://h.cn/livestock/streamlined?keyword=a&page=2",
            "https://tv.example.org/live",
            "ftp://example.org/data.zip",
            "mailto:info",
            "9:00-18:00",
            "9:00@5.20",
            "比例1:554",
            "a=b",
            "password protected",
            "a keypad with password",
            "密码锁",
            "需要密码，问物业",
            "门口令人难忘",
            "码头口令牌",
            "电梯口 12",
            "Pass 66",
            "Brenner Pass: 1370 m",
        ] {
            assert_eq!(secret_in(text), None, "{text}");
        }
    }

    #[test]
    fn other_languages_other_signs_and_no_scheme() {
        for text in [
            "mima:12345",
            "Mima：abc",
            "Passwort: geheim",
            "Passwort geheim1",
            "salasana: x",
            "Salasana=x",
            "Kennwort: x",
            "rtsp%3A%2F%2Fh%2Fx",
            "rtsp%3a//h/x",
            "rtsp%253A%252F%252Fh%252Fx",
            "https://h/x?u=rtsp%3A%2F%2Fh",
            "https://h/x?u=https%3A%2F%2Fg%2Flive%2F1",
            "admin%3A12345%4010.0.0.2",
            "1.2.3.4/live/a.flv",
            "看 1.2.3.4/live/1",
            "1.2.3.4:8080/live/a.flv",
            "1.2.3.4/x?token=abc",
            "cam.example.org/a/index.m3u8",
            "cam.example.org:8080/a.flv",
            "账号 a 密码 b",
        ] {
            assert!(secret_in(text).is_some(), "{text}");
        }
        for text in [
            "mimalu 5: 12",
            "Akimima: 5",
            "Schlüsselwort: x",
            "Passworträtsel",
            "100%25 / 50 %",
            "a%3Ab",
            "https://h/x?u=https%3A%2F%2Fexample.org%2Fpage",
            "50%/50%",
            "1.2.3.4/24",
            "1.2.3.4",
            "3/4/2024",
            "公园路1/2/301",
            "example.org/live/today",
            "example.org/page",
            "and/or.ts",
            "1.5/stream",
        ] {
            assert_eq!(secret_in(text), None, "{text}");
        }
    }
}
