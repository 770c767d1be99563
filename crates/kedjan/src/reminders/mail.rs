//! Messages and the way they are sent.

use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{SmtpTransport, Transport};

use crate::settings::{Mail, Security};

/// How long the mail server may take over each answer. Short of a lease, so that nobody else sends meanwhile.
const PATIENCE: Duration = Duration::from_secs(8);

/// A message that is ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Function address.
    pub to: String,
    /// The same at every try; the first part of its `Message-ID`.
    pub id: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// Why a message was not sent. Holds neither address nor text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// An address that is none.
    #[error("an address in the directory or the settings is no e-mail address")]
    Address,
    /// The case follows a method that is not loaded, or its clock is not there.
    #[error("the method or the clock that it is about is not loaded")]
    Method,
    /// The file with the password of the mail server.
    #[error("the file in mail.password_file cannot be read")]
    Password,
    /// The name of the mail server does not go with a protected connection.
    #[error("the name in mail.host cannot be used for a protected connection")]
    Host,
    /// No connection, or one that broke off.
    #[error("the mail server cannot be reached, or does not speak as mail.security says")]
    Unreachable,
    /// The mail server would not.
    #[error("the mail server refused the message with status {0}")]
    Refused(u16),
}

/// What sends messages.
pub trait Mailer: Send + Sync {
    /// Sends one, and answers when the mail server has taken it over.
    ///
    /// # Errors
    /// Why it could not be sent.
    fn send(&self, letter: &Letter) -> Result<(), MailError>;
}

/// Sends by SMTP.
pub struct Smtp {
    from: Mailbox,
    transport: SmtpTransport,
}

impl Smtp {
    /// As the settings say; does not connect yet.
    ///
    /// # Errors
    /// What in the settings cannot be used.
    pub fn new(settings: &Mail) -> Result<Smtp, MailError> {
        let from = settings.from.parse().map_err(|_| MailError::Address)?;
        let protected = || TlsParameters::new(settings.host.clone()).map_err(|_| MailError::Host);
        let tls = match settings.security {
            Security::None => Tls::None,
            Security::StartTls => Tls::Required(protected()?),
            Security::Tls => Tls::Wrapper(protected()?),
        };
        let mut transport =
            SmtpTransport::builder_dangerous(&settings.host).port(settings.port).tls(tls).timeout(Some(PATIENCE));
        if let (Some(user), Some(file)) = (&settings.user, &settings.password_file) {
            let password = std::fs::read_to_string(file).map_err(|_| MailError::Password)?;
            transport = transport.credentials(Credentials::new(user.clone(), password.trim_end().to_owned()));
        }
        Ok(Smtp { from, transport: transport.build() })
    }
}

impl Mailer for Smtp {
    fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let to: Mailbox = letter.to.parse().map_err(|_| MailError::Address)?;
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .subject(letter.subject.clone())
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|_| MailError::Address)?;
        // Nobody's holiday answer should come back (RFC 3834).
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        message.headers_mut().insert_raw(HeaderValue::new(automatic, "auto-generated".to_owned()));
        match self.transport.send(&message) {
            Ok(_) => Ok(()),
            Err(error) => Err(error.status().map_or(MailError::Unreachable, |code| MailError::Refused(code.into()))),
        }
    }
}
