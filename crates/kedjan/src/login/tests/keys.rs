//! Passkeys, with a key in software in the place of the browser's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use p256::ecdsa::{DerSignature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::*;
use crate::login::rule;

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40; // (backup eligible 0x08, backed up 0x10)

/// A passkey in software: attestation "none", ES256.
struct SoftKey {
    key: SigningKey,
    id: Vec<u8>,
    user: Vec<u8>,
    rp_id: String,
    origin: String,
    counter: u32,
    flags: u8,
}

impl SoftKey {
    /// Answers the JSON of a registration ({"publicKey": …}); the seed (not all zeros) makes it repeatable.
    fn create(options: &Value, origin: &str, seed: [u8; 32]) -> (Self, Value) {
        let options = &options["publicKey"];
        let made = Self {
            key: SigningKey::from_slice(&seed).unwrap(),
            id: Sha256::digest(seed).to_vec(),
            user: B64.decode(options["user"]["id"].as_str().unwrap()).unwrap(),
            rp_id: options["rp"]["id"].as_str().unwrap().to_owned(),
            origin: origin.to_owned(),
            counter: 1,
            flags: PRESENT | VERIFIED,
        };
        let client = made.client("webauthn.create", options);
        let mut auth = made.auth_data(ATTESTED);
        auth.extend([0u8; 16]); // AAGUID
        auth.extend([0u8, 32]); // length of the id
        auth.extend(&made.id);
        let point = made.key.verifying_key().to_sec1_point(false); // 0x04, x, y
        let (x, y) = point.as_bytes()[1..].split_at(32);
        auth.extend(b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"); // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        auth.extend(x);
        auth.extend(b"\x22\x58\x20");
        auth.extend(y);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(auth.len()).unwrap()); // 164
        object.extend(&auth);
        let id = B64.encode(&made.id);
        let answer = json!({
            "id": id, "rawId": id, "type": "public-key",
            "response": { "attestationObject": B64.encode(&object), "clientDataJSON": B64.encode(&client), "transports": ["internal"] },
            "clientExtensionResults": { "credProps": { "rk": true } },
        });
        (made, answer)
    }

    /// Answers the JSON of a log-in.
    fn get(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let client = self.client("webauthn.get", &options["publicKey"]);
        let auth = self.auth_data(0);
        let mut message = auth.clone();
        message.extend(Sha256::digest(&client));
        let signature: DerSignature = self.key.sign(&message);
        let id = B64.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key",
            "response": { "authenticatorData": B64.encode(&auth), "clientDataJSON": B64.encode(&client),
                          "signature": B64.encode(signature.as_bytes()), "userHandle": B64.encode(&self.user) },
            "clientExtensionResults": {},
        })
    }

    fn auth_data(&self, more: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp_id.as_bytes()).to_vec();
        data.push(self.flags | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client(&self, kind: &str, options: &Value) -> Vec<u8> {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }
}

const PUBLIC: &str = "http://localhost:8080";

fn named_houses() -> impl Iterator<Item = House> {
    testkit::databases().into_iter().map(|database| House::new(database, PUBLIC))
}

impl House {
    /// A request to the address that passkeys belong to, with cookies.
    fn there(&self, verb: &str, path: &str, cookies: &str, values: &[(&str, &str)]) -> Answer {
        let request = Request::builder()
            .method(verb)
            .uri(path)
            .header(header::HOST, "localhost:8080")
            .header(header::COOKIE, cookies)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(encoded(values))).unwrap())
    }

    fn sent(&self, path: &str, token: &str, values: &[(&str, &str)]) -> Answer {
        self.there("POST", path, &format!("kedjan={token}"), values)
    }

    fn asked(&self, path: &str, token: &str) -> Value {
        let asked = self.sent(path, token, &[]);
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
        serde_json::from_str(&asked.body).unwrap()
    }

    /// Adds a passkey to the account of a session.
    fn add_key(&self, token: &str, seed: u8) -> (SoftKey, Answer) {
        let options = self.asked("/security/passkeys/begin", token);
        let (key, answer) = SoftKey::create(&options, PUBLIC, [seed; 32]);
        let sent = [("credential", answer.to_string()), ("name", "Jobbtelefonen".to_owned())];
        let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
        (key, self.sent("/security/passkeys", token, &sent))
    }

    /// What the browser is asked at the log-in, and its cookie.
    fn question(&self) -> (Value, String) {
        let asked = self.sent("/login/passkey/begin", "", &[]);
        let cookie = asked.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
        (serde_json::from_str(&asked.body).unwrap(), cookie.split(';').next().unwrap().to_owned())
    }

    fn answered(&self, cookie: &str, answer: &Value) -> Answer {
        self.there("POST", "/login/passkey", cookie, &[("credential", &answer.to_string()), ("next", "/find")])
    }

    fn log_in_with(&self, key: &mut SoftKey) -> Answer {
        let (options, cookie) = self.question();
        self.answered(&cookie, &key.get(&options))
    }

    fn worker(&self, name: &str) -> (Uuid, String) {
        let id = self.account(name, &[(self.desk, "receiver")], false);
        (id, self.log_in(id, self.desk, Role::Receiver))
    }
}

#[test]
fn a_passkey_is_added_and_logs_in_without_user_name_and_password() {
    for house in named_houses() {
        let (id, token) = house.worker("eva");
        let options = house.asked("/security/passkeys/begin", &token);
        assert_eq!(options["publicKey"]["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["publicKey"]["authenticatorSelection"]["userVerification"], "required");
        let (mut key, added) = house.add_key(&token, 1);
        assert_eq!((added.status, added.secrets().len()), (StatusCode::OK, 10), "{}", added.body);
        assert!(house.there("GET", "/security", &format!("kedjan={token}"), &[]).body.contains("Jobbtelefonen"));
        for _ in 0..2 {
            let done = house.log_in_with(&mut key);
            assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/find"), "{}", done.body);
            let session = house.session(&done.token()).unwrap();
            assert_eq!((session.actor.id, session.level), (id, Level::Passkey));
        }
        // The password alone is half of a log-in now, and the passkey the other half.
        let half = house.sent("/login", "", &[("login", "eva"), ("password", PASSWORD)]);
        assert_eq!(half.location(), "/login/second");
        let half = half.token();
        let asked = house.asked("/login/second/begin", &half);
        assert_eq!(asked["publicKey"]["allowCredentials"].as_array().unwrap().len(), 1);
        let whole = house.sent("/login/second", &half, &[("credential", &key.get(&asked).to_string())]);
        assert_eq!(house.session(&whole.token()).unwrap().level, Level::Passkey, "{}", whole.body);
        // And so it is for a fresh proof.
        let whole = whole.token();
        house.pass(FRESH);
        let cookie = format!("kedjan={whole}");
        assert_eq!(
            house.there("GET", "/security/passkeys", &cookie, &[]).location(),
            "/login/proof?next=/security/passkeys"
        );
        let asked = house.asked("/login/second/begin", &whole);
        let proved = house.sent(
            "/login/proof",
            &whole,
            &[("credential", &key.get(&asked).to_string()), ("next", "/security/passkeys")],
        );
        assert_eq!(proved.location(), "/security/passkeys", "{}", proved.body);
        assert_eq!(house.there("GET", "/security/passkeys", &cookie, &[]).status, StatusCode::OK);
        let log = house.log();
        for entry in ["add_passkey allow", "log_in allow", "second_factor allow", "step_up allow"] {
            assert!(log.contains(&entry.to_owned()), "{entry} in {log:?}");
        }
    }
}

#[test]
fn an_answer_that_does_not_hold_lets_nobody_in() {
    for house in named_houses() {
        let (_, token) = house.worker("eva");
        let (mut key, _) = house.add_key(&token, 1);
        let refused = |answer: &Answer, why: &str| {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}: {}", answer.body);
            assert!(
                !answer.headers.get_all(header::SET_COOKIE).iter().any(|c| c.to_str().unwrap().starts_with("kedjan="))
            );
        };
        key.flags = PRESENT;
        refused(&house.log_in_with(&mut key), "nobody showed a finger");
        key.flags = PRESENT | VERIFIED;
        key.origin = "http://localhost:8081".into();
        refused(&house.log_in_with(&mut key), "another address");
        key.origin = PUBLIC.into();
        key.rp_id = "example.org".into();
        refused(&house.log_in_with(&mut key), "another host");
        key.rp_id = "localhost".into();

        let (options, cookie) = house.question();
        let (other_options, other_cookie) = house.question();
        let answer = key.get(&options);
        refused(&house.answered(&other_cookie, &answer), "an answer to another browser's question");
        refused(&house.answered("", &answer), "no question at all");
        assert_eq!(house.answered(&cookie, &answer).status, StatusCode::SEE_OTHER);
        refused(&house.answered(&cookie, &answer), "the same answer again");
        refused(&house.answered(&other_cookie, &key.get(&other_options)), "a question that was answered wrongly");

        let (options, cookie) = house.question();
        house.pass(SignedDuration::from_mins(10));
        refused(&house.answered(&cookie, &key.get(&options)), "too late");

        let (options, cookie) = house.question();
        let mut bent = key.get(&options);
        bent["response"]["signature"] = json!(B64.encode([0x30, 6, 2, 1, 1, 2, 1, 1]));
        refused(&house.answered(&cookie, &bent), "a signature of nobody");
        for nothing in [json!({}), json!("x"), Value::Null] {
            let (_, cookie) = house.question();
            refused(&house.answered(&cookie, &nothing), "no answer");
        }

        // A copy of the key has an older counter.
        let now = key.counter;
        key.counter = 1;
        refused(&house.log_in_with(&mut key), "a copied key");
        let org = house.org;
        let records = house.app.store.read_blocking(|tx| audit::page(tx, org, 1, 1000)).unwrap();
        assert!(records.iter().any(|one| one.action == "log_in_failed" && one.policy == "passkey_copied"));
        key.counter = now;
        assert_eq!(house.log_in_with(&mut key).status, StatusCode::SEE_OTHER);
    }
}

#[test]
fn a_passkey_is_its_own_account_s_alone() {
    for house in named_houses() {
        let ((eva, eva_token), (per, per_token)) = (house.worker("eva"), house.worker("per"));
        let (mut key, _) = house.add_key(&eva_token, 1);
        // The same key for another account.
        let (_, taken) = house.add_key(&per_token, 1);
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", taken.body);
        // One's own key with another's name on it.
        key.user = per.as_bytes().to_vec();
        assert_eq!(house.log_in_with(&mut key).status, StatusCode::UNPROCESSABLE_ENTITY);
        key.user = eva.as_bytes().to_vec();
        // Another's key as one's own second step.
        let (mut pers, _) = house.add_key(&per_token, 2);
        let half = house.sent("/login", "", &[("login", "eva"), ("password", PASSWORD)]).token();
        let asked = house.asked("/login/second/begin", &half);
        let answer = pers.get(&asked).to_string();
        assert_eq!(
            house.sent("/login/second", &half, &[("credential", &answer)]).status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        // Whoever is shut out is out with the passkey too.
        house.change(eva, AccountDraft { active: false, ..account_draft("eva", &[(house.desk, "receiver")]) });
        assert_eq!(house.log_in_with(&mut key).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(house.log_in_with(&mut pers).status, StatusCode::SEE_OTHER);
        // Nobody takes another's key away.
        let org = house.org;
        let theirs = house.app.store.read_blocking(|tx| sql::passkeys(tx, org, eva)).unwrap()[0].id;
        let path = format!("/security/passkeys/{theirs}/remove");
        assert_eq!(house.sent(&path, &per_token, &[]).status, StatusCode::NOT_FOUND);
    }
}

#[test]
fn where_passkeys_are_demanded_a_code_is_not_enough() {
    for house in named_houses() {
        let (id, token) = house.worker("eva");
        house.keep(|tx, cx| rule::set_rule(tx, cx, Level::Passkey).map(drop)).unwrap();
        let half = house.sent("/login", "", &[("login", "eva"), ("password", PASSWORD)]).token();
        let page = house.there("GET", "/login/second", &format!("kedjan={half}"), &[]).body;
        assert!(page.contains("/security/passkeys") && !page.contains("/security/app/begin"), "{page}");
        let elsewhere = house.get("/login/second", &half).body;
        assert!(!elsewhere.contains("href=\"/security/passkeys\"") && elsewhere.contains(PUBLIC), "{elsewhere}");
        let (mut key, added) = house.add_key(&half, 1);
        let whole = added.token();
        assert_eq!(house.session(&whole).unwrap().level, Level::Passkey);
        assert_eq!(house.session(&half), None);
        // The last one stays, and a recovery code leads to a new one and nowhere else.
        let org = house.org;
        let first = house.app.store.read_blocking(|tx| sql::passkeys(tx, org, id)).unwrap()[0].id;
        let path = format!("/security/passkeys/{first}/remove");
        assert_eq!(house.sent(&path, &whole, &[]).status, StatusCode::CONFLICT);
        let half = house.sent("/login", "", &[("login", "eva"), ("password", PASSWORD)]).token();
        let still = house.sent("/login/second", &half, &[("code", &added.secrets()[0])]);
        assert_eq!(still.location(), "/login/second", "{}", still.body);
        let (_, second) = house.add_key(&still.token(), 2);
        assert_eq!(house.session(&second.token()).unwrap().level, Level::Passkey);
        assert_eq!(house.sent(&path, &whole, &[]).location(), "/security?saved");
        assert_eq!(house.log_in_with(&mut key).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(house.session(&token), None, "who was logged in with less is asked for more");
    }
}

#[test]
fn the_code_of_an_app_is_not_taken_in_the_place_of_a_passkey_that_is_demanded() {
    for house in named_houses() {
        let (_, token) = house.worker("eva");
        let (secret, _) = house.connect(&token);
        house.add_key(&token, 1);
        let tried = || {
            house.pass(SignedDuration::from_secs(30));
            let half = house.sent("/login", "", &[("login", "eva"), ("password", PASSWORD)]).token();
            house.sent("/login/second", &half, &[("code", &house.code(&secret))])
        };
        assert_eq!(house.session(&tried().token()).unwrap().level, Level::TwoFactors);
        house.keep(|tx, cx| rule::set_rule(tx, cx, Level::Passkey).map(drop)).unwrap();
        assert_eq!(tried().status, StatusCode::UNPROCESSABLE_ENTITY);
        house.pass(SignedDuration::from_secs(30));
        let code = house.code(&secret);
        // Who was logged in with less is at the second step again, and the code is not enough there.
        let proof = house.sent("/login/proof", &token, &[("code", &code)]);
        assert_eq!(proof.location(), "/login/second");
        let step = house.sent("/login/second", &token, &[("code", &code)]);
        assert_eq!(step.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[test]
fn at_another_address_no_passkeys_are_offered_and_why_is_said() {
    for house in named_houses() {
        assert!(house.there("GET", "/login", "", &[]).body.contains("data-passkey=\"get\""));
        assert!(!house.get("/login", "").body.contains("data-passkey"));
        let (_, token) = house.worker("eva");
        assert!(house.get("/security", &token).body.contains(PUBLIC));
        assert_eq!(house.post("/login/passkey/begin", "", &[]).status, StatusCode::NOT_FOUND);
        assert_eq!(house.post("/security/passkeys/begin", &token, &[]).status, StatusCode::NOT_FOUND);
        assert_eq!(house.get("/security/passkeys", &token).location(), "/security");
    }
}
