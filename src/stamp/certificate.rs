//! Certificates (RFC 5280), with the bytes they came in.

use std::fmt;

use der::{Decode as _, DecodePem as _, Encode as _};
use x509_cert::ext::pkix::{
    BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};

use super::token::SignerId;

/// The object identifier of the purpose id-kp-timeStamping.
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
/// The lines around a certificate.
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Why a certificate does not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not one.
    #[error("a certificate can't be read: {0}")]
    Malformed(String),
    /// A file without any.
    #[error("there is no certificate in it (PEM)")]
    None,
    /// One that may not issue others.
    #[error("the certificate of {0} is not an authority's (CA), so it can't vouch for others")]
    NoAuthority(String),
}

/// A certificate. Nothing about it is verified.
#[derive(Clone)]
pub struct Certificate {
    bytes: Vec<u8>,
    parsed: x509_cert::Certificate,
}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, CertificateError> {
        let parsed = x509_cert::Certificate::from_der(bytes);
        let parsed = parsed.map_err(|error| CertificateError::Malformed(error.to_string()))?;
        Ok(Self {
            bytes: bytes.to_vec(),
            parsed,
        })
    }

    /// Reads the certificates of authorities that the caller trusts, as PEM with
    /// any text between them.
    ///
    /// # Errors
    /// If there are none, or one can't be read or may not issue others.
    pub fn authorities_from_pem(text: &str) -> Result<Vec<Self>, CertificateError> {
        let mut found = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find(BEGIN) {
            let from = rest.get(start..).unwrap_or_default();
            let cut = from.find(END).map(|end| end + END.len());
            let cut = cut.ok_or_else(|| CertificateError::Malformed("it is cut".to_owned()))?;
            let pem = from.get(..cut).unwrap_or_default();
            let parsed = x509_cert::Certificate::from_pem(pem.as_bytes());
            let bytes = parsed.and_then(|parsed| parsed.to_der());
            let bytes = bytes.map_err(|error| CertificateError::Malformed(error.to_string()))?;
            let certificate = Self::parse(&bytes)?;
            if !certificate.is_authority() {
                return Err(CertificateError::NoAuthority(certificate.name()));
            }
            found.push(certificate);
            rest = from.get(cut..).unwrap_or_default();
        }
        if found.is_empty() {
            return Err(CertificateError::None);
        }
        Ok(found)
    }

    /// Whose it is, as RFC 4514 writes it.
    #[must_use]
    pub fn name(&self) -> String {
        self.parsed.tbs_certificate().subject().to_string()
    }

    /// From when to when it is good, in seconds since 1970-01-01T00:00:00Z; both
    /// are in it.
    #[must_use]
    pub fn validity(&self) -> (u64, u64) {
        let validity = self.parsed.tbs_certificate().validity();
        let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs();
        (seconds(validity.not_before), seconds(validity.not_after))
    }

    /// The DER as received.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn is_good_at(&self, seconds: u64) -> bool {
        let (from, to) = self.validity();
        (from..=to).contains(&seconds)
    }

    pub(super) fn is_named_by(&self, id: &SignerId) -> bool {
        let tbs = self.parsed.tbs_certificate();
        match id {
            SignerId::Issuer(issuer, serial) => {
                tbs.issuer().to_der().is_ok_and(|it| it == *issuer)
                    && unsigned(tbs.serial_number().as_bytes()) == unsigned(serial)
            }
            SignerId::Key(key) => {
                let found = tbs.get_extension::<SubjectKeyIdentifier>();
                found.is_ok_and(|it| it.is_some_and(|(_, it)| it.0.as_bytes() == key))
            }
        }
    }

    /// Whether it may issue others (RFC 5280 §4.2.1.3, 4.2.1.9).
    pub(super) fn is_authority(&self) -> bool {
        let tbs = self.parsed.tbs_certificate();
        let constraints = tbs.get_extension::<BasicConstraints>();
        let is_ca = matches!(constraints, Ok(Some((_, it))) if it.ca);
        is_ca && self.may(&[KeyUsages::KeyCertSign])
    }

    /// How many others may stand between it and a signer's; `None` for any number.
    pub(super) fn path_length(&self) -> Option<u8> {
        let tbs = self.parsed.tbs_certificate();
        let constraints = tbs.get_extension::<BasicConstraints>().ok().flatten();
        constraints.and_then(|(_, it)| it.path_len_constraint)
    }

    /// Whether it is for time stamps and nothing else, and says so with emphasis
    /// (RFC 3161 §2.3).
    pub(super) fn is_for_stamps(&self) -> bool {
        let found = self
            .parsed
            .tbs_certificate()
            .get_extension::<ExtendedKeyUsage>();
        let is_named = matches!(
            &found,
            Ok(Some((true, usage))) if matches!(
                usage.0.as_slice(), [purpose] if purpose.to_string() == TIME_STAMPING
            )
        );
        is_named && self.may(&[KeyUsages::DigitalSignature, KeyUsages::NonRepudiation])
    }

    /// Whether its key may do one of these; one that does not say may.
    fn may(&self, any: &[KeyUsages]) -> bool {
        match self.parsed.tbs_certificate().get_extension::<KeyUsage>() {
            Ok(None) => true,
            Ok(Some((_, usage))) => any.iter().any(|it| usage.0.contains(*it)),
            Err(_) => false,
        }
    }
}

/// Without the zero that keeps an INTEGER positive.
fn unsigned(serial: &[u8]) -> &[u8] {
    match serial {
        [0, rest @ ..] if !rest.is_empty() => rest,
        other => other,
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.name())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Certificate {}
