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
/// Addresses that are those of a live picture.
const STREAMS: [&str; 10] =
    ["rtsp://", "rtsps://", "rtspu://", "rtmp://", "rtmps://", "rtp://", "srt://", "rist://", "mms://", "gb28181://"];
/// What stands before a secret in a text.
const SAID: [&str; 6] = ["password=", "passwd=", "pwd=", "password:", "密码:", "密码="];

/// A text as it looks: other forms of a character as the plain one, what takes no room left out, small letters.
fn plain(text: &str) -> String {
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

/// What a text holds of that kind, in words.
pub(crate) fn secret_in(text: &str) -> Option<&'static str> {
    if text.is_ascii() && !text.contains([':', '=']) {
        return None;
    }
    let plain = plain(text).replace("\\/", "/");
    if STREAMS.iter().any(|scheme| plain.contains(scheme)) {
        return Some("the address of a stream belongs in the field `stream` of a camera");
    }
    let with_login = |rest: &str| {
        let authority = rest.split(['/', '?', '#', ' ', ',', ';', '，', '；', '、']).next().unwrap_or_default();
        authority.rsplit_once('@').is_some_and(|(login, _)| login.contains(':'))
    };
    if plain.split("://").skip(1).any(with_login) {
        return Some("it holds an address with a login");
    }
    SAID.iter().any(|said| plain.contains(said)).then_some("it holds a password")
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "http://usr:pw@h",
            "http://h/x?user=admin&password=hunter2",
            "密码:123456",
        ] {
            assert!(secret_in(text).is_some(), "{text}");
        }
        for text in [
            "https://a.org/x@y",
            "https://a.org:8080,info@a.org",
            "网址http://h.cn:8080；邮箱a@b.cn",
            "9:00-18:00",
            "a=b",
        ] {
            assert_eq!(secret_in(text), None, "{text}");
        }
    }
}
