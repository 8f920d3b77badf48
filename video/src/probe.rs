//! Whether there is somebody at an address who speaks RTSP: one question, no login, no session.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::source::Source;

/// How long connecting and answering may take together.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether the camera, or what stands before it, answers `OPTIONS` (RFC 2326, 10.1). Any answer will do: one that asks for a
/// login is one too.
pub async fn answers(source: &Source) -> bool {
    tokio::time::timeout(PATIENCE, asked(source)).await.is_ok_and(|answer| answer.is_ok_and(|answered| answered))
}

async fn asked(source: &Source) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(source.address()).await?;
    let question = format!("OPTIONS {} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: onemap\r\n\r\n", source.url());
    stream.write_all(question.as_bytes()).await?;
    let mut answer = [0; 5];
    stream.read_exact(&mut answer).await?;
    Ok(&answer == b"RTSP/")
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn check(says: &'static [u8], expected: bool) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let source = Source::new(&format!("rtsp://u:secret@{}/a", listener.local_addr().unwrap())).unwrap();
        let camera = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 512];
            let length = stream.read(&mut asked).await.unwrap();
            stream.write_all(says).await.unwrap();
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        assert_eq!(answers(&source).await, expected);
        let asked = camera.await.unwrap();
        assert!(asked.starts_with("OPTIONS rtsp://127.0.0.1:") && !asked.contains("secret"), "{asked}");
    }

    #[tokio::test]
    async fn any_word_of_rtsp_is_an_answer() {
        check(b"RTSP/1.0 200 OK\r\n\r\n", true).await;
        check(b"RTSP/1.0 401 Unauthorized\r\n\r\n", true).await;
        check(b"HTTP/1.1 400 Bad Request\r\n\r\n", false).await;
        check(b"no", false).await;
    }

    #[tokio::test]
    async fn nobody_there_is_no_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let source = Source::new(&format!("rtsp://{}/a", listener.local_addr().unwrap())).unwrap();
        drop(listener);
        assert!(!answers(&source).await);
    }
}
