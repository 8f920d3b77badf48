//! What opens a door to a device or a service: recognised only in order to be refused.

/// What names such a thing, wherever in a name of letters it stands.
const STEMS: [&str; 9] =
    ["password", "passwd", "passphrase", "credential", "apikey", "secretkey", "accesskey", "密码", "口令"];
/// What names it only as a whole.
const WHOLE: [&str; 4] = ["pwd", "psw", "secret", "token"];
/// Addresses that are those of a live picture.
const STREAMS: [&str; 4] = ["rtsp://", "rtsps://", "rtmp://", "srt://"];

/// What a property of that name would hold, in words.
pub(crate) fn secret_name(name: &str) -> Option<&'static str> {
    let letters: String = name.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    let denied = STEMS.iter().any(|stem| letters.contains(stem)) || WHOLE.contains(&letters.as_str());
    denied.then_some("a password or key does not belong here")
}

/// What a text holds of that kind, in words.
pub(crate) fn secret_in(text: &str) -> Option<&'static str> {
    if !text.contains("://") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if STREAMS.iter().any(|scheme| lower.contains(scheme)) {
        return Some("the address of a stream belongs in the field `stream` of a camera");
    }
    let with_login = |rest: &str| {
        let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or_default();
        authority.rsplit_once('@').is_some_and(|(login, _)| login.contains(':'))
    };
    lower.split("://").skip(1).any(with_login).then_some("it holds an address with a login")
}
