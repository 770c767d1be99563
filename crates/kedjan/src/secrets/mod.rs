//! What must stay secret: keys, tokens, case codes and passwords. No SQL here and no knowledge of people.
//!
//! Three layers of keys (an envelope): the key of the installation wraps one key for each authority, and that wraps
//! one key for each person. Only wrapped keys are stored. Destroying a person's wrapped key makes everything sealed under
//! it unreadable, in backups too.

mod codes;
mod common;
mod keys;
mod password;
mod signing;

pub use codes::{
    case_code, case_code_normalise, case_code_shown, recovery_code, recovery_code_normalise, token, token_digest,
};
pub use common::is_common;
pub use keys::{Aad, AuthorityKey, Kek, KekError, Keyring, PersonKey, SealError};
pub use password::{PasswordError, hash_password, verify_dummy, verify_password};
pub use signing::{PublicKey, SIGNATURE_LEN, SigningKey};
