//! The lock on a secret across stores, as two processes have them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sangam_secrets::{Secrets, SecretsError};
use sangam_store::Store;
use secrecy::ExposeSecret;

use crate::world::World;

/// Counts up in the secret as a refresh does: what was read is used up, and only the value after it works.
async fn bump(secrets: &Secrets, used: &AtomicU32) {
    let mut guard = secrets.lock("a").await.unwrap();
    let text = guard.read().await.unwrap().expose_secret().to_owned();
    let value: u32 = text.parse().unwrap();
    assert_eq!(used.swap(value, Ordering::SeqCst), value - 1, "nobody else was in between");
    tokio::task::yield_now().await;
    guard.write(&(value + 1).to_string().into()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_stores_on_one_file_take_turns() {
    let world = World::with_secret().await;
    world.secrets.write_back("a", &"1".to_owned().into()).await.unwrap();
    let other = Secrets::new(Store::open(&world.database()).await.unwrap(), world.sealer.clone());
    let used = Arc::new(AtomicU32::new(0));
    let mut tasks = Vec::new();
    for n in 0..12 {
        let (secrets, used) = (if n % 2 == 0 { world.secrets.clone() } else { other.clone() }, Arc::clone(&used));
        tasks.push(tokio::spawn(async move { bump(&secrets, &used).await }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(world.secrets.read_string("a").await.unwrap().expose_secret(), "13");
}

#[tokio::test]
async fn who_lost_the_lock_writes_nothing() {
    let world = World::with_secret().await;
    let mut guard = world.secrets.lock("a").await.unwrap();
    // As if this process had slept for longer than its lease, and another had taken it.
    let now = sangam_store::now_ms();
    assert!(world.store.lease_secret("a", "another", now + 60_000, now + 90_000).await.unwrap());
    let lost = guard.write(&"two".to_owned().into()).await;
    assert!(matches!(lost, Err(SecretsError::LockLost { .. })), "{lost:?}");
    assert_eq!(world.secrets.read_string("a").await.unwrap().expose_secret(), "one");
}

#[tokio::test]
async fn a_secret_that_is_not_there_has_no_lock() {
    let world = World::new().await;
    assert!(world.secrets.lock("a").await.is_err());
}
