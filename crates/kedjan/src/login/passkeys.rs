//! Passkeys (WebAuthn): what is asked of a browser and whether its answer holds. A passkey always asks its holder for a
//! finger, a face or a code, so it is two factors in itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url,
    Webauthn, WebauthnBuilder, WebauthnError,
};

use crate::store::StoreError;

/// The log targets that are turned off: the libraries log what anybody sends them, whole, as errors.
pub const QUIET: &str = "webauthn_rs=off,webauthn_rs_core=off";

/// Passkeys at the address people use. A passkey is bound to a host name for ever, so there are none where the address has
/// only a number.
pub(crate) struct Passkeys {
    webauthn: Webauthn,
    host: String,
}

/// What is asked of the browser, and what must be kept until it answers.
pub(super) struct Asked {
    pub(super) options: Value,
    pub(super) state: String,
}

/// Why an answer does not hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Not read, too late, another address, a wrong signature: nothing that helps anybody to be told.
    No,
    /// The counter stood still: the key may have been copied.
    Copied,
}

impl Refusal {
    /// As the audit record has it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Refusal::No => "passkey",
            Refusal::Copied => "passkey_copied",
        }
    }
}

/// An answer of a browser that shows a passkey it has; not verified yet.
pub(super) struct Shown(PublicKeyCredential);

impl Passkeys {
    /// Passkeys for the address of the settings.
    pub(crate) fn of(public: &str) -> Option<Passkeys> {
        let url = Url::parse(public).ok()?;
        let name = url.domain()?;
        let webauthn = WebauthnBuilder::new(name, &url).and_then(|b| b.rp_name("Kedjan").build()).ok()?;
        let host = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        Some(Passkeys { webauthn, host })
    }

    /// Whether a request came to the address the passkeys belong to: at another one no browser would use them.
    pub(crate) fn are_at(&self, host: &str) -> bool {
        self.host.eq_ignore_ascii_case(host)
    }

    /// Asks for a new passkey of an account. It can be found again without a user name.
    pub(super) fn ask_new(
        &self,
        account: Uuid,
        login: &str,
        name: &str,
        known: Vec<Vec<u8>>,
    ) -> Result<Asked, StoreError> {
        let (asked, state) =
            self.webauthn.start_passkey_registration(account, login, name, Some(known)).map_err(|e| fault(&e))?;
        let mut options = serde_json::to_value(&asked).map_err(|e| fault(&e))?;
        if let Some(wanted) = options.pointer_mut("/publicKey/authenticatorSelection").and_then(Value::as_object_mut) {
            wanted.insert("residentKey".into(), "required".into());
            wanted.insert("requireResidentKey".into(), true.into());
        }
        Ok(Asked { options, state: serde_json::to_string(&state).map_err(|e| fault(&e))? })
    }

    /// The new passkey of an answer.
    pub(super) fn take_new(&self, answer: &str, state: &str) -> Result<Passkey, Refusal> {
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|_| Refusal::No)?;
        let state: PasskeyRegistration = serde_json::from_str(state).map_err(|_| Refusal::No)?;
        self.webauthn.finish_passkey_registration(&answer, &state).map_err(|e| refusal(&e))
    }

    /// Asks for a passkey: any that this device has, or one of those with the ids.
    pub(super) fn ask(&self, among: &[Vec<u8>]) -> Result<Asked, StoreError> {
        let (mut asked, state) = self.webauthn.start_discoverable_authentication().map_err(|e| fault(&e))?;
        // A dialogue when the button is pressed, not suggestions while one types.
        asked.mediation = None;
        let mut options = serde_json::to_value(&asked).map_err(|e| fault(&e))?;
        if let Some(allowed) = options.pointer_mut("/publicKey/allowCredentials") {
            let ids = among.iter().map(|id| json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(id) }));
            *allowed = ids.collect();
        }
        Ok(Asked { options, state: serde_json::to_string(&state).map_err(|e| fault(&e))? })
    }

    /// Verifies an answer against the passkey it names, and brings the passkey's counter up to date.
    pub(super) fn verify(&self, shown: &Shown, state: &str, passkey: &mut Passkey) -> Result<(), Refusal> {
        let state: DiscoverableAuthentication = serde_json::from_str(state).map_err(|_| Refusal::No)?;
        let done =
            self.webauthn.finish_discoverable_authentication_v2(&shown.0, state, &*passkey).map_err(|e| refusal(&e))?;
        passkey.update_credential(&done);
        Ok(())
    }

    /// The account that an answer says it is of. Nothing of it is verified.
    pub(super) fn account(&self, shown: &Shown) -> Option<Uuid> {
        self.webauthn.identify_discoverable_authentication(&shown.0).ok().map(|(account, _)| account)
    }
}

impl Shown {
    pub(super) fn read(answer: &str) -> Option<Shown> {
        serde_json::from_str(answer).ok().map(Shown)
    }

    /// The id of the passkey.
    pub(super) fn credential(&self) -> &[u8] {
        &self.0.raw_id
    }
}

fn refusal(error: &WebauthnError) -> Refusal {
    match error {
        WebauthnError::CredentialPossibleCompromise => Refusal::Copied,
        _ => Refusal::No,
    }
}

fn fault(cause: &dyn std::error::Error) -> StoreError {
    StoreError::Fault(format!("passkeys: {cause}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn passkeys_belong_to_an_address_with_a_name() {
        for (public, host) in [
            ("https://kedjan.example.se", "kedjan.example.se"),
            ("https://Kedjan.example.se:443/", "KEDJAN.example.se"),
            ("http://localhost:8080", "localhost:8080"),
        ] {
            let passkeys = Passkeys::of(public).unwrap();
            assert!(passkeys.are_at(host), "{public}");
            assert!(!passkeys.are_at("127.0.0.1:8080") && !passkeys.are_at(""));
        }
        for public in ["http://127.0.0.1:8080", "http://[::1]:8080", "kedjan", ""] {
            assert!(Passkeys::of(public).is_none(), "{public}");
        }
    }
}
