//! Kedjan: the chain from discovery to support, held together across authorities.

pub mod people;
pub mod reference;
pub mod secrets;
pub mod store;
pub mod web;
