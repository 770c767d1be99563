//! Kedjan: the chain from discovery to support, held together across authorities.

pub mod access;
pub mod accounts;
pub mod app;
pub mod audit;
pub mod backup;
pub mod cases;
pub mod cli;
pub mod concern_register;
pub mod consents;
pub mod demo;
pub mod directory;
pub mod disclosures;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzz;
pub mod glass;
pub mod http;
pub mod limits;
pub mod login;
pub mod nation;
pub mod packages;
pub mod people;
pub mod publication;
pub mod reference;
pub mod refusal;
pub mod release_orders;
pub mod reminders;
pub mod retention;
pub mod review;
pub mod secrets;
pub mod series;
pub mod settings;
pub mod statistics;
pub mod store;
pub mod surveys;
pub mod web;

#[cfg(test)]
mod testing;
