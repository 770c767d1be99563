//! Kedjan: the chain from discovery to support, held together across authorities.

pub mod store;
pub mod web;
