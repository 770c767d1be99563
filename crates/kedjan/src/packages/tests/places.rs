//! What comes over the network before it is known whether it will be taken.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Request, StatusCode};
use hyper::body::Frame;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower::ServiceExt;

use super::super::api;
use super::wrong::opened;
use super::*;
use crate::app::App;
use crate::secrets::{Kek, Keyring, SigningKey};

/// A body that comes as its sender pleases.
struct Slow(UnboundedReceiver<Bytes>);

impl HttpBody for Slow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// A body that has begun so, and does not end before what it is given on with is dropped.
fn begun(bytes: &[u8]) -> (UnboundedSender<Bytes>, Body) {
    let (on, body) = unbounded_channel();
    on.send(Bytes::copy_from_slice(bytes)).unwrap();
    (on, Body::new(Slow(body)))
}

/// Where the first lines of a package end.
fn head(bytes: &[u8]) -> usize {
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(4).unwrap().0 + 1
}

/// What is asked of an installation at once, from one thread.
struct Door {
    app: Arc<App>,
    service: axum::Router,
}

impl Door {
    async fn post(&self, body: Body) -> StatusCode {
        let request = Request::post("/api/v1/packages").body(body).unwrap();
        let answer = self.service.clone().oneshot(request);
        tokio::time::timeout(Duration::from_secs(20), answer).await.expect("it is answered at once").unwrap().status()
    }

    /// Posts what does not end yet.
    fn begin(&self, body: Body) -> tokio::task::JoinHandle<StatusCode> {
        let door = Door { app: self.app.clone(), service: self.service.clone() };
        tokio::spawn(async move { door.post(body).await })
    }

    async fn until_read(&self, count: usize) {
        for _ in 0..500 {
            if api::being_read(&self.app) == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} are being read, and not {count}", api::being_read(&self.app));
    }
}

fn at(world: &World, test: impl AsyncFn(Door)) {
    let door = Door { app: world.app.clone(), service: crate::http::server::service(world.app.clone()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(test(door));
}

#[test]
fn what_strangers_have_half_sent_holds_no_place_and_what_a_node_has_holds_its_own() {
    sites::<3>(|worlds| {
        let (karlshamn, ronneby, county) = self::county()(worlds);
        let (right, key, bytes) = opened(&karlshamn);
        let other = made(&ronneby, "Blekinge", None).unwrap().bytes;
        let (stranger, _) = SigningKey::generate(&Keyring::new(&Kek::generate())).unwrap();
        let mut unknown = right.clone();
        unknown.from = stranger.public();
        let mut elsewhere = right.clone();
        elsewhere.to = stranger.public();
        let wrong = [unknown.signed(&stranger), right.signed(&stranger), elsewhere.signed(&key)];
        at(&county, async |door| {
            let waiting: Vec<_> = (0..4).map(|_| begun(&bytes[..40])).collect();
            let waiting: Vec<_> = waiting.into_iter().map(|(on, body)| (on, door.begin(body))).collect();
            for bytes in &wrong {
                for _ in 0..3 {
                    let (_on, body) = begun(&bytes[..head(bytes)]);
                    assert_eq!(door.post(body).await, StatusCode::UNPROCESSABLE_ENTITY);
                }
            }
            assert_eq!(api::being_read(&county.app), 0);
            let (_on, body) = begun(&bytes[..head(&bytes)]);
            let held = door.begin(body);
            door.until_read(1).await;
            assert_eq!(door.post(Body::from(bytes.clone())).await, StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(door.post(Body::from(other.clone())).await, StatusCode::CREATED, "another node's place is free");
            held.abort();
            door.until_read(0).await;
            assert_eq!(door.post(Body::from(bytes.clone())).await, StatusCode::CREATED);
            assert!(waiting.iter().all(|(_, waiting)| !waiting.is_finished()));
        });
    });
}

#[test]
fn a_node_that_is_trusted_no_longer_is_not_read_and_not_taken_when_it_had_begun_before() {
    sites::<3>(|worlds| {
        let (karlshamn, _, county) = self::county()(worlds);
        let (_, _, bytes) = opened(&karlshamn);
        at(&county, async |door| {
            let (on, body) = begun(&bytes[..head(&bytes)]);
            let held = door.begin(body);
            door.until_read(1).await;
            let ended = crate::app::unit(county.cx(&admin(&county)), |tx, cx| distrust(tx, cx, "Karlshamn").map(drop));
            ended.await.unwrap();
            on.send(Bytes::copy_from_slice(&bytes[head(&bytes)..])).unwrap();
            drop(on);
            assert_eq!(held.await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY);
            let (_on, body) = begun(&bytes[..head(&bytes)]);
            assert_eq!(door.post(body).await, StatusCode::UNPROCESSABLE_ENTITY, "nothing more is waited for");
        });
        assert!(sums(&county).is_empty() && traces(&county).iter().all(|trace| trace.why == "sender"));
    });
}

#[test]
fn more_or_less_than_was_signed_is_refused() {
    sites::<3>(|worlds| {
        let (karlshamn, _, county) = self::county()(worlds);
        let (_, _, bytes) = opened(&karlshamn);
        assert_eq!(faults(taking(&county, &bytes[..bytes.len() - 1])), ["not_a_package"], "the end is missing");
        assert_eq!(faults(taking(&county, &[&bytes, b"\n".as_slice()].concat())), ["signature"]);
        assert!(traces(&county).iter().all(|trace| trace.peer.is_none()), "it is not the node's doing");
    });
}

#[test]
fn several_nodes_are_read_at_once_and_those_that_come_after_are_asked_to_come_again() {
    sites::<3>(|worlds| {
        let (karlshamn, _, county) = self::county()(worlds);
        let (right, _, _) = opened(&karlshamn);
        let own = county.run(&admin(&county), |tx, cx| Ok(nodes(tx, cx)?.into_inner().own.unwrap())).unwrap();
        let codes = ["0114", "0115", "0117", "0120", "0123", "0125", "0126", "0127", "0128"];
        let heads: Vec<Vec<u8>> = codes
            .iter()
            .map(|code| {
                let (key, _) = SigningKey::generate(&Keyring::new(&Kek::generate())).unwrap();
                let node = Node { name: format!("Nod {code}"), key: key.public(), ..own.clone() };
                trusting(&county, &node, &[code]).unwrap();
                let bytes = Package { from: key.public(), ..right.clone() }.signed(&key);
                bytes[..head(&bytes)].to_vec()
            })
            .collect();
        at(&county, async |door| {
            let mut held = Vec::new();
            for bytes in &heads[..8] {
                let (on, body) = begun(bytes);
                held.push((on, door.begin(body)));
            }
            door.until_read(8).await;
            let (_on, body) = begun(&heads[8]);
            assert_eq!(door.post(body).await, StatusCode::TOO_MANY_REQUESTS);
            held.iter().for_each(|(_, held)| held.abort());
            door.until_read(0).await;
        });
    });
}
