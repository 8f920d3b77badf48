//! What is said when something is not done: RFC 9457 problems, in the asker's language, one table of codes.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Refusal;

/// One thing that is wrong with the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Issue {
    /// Where, as a JSON pointer (`/lon`) for bodies and queries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Where, as a line or feature number from 1, for files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// What is wrong, in words.
    pub reason: String,
}

/// The body of every answer from 400 up (`application/problem+json`).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemBody {
    /// A URI reference that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// Stable code, upper case.
    pub code: String,
    /// What is wrong where, for bad input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Issue>,
    /// What the code promises besides: `changed`, `taken`, `confirm_token`…
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// Why a request is not answered as asked.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    detail: String,
    errors: Vec<Issue>,
    more: serde_json::Map<String, serde_json::Value>,
}

/// All codes, each with its status and its title in English and Chinese.
macro_rules! codes {
    ($($variant:ident $code:literal $status:ident $en:literal $zh:literal;)*) => {
        /// What kind of problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant is its code, whose title stands in the table")]
        pub enum Code {
            $($variant,)*
            /// A transition that dispatch does not allow.
            Rule(dispatch::Rule),
        }

        impl Code {
            /// All codes as they are written.
            pub fn names() -> Vec<&'static str> {
                let own = [$($code,)*];
                own.into_iter().chain(dispatch::Rule::ALL.iter().map(|rule| rule.code())).collect()
            }

            /// The code as it is written.
            pub fn name(self) -> &'static str {
                self.row().0
            }

            fn row(self) -> (&'static str, StatusCode, &'static str, &'static str) {
                match self {
                    $(Self::$variant => ($code, StatusCode::$status, $en, $zh),)*
                    Self::Rule(rule) => {
                        let (en, zh) = rule.words();
                        (rule.code(), StatusCode::UNPROCESSABLE_ENTITY, en, zh)
                    }
                }
            }
        }
    };
}

codes! {
    LoginRequired "LOGIN-REQUIRED" UNAUTHORIZED "Log in first" "请先登录";
    BadCredentials "BAD-CREDENTIALS" UNAUTHORIZED "Unknown user or wrong password" "用户名或密码错误";
    Expired "EXPIRED" UNAUTHORIZED "The login has ended" "登录已失效";
    Auth "AUTH" FORBIDDEN "Your role does not have this right" "您的角色无此权限";
    Scope "SCOPE" FORBIDDEN "Outside your part of the city" "超出您的辖区";
    NotFound "NOT-FOUND" NOT_FOUND "There is nothing here" "未找到";
    UnknownLayer "UNKNOWN-LAYER" NOT_FOUND "No such layer" "没有该图层";
    Method "METHOD" METHOD_NOT_ALLOWED "This path does not take that method" "不支持该请求方法";
    BadRequest "BAD-REQUEST" BAD_REQUEST "The request cannot be understood" "请求无法理解";
    TileRange "TILE-RANGE" BAD_REQUEST "No such tile" "瓦片超出范围";
    Position "LOC-SYS" BAD_REQUEST "That is not a place" "坐标无效";
    Filter "FILTER" BAD_REQUEST "The filter cannot be used" "过滤条件不可用";
    TooLarge "TOO-LARGE" PAYLOAD_TOO_LARGE "The body is too large" "请求内容过大";
    MediaType "MEDIA-TYPE" UNSUPPORTED_MEDIA_TYPE "This type of body is not taken here" "不支持该内容类型";
    Timeout "TIMEOUT" REQUEST_TIMEOUT "The request took too long" "请求超时";
    Conflict "CONFLICT" CONFLICT "It contradicts what is stored" "与现有数据冲突";
    Precondition "PRECONDITION" PRECONDITION_FAILED "It has changed meanwhile" "数据已被修改";
    PreconditionRequired "PRECONDITION-REQUIRED" PRECONDITION_REQUIRED "Say which version you mean" "请指明版本";
    Invalid "INVALID" UNPROCESSABLE_ENTITY "The values are not allowed" "数据不符合规则";
    NotYet "NOT-YET" NOT_IMPLEMENTED "This version does not do that yet" "当前版本尚不支持";
    UnitTaken "UNIT-TAKEN" CONFLICT "Somebody else has the unit" "该力量已被占用";
    Stale "STALE" CONFLICT "It has changed since you looked" "您查看之后情况已变化";
    Confirm "CONFIRM" PRECONDITION_REQUIRED "Please confirm" "请确认";
    IdemMismatch "IDEM-MISMATCH" UNPROCESSABLE_ENTITY "This command id stands for another command" "该指令编号已用于其他指令";
    NotSearched "NOT-SEARCHED" UNPROCESSABLE_ENTITY "Persons, telephone numbers and number plates are not searched for" "不检索个人、电话号码和车牌号";
    CamNoReason "CAM-NOREASON" UNPROCESSABLE_ENTITY "A camera is opened for a reason: write it" "调看摄像机须填写事由";
    LogUnavailable "LOG-UNAVAILABLE" SERVICE_UNAVAILABLE "The log cannot be written just now" "日志暂时无法写入";
    Locked "TOO-MANY" TOO_MANY_REQUESTS "Too many attempts" "尝试次数过多";
    Unavailable "UNAVAILABLE" SERVICE_UNAVAILABLE "Not available just now" "暂时不可用";
    AuditUnavailable "AUDIT-UNAVAILABLE" SERVICE_UNAVAILABLE "The audit cannot be written, so nothing is shown" "审计无法写入，不予展示";
    Internal "INTERNAL" INTERNAL_SERVER_ERROR "A fault of ours" "系统故障";
}

impl Problem {
    /// A problem with what happened this time, in words (a lowercase fragment).
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), more: serde_json::Map::new() }
    }

    /// A problem with one place of the input.
    pub fn at(code: Code, pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        let (pointer, reason) = (pointer.into(), reason.into());
        // The empty pointer is the whole body (RFC 6901).
        let detail = if pointer.is_empty() { reason.clone() } else { format!("{pointer}: {reason}") };
        let errors = vec![Issue { pointer: Some(pointer), line: None, reason }];
        Self { code, detail, errors, more: serde_json::Map::new() }
    }

    /// With a field of its own.
    #[must_use]
    pub fn with(mut self, field: &str, value: serde_json::Value) -> Self {
        self.more.insert(field.to_owned(), value);
        self
    }

    /// A problem with several places of the input or of what is stored.
    pub fn listing(code: Code, detail: impl Into<String>, errors: Vec<Issue>) -> Self {
        Self { errors, ..Self::new(code, detail) }
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// In Chinese: what the code says, and which fields are meant. What is wrong with each stands in `errors`.
    fn detail_zh(&self, title: &str) -> String {
        let fields: Vec<&str> = self.errors.iter().filter_map(|issue| issue.pointer.as_deref()).collect();
        let fields: Vec<&str> = fields.into_iter().filter(|pointer| !pointer.is_empty()).collect();
        if fields.is_empty() { title.to_owned() } else { format!("{title}：{}", fields.join("、")) }
    }

    fn body(&self, zh: bool) -> ProblemBody {
        let (code, status, en, title_zh) = self.code.row();
        ProblemBody {
            kind: format!("/problems/{}", code.to_lowercase()),
            title: if zh { title_zh } else { en }.to_owned(),
            status: status.as_u16(),
            detail: if zh { self.detail_zh(title_zh) } else { self.detail.clone() },
            code: code.to_owned(),
            errors: self.errors.clone(),
            more: self.more.clone(),
        }
    }
}

impl IntoResponse for Problem {
    /// The body is written by [`Reader::told`], which knows the asker's language.
    fn into_response(self) -> Response {
        let mut response = self.code.row().1.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Role => Self::new(Code::Auth, "none of your roles may do this"),
            Refusal::Scope => Self::new(Code::Scope, "it lies outside the divisions you answer for"),
        }
    }
}

/// The one place where an error kind of the store becomes a status.
impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        let code = match error.kind() {
            store::ErrorKind::NotFound => Code::NotFound,
            store::ErrorKind::Conflict => Code::Conflict,
            store::ErrorKind::Invalid => Code::Invalid,
            store::ErrorKind::Unavailable => Code::Unavailable,
            store::ErrorKind::Corrupt => Code::Internal,
        };
        if matches!(code, Code::Unavailable | Code::Internal) {
            tracing::error!(%error, "the store did not do what was asked");
            return Self::new(code, "the store did not do what was asked");
        }
        Self::new(code, error.to_string())
    }
}

/// Who reads the answer, as far as words go.
pub struct Reader {
    zh: bool,
}

impl Reader {
    /// By the headers of the request.
    pub fn of(headers: &HeaderMap) -> Self {
        Self { zh: prefers_chinese(headers) }
    }

    /// Outermost of all: whatever answer from 400 up comes out of the house leaves as a problem in the asker's language,
    /// also those that the framework makes (unknown path, wrong method, body too large).
    pub fn told(&self, response: Response) -> Response {
        if response.status().as_u16() < 400 {
            return response;
        }
        let problem = match response.extensions().get::<Problem>() {
            Some(problem) => problem.clone(),
            None => Problem::new(code_of(response.status()), "the request was not accepted"),
        };
        let body = serde_json::to_vec(&problem.body(self.zh)).unwrap_or_default();
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::CONTENT_ENCODING);
        parts.headers.remove(header::ETAG);
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        parts.headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
        if parts.status == StatusCode::TOO_MANY_REQUESTS {
            parts.headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        if parts.status == StatusCode::UNAUTHORIZED {
            parts.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"onemap\""));
        }
        Response::from_parts(parts, body.into())
    }
}

/// The code that stands for a status that the framework chose.
fn code_of(status: StatusCode) -> Code {
    match status {
        StatusCode::UNAUTHORIZED => Code::LoginRequired,
        StatusCode::FORBIDDEN => Code::Auth,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::Method,
        StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::MediaType,
        StatusCode::REQUEST_TIMEOUT => Code::Timeout,
        StatusCode::CONFLICT => Code::Conflict,
        StatusCode::PRECONDITION_FAILED => Code::Precondition,
        StatusCode::UNPROCESSABLE_ENTITY => Code::Invalid,
        StatusCode::TOO_MANY_REQUESTS => Code::Locked,
        StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
        status if status.is_server_error() => Code::Internal,
        _ => Code::BadRequest,
    }
}

/// Whether Chinese stands before English in `Accept-Language` (by order of weight, then of place).
pub(super) fn prefers_chinese(headers: &HeaderMap) -> bool {
    let Some(wish) = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()) else { return false };
    let weight = |language: &str| {
        wish.split(',')
            .filter_map(|part| {
                let mut pieces = part.trim().split(';');
                let tag = pieces.next()?.trim().to_ascii_lowercase();
                let q = pieces.find_map(|p| p.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
                (tag == language || tag.starts_with(&format!("{language}-"))).then_some(q)
            })
            .fold(None, |best: Option<f32>, q| Some(best.map_or(q, |b| b.max(q))))
    };
    let first = wish.trim_start().to_ascii_lowercase().starts_with("zh");
    match (weight("zh"), weight("en")) {
        (Some(zh), Some(en)) => zh > en || (zh >= en && first),
        (zh, _) => zh.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wish: &str, chinese: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(wish).unwrap());
        assert_eq!(prefers_chinese(&headers), chinese, "{wish}");
    }

    #[test]
    fn languages() {
        check("zh-CN,zh;q=0.9,en;q=0.8", true);
        check("en,zh;q=0.5", false);
        check("en;q=0.3,zh-TW", true);
        check("fi", false);
        assert!(!prefers_chinese(&HeaderMap::new()));
    }
}
