//! Accounts, passwords and tokens made with their secrets, for the pages and the API alike.

use uuid::Uuid;

use super::{Account, AccountDraft, Token, TokenDraft, password_to_give_out};
use crate::app::{self, Cx, Stop};
use crate::login::http::hashing;
use crate::secrets;
use crate::store::StoreError;

/// Makes an account with a password to give out.
pub(super) async fn make_account(cx: Cx, draft: AccountDraft) -> Result<(Account, String), Stop> {
    let (password, hash) = given_out().await?;
    let account = app::unit(cx, move |tx, cx| Ok(super::create_account(tx, cx, &draft, &hash, true)?.into_inner()));
    Ok((account.await?, password))
}

/// Gives an account a new password to give out.
pub(super) async fn make_password(cx: Cx, id: Uuid) -> Result<(Account, String), Stop> {
    let (password, hash) = given_out().await?;
    let account = app::unit(cx, move |tx, cx| Ok(super::new_password(tx, cx, id, &hash)?.into_inner()));
    Ok((account.await?, password))
}

/// Makes a token.
pub(super) async fn make_token(cx: Cx, draft: TokenDraft) -> Result<(Token, String), Stop> {
    let secret = secrets::token();
    let kept = secret.clone();
    let token = app::unit(cx, move |tx, cx| Ok(super::create_token(tx, cx, &draft, &kept)?.into_inner()));
    Ok((token.await?, secret))
}

/// A password to give out and its hash.
async fn given_out() -> Result<(String, String), Stop> {
    let password = password_to_give_out(&mut rand::rng());
    let plain = password.clone();
    let hash = hashing(move || secrets::hash_password(&plain)).await?;
    Ok((password, hash.map_err(|e| StoreError::Fault(e.to_string()))?))
}
