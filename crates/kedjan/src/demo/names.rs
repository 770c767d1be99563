//! Made-up people: common names put together by chance, telephone numbers that nobody has, streets that do not exist.

/// First names of women.
pub const WOMEN: &[&str] = &[
    "Anna", "Eva", "Maria", "Karin", "Kristina", "Lena", "Sara", "Emma", "Malin", "Jenny", "Ulla", "Elin", "Linda",
    "Hanna", "Johanna", "Susanne", "Sofia", "Ida", "Åsa", "Camilla", "Birgitta", "Marie", "Annika", "Amina", "Fatima",
    "Zahra", "Maja", "Elsa", "Agneta", "Yvonne",
];

/// First names of men.
pub const MEN: &[&str] = &[
    "Lars", "Anders", "Johan", "Mikael", "Erik", "Per", "Karl", "Peter", "Jan", "Daniel", "Fredrik", "Andreas", "Hans",
    "Mats", "Marcus", "Stefan", "Bengt", "Jonas", "Niklas", "Magnus", "Björn", "Ahmed", "Ali", "Mohamed", "Oskar",
    "Viktor", "Emil", "Rolf", "Göran", "Håkan",
];

/// Surnames.
pub const SURNAMES: &[&str] = &[
    "Andersson",
    "Johansson",
    "Karlsson",
    "Nilsson",
    "Eriksson",
    "Larsson",
    "Olsson",
    "Persson",
    "Svensson",
    "Gustafsson",
    "Pettersson",
    "Jonsson",
    "Jansson",
    "Hansson",
    "Bengtsson",
    "Jönsson",
    "Lindberg",
    "Jakobsson",
    "Magnusson",
    "Lindström",
    "Olofsson",
    "Lindqvist",
    "Lindgren",
    "Berg",
    "Axelsson",
    "Bergström",
    "Lundberg",
    "Lind",
    "Lundgren",
    "Mattsson",
    "Berglund",
    "Fredriksson",
    "Sandberg",
    "Henriksson",
    "Ali",
    "Mohamed",
    "Sjöberg",
    "Forsberg",
    "Wallin",
    "Håkansson",
];

/// Streets of no town.
pub const STREETS: &[&str] =
    &["Exempelgatan", "Provvägen", "Testgränd", "Påhittade gatan", "Modellstigen", "Skissvägen"];

/// A mobile number of the series 070-174 06 05 to 070-174 06 99, which the Swedish Post and Telecom Authority keeps free for
/// books and films: nobody has it.
#[must_use]
pub fn mobile(nr: u32) -> String {
    format!("070-174 06 {:02}", 5 + nr % 95)
}

/// A landline number of the series 040-628 04 00 to 040-628 04 99, kept free for the same purpose.
#[must_use]
pub fn landline(nr: u32) -> String {
    format!("040-628 04 {:02}", nr % 100)
}
