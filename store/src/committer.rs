//! Group commit: audit drafts of callers that ask at the same time share one transaction, and so one sync to disk.
//!
//! One task owns the chain's end. While it commits, drafts queue up; it then takes all that wait. A caller that goes
//! away does not take its drafts back: they are written all the same.

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};

use crate::{AuditDraft, AuditRow, Error};

/// Callers that may wait; when all places are taken the next one waits for a place, which slows it down and loses
/// nothing.
const WAITING: usize = 1024;
/// Callers that share a commit: keeps one transaction short.
const TOGETHER: usize = 256;

/// Appends to the chain of one database.
#[async_trait]
pub(crate) trait Chain: Send + Sync + 'static {
    /// Appends all drafts in one transaction and answers when they are durable.
    async fn commit(&self, drafts: Vec<AuditDraft>) -> Result<Vec<AuditRow>, Error>;
}

struct Ask {
    drafts: Vec<AuditDraft>,
    answer: oneshot::Sender<Result<Vec<AuditRow>, Error>>,
}

/// The way to the task.
#[derive(Debug, Clone)]
pub(crate) struct Committer {
    queue: mpsc::Sender<Ask>,
}

impl Committer {
    /// Starts the task; it ends when the last committer is dropped.
    pub(crate) fn start(chain: impl Chain) -> Self {
        let (queue, asks) = mpsc::channel(WAITING);
        tokio::spawn(serve(chain, asks));
        Self { queue }
    }

    /// Queues the drafts and waits until they are durable.
    pub(crate) async fn record(&self, drafts: Vec<AuditDraft>) -> Result<Vec<AuditRow>, Error> {
        const DOING: &str = "write the audit";
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        drafts.iter().try_for_each(AuditDraft::check)?;
        let (answer, answered) = oneshot::channel();
        self.queue.send(Ask { drafts, answer }).await.map_err(|error| Error::unavailable(DOING, error))?;
        answered.await.map_err(|error| Error::unavailable(DOING, error))?
    }
}

async fn serve(chain: impl Chain, mut queue: mpsc::Receiver<Ask>) {
    let mut asks = Vec::with_capacity(TOGETHER);
    while queue.recv_many(&mut asks, TOGETHER).await > 0 {
        let drafts = asks.iter_mut().map(|ask| (ask.drafts.len(), std::mem::take(&mut ask.drafts)));
        let (lengths, drafts): (Vec<usize>, Vec<Vec<AuditDraft>>) = drafts.unzip();
        let done = chain.commit(drafts.into_iter().flatten().collect()).await;
        let mut rows = done.map(Vec::into_iter);
        for (ask, length) in asks.drain(..).zip(lengths) {
            let answer = match &mut rows {
                Ok(rows) => Ok(rows.take(length).collect()),
                Err(error) => Err(error.clone()),
            };
            // Whoever no longer waits does not hear it.
            drop(ask.answer.send(answer));
        }
    }
}
