//! The threads that the network runs on.
//!
//! A text is run alone, on one thread, and several texts side by side: the kernels gain nothing from more rows than a
//! passage has tokens, and lose part of the cores to waiting when one run is spread over them (measured on two
//! cores: 108 to 128 passages a second side by side, 100 in batches on a pool of two; see `benches/embed.rs`). So nothing is
//! padded, and a text's vector never depends on its neighbours.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use rten::ThreadPool;

use crate::{Effort, priority};

/// Cores that one call may take: more than this and memory, not arithmetic, is what is short.
const CORES_MAX: usize = 32;

/// Pools of one thread each: one that only queries use, and one per core for the rest, which gives way to everything else.
pub(super) struct Workers {
    query: [Arc<ThreadPool>; 1],
    cores: Vec<Arc<ThreadPool>>,
}

impl Workers {
    pub(super) fn new() -> Self {
        let n_cores = available_parallelism().map_or(1, NonZeroUsize::get).min(CORES_MAX);
        let pool = || Arc::new(ThreadPool::with_num_threads(1));
        let patient = || {
            let (pool, own) = (pool(), std::thread::current().id());
            // A pool that the system gave no thread works on its callers'.
            pool.run(move || {
                if std::thread::current().id() != own {
                    priority::give_way();
                }
            });
            pool
        };
        Self { query: [pool()], cores: (0..n_cores).map(|_| patient()).collect() }
    }

    fn of(&self, effort: Effort) -> &[Arc<ThreadPool>] {
        match effort {
            Effort::Query => &self.query,
            Effort::OneCore => &self.cores[..1],
            Effort::AllCores => &self.cores,
        }
    }

    /// `work` of each number under `n`, in the order of the numbers, spread over the pools of `effort`.
    ///
    /// Ends at the first error, which is returned.
    pub(super) fn map<T: Send, E: Send>(
        &self,
        n: usize,
        effort: Effort,
        work: impl Fn(usize, &Arc<ThreadPool>) -> Result<T, E> + Sync,
    ) -> Result<Vec<T>, E> {
        let pools = self.of(effort);
        if n <= 1 || pools.len() == 1 {
            return (0..n).map(|item| work(item, &pools[0])).collect();
        }
        let next = AtomicUsize::new(0);
        let run = |pool| {
            let items = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
            let items = items.take_while(|&item| item < n);
            items.map(|item| work(item, pool).map(|done| (item, done))).collect::<Result<Vec<_>, E>>()
        };
        let run = &run;
        let shares: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = pools.iter().take(n).map(|pool| scope.spawn(move || run(pool))).collect();
            threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
        });
        let mut done = Vec::with_capacity(n);
        for share in shares {
            done.extend(share.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        done.sort_unstable_by_key(|(item, _)| *item);
        Ok(done.into_iter().map(|(_, done)| done).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_at_any_effort() {
        let workers = Workers::new();
        for effort in [Effort::Query, Effort::OneCore, Effort::AllCores] {
            let squares = workers.map(100, effort, |i, _| Ok::<_, ()>(i * i)).unwrap();
            assert_eq!(squares, (0..100).map(|i| i * i).collect::<Vec<_>>());
        }
        assert_eq!(workers.map(0, Effort::AllCores, |i, _| Ok::<_, ()>(i)).unwrap(), Vec::<usize>::new());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn passages_give_way_and_queries_do_not() {
        let (workers, own) = (Workers::new(), priority::niceness());
        let of =
            |effort: Effort| workers.of(effort).iter().map(|pool| pool.run(priority::niceness)).collect::<Vec<_>>();
        assert_eq!(of(Effort::Query), [own]);
        assert!(of(Effort::AllCores).iter().all(|niceness| *niceness > own), "{:?}", of(Effort::AllCores));
        assert_eq!(priority::niceness(), own, "whoever starts them stays as it was");
    }

    #[test]
    fn an_error_is_returned() {
        let outcome = Workers::new().map(50, Effort::AllCores, |i, _| if i == 20 { Err("twenty") } else { Ok(i) });
        assert_eq!(outcome, Err("twenty"));
    }
}
