//! Addresses of live pictures, in texts as [`plain`](super::plain) makes them.

/// Schemes of pages and files. Any other one before `://` opens a device or a service.
const PAGES: [&str; 3] = ["http", "https", "ftp"];
/// Schemes that are known however the signs after them are written.
const KNOWN: [&str; 17] = [
    "rtsp", "rtsps", "rtspu", "rtmp", "rtmps", "rtmpt", "rtp", "srt", "rist", "mms", "gb28181", "webrtc", "whep",
    "hls", "flv", "onvif", "udp",
];
/// Ports on which cameras and media servers give pictures.
const PORTS: [&str; 3] = ["554", "8554", "1935"];
/// Endings of streams and their lists.
const ENDINGS: [&str; 9] = [".flv", ".m3u8", ".ts", ".mpd", ".sdp", ".mjpg", ".mjpeg", ".m4s", ".m3u"];
/// Parts of a path that name one, as a whole part.
const PARTS: [&str; 8] = ["hls", "flv", "mjpg", "mjpeg", "stream", "streams", "streaming", "onvif"];
/// Names of queries that hold a key, as a whole or behind `_` or `-`.
const KEYS: [&str; 13] = [
    "token",
    "pwd",
    "passwd",
    "password",
    "pass",
    "key",
    "apikey",
    "accesskey",
    "secret",
    "auth",
    "authkey",
    "sig",
    "signature",
];

/// Whether a text holds the address of a live picture, or one with a key.
pub(super) fn is_in(text: &str) -> bool {
    text.match_indices(':').any(|(at, _)| {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        scheme_is(before, after) || port_is(before, after)
    }) || text.split(ends_address).any(unschemed_is)
}

/// Signs behind an address in a sentence.
fn ends_address(c: char) -> bool {
    c.is_whitespace() || "\"'<>,;，；、。()（）".contains(c)
}

/// An address without a scheme: `1.2.3.4/live/a.flv`, `看cam.example.org/a.m3u8`. Of a host by name only the ending of the file
/// decides, for its other pages may be called what they like.
fn unschemed_is(word: &str) -> bool {
    let Some((before, path)) = word.split_once('/') else { return false };
    let before = before
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(before, |(host, _)| host);
    let host = last_word(before, ".-");
    let labels: Vec<&str> = host.split('.').collect();
    let number = |label: &&str| label.parse::<u8>().is_ok();
    if labels.len() == 4 && labels.iter().all(number) {
        return page_is(&format!("{host}/{path}"));
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let named = labels.len() > 1 && labels.iter().all(|label| !label.is_empty());
    let domain = labels.last().is_some_and(|last| last.len() > 1 && last.bytes().all(|b| b.is_ascii_alphabetic()));
    // `.ts` is a program's as well.
    named && domain && ENDINGS.iter().any(|ending| *ending != ".ts" && path.ends_with(ending))
}

/// The letters, digits and signs of a scheme or a host at the end of a text.
fn last_word(text: &str, signs: &str) -> String {
    let word: Vec<char> = text.chars().rev().take_while(|c| c.is_ascii_alphanumeric() || signs.contains(*c)).collect();
    word.into_iter().rev().collect()
}

fn scheme_is(before: &str, after: &str) -> bool {
    if KNOWN.contains(&last_word(before.trim_end(), "").as_str()) && after.trim_start().starts_with('/') {
        return true;
    }
    let scheme = last_word(before, "+.-");
    let Some(rest) = after.strip_prefix("//").filter(|_| !scheme.is_empty()) else { return false };
    match scheme.as_str() {
        "http" | "https" => page_is(rest.split(ends_address).next().unwrap_or_default()),
        scheme => !PAGES.contains(&scheme),
    }
}

/// Whether the address of a page is one of a stream, or has a key: by its path and its query.
fn page_is(rest: &str) -> bool {
    let (page, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    let keyed = query.split(['?', '#', '&']).any(|pair| {
        let name = pair.split_once('=').map_or("", |(name, _)| name);
        KEYS.contains(&name.rsplit(['_', '-']).next().unwrap_or_default())
    });
    let mut path: Vec<&str> = page.split('/').skip(1).filter(|part| !part.is_empty()).collect();
    if page.split_once('/').is_some_and(|(_, path)| path.ends_with('/')) {
        // `/live/` is a folder of streams, `/live` may be a page.
        path.push("");
    }
    let numbered =
        |part: &str| part.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '_')) == "stream";
    let last = path.len().saturating_sub(1);
    let named = path.iter().enumerate().any(|(at, part)| {
        let folder = *part == "live" && at < last;
        folder || PARTS.contains(part) || numbered(part) || ENDINGS.iter().any(|ending| part.ends_with(ending))
    });
    keyed || named
}

/// `10.0.0.2:554`, `cam1:554/h264`.
fn port_is(before: &str, after: &str) -> bool {
    let host = last_word(before, ".-]");
    let port = after.get(..after.bytes().take_while(u8::is_ascii_digit).count()).unwrap_or_default();
    let path = after.get(port.len()..).unwrap_or_default().starts_with('/');
    let letters = host.chars().any(|c| c.is_ascii_alphabetic());
    PORTS.contains(&port) && (host.contains(['.', ']']) || letters && path)
}
