//! The attacker's work, shared out over the processors.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use disclosure::attack::{Finding, Part};

/// Examines parts on all processors, the largest first.
pub fn shared_out(parts: &[Part]) -> Vec<Finding> {
    let mut largest: Vec<(usize, &Part)> = parts.iter().enumerate().collect();
    largest.sort_by_key(|(_, part)| std::cmp::Reverse(part.cells().len()));
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<(usize, Finding)>> = Mutex::new(Vec::new());
    let work = || {
        while let Some((at, part)) = largest.get(next.fetch_add(1, Ordering::Relaxed)) {
            let finding = part.examine();
            if let Ok(mut found) = found.lock() {
                found.push((*at, finding));
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(parts.len().max(1));
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, finding)| finding).collect()
}
