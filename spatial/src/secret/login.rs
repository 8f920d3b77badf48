//! Logins and passwords, in texts as [`plain`](super::plain) makes them.

/// Words for a password in letters, which need a sign or a digit behind them: a door may be `password protected`.
const LATIN: [&str; 5] = ["password", "passwd", "passcode", "passwort", "pwd"];
/// Words of other languages, which stand by themselves with `:` or `=` behind them: they are parts of other words.
const SIGNED: [&str; 3] = ["mima", "salasana", "kennwort"];
/// The same in Chinese, which need nothing but what they name.
const CHINESE: [&str; 3] = ["密码", "密碼", "口令"];
/// Words for the name that belongs to a password.
const USERS: [&str; 6] = ["用户名", "用戶名", "账号", "帐号", "賬號", "帳號"];
/// Words between a password and its name.
const IS: [&str; 4] = ["是", "为", "為", "is "];
/// Fewest signs of a password that stands behind its name without a sign between.
const LEAST: usize = 3;

/// Whether a text holds an address with a login: `http://usr:pw@h`, `admin:12345@10.0.0.2`.
pub(super) fn is_in(text: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || "/?#,;，；、\"'".contains(c);
    let schemed = text.split("://").skip(1).any(|rest| {
        let authority = rest.split(ends).next().unwrap_or_default();
        authority.rsplit_once('@').is_some_and(|(login, _)| login.contains(':'))
    });
    schemed || text.split(ends).any(is_login)
}

/// A name in letters, `:`, anything, `@`, a host.
fn is_login(word: &str) -> bool {
    let Some((login, host)) = word.rsplit_once('@') else { return false };
    let Some((user, password)) = login.split_once(':') else { return false };
    let user: Vec<char> = user.chars().rev().take_while(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
    let host: String = host.chars().take_while(|c| c.is_ascii_alphanumeric() || ".-:".contains(*c)).collect();
    let letters = user.iter().any(char::is_ascii_alphabetic);
    let digits = host.split('.').filter(|part| !part.is_empty()).count() == 4;
    !user.is_empty() && !password.is_empty() && (letters || digits) && host.contains(['.', ':'])
}

/// Whether a text says a password.
pub(super) fn password(text: &str) -> bool {
    let behind = |word: &'static str| {
        text.match_indices(word).map(move |(at, _)| (at, text.get(at + word.len()..).unwrap_or_default()))
    };
    let user = USERS.iter().any(|word| text.contains(word));
    let chinese = CHINESE.iter().flat_map(|word| behind(word)).any(|(_, rest)| {
        let (sign, said) = without_signs(rest);
        let length = said.chars().take_while(char::is_ascii_graphic).count();
        !said.is_empty() && (sign || length >= if user { 1 } else { LEAST })
    });
    let latin = || {
        LATIN.iter().flat_map(|word| behind(word)).any(|(at, rest)| {
            let stands = !text.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphabetic()));
            let (sign, said) = without_signs(rest);
            let word: String = said.chars().take_while(char::is_ascii_graphic).collect();
            sign || stands && word.len() >= LEAST && word.contains(|c: char| c.is_ascii_digit())
        })
    };
    let signed = || {
        SIGNED.iter().flat_map(|word| behind(word)).any(|(at, rest)| {
            let stands = !text.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric));
            stands && rest.trim_start().starts_with([':', '='])
        })
    };
    chinese || latin() || signed()
}

/// What is said behind blanks, `:`, `=` and `is`, and whether one of the two signs was there.
fn without_signs(rest: &str) -> (bool, &str) {
    let blank = |c: char| c.is_whitespace() || "\"'".contains(c);
    let mut said = rest.trim_start_matches(blank);
    said = IS.iter().find_map(|word| said.strip_prefix(word)).unwrap_or(said);
    let behind = said.trim_start_matches(|c: char| blank(c) || matches!(c, ':' | '='));
    let between = said.get(..said.len() - behind.len()).unwrap_or_default();
    (between.contains([':', '=']), behind)
}
