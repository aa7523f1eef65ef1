//! From a token to a stamp: what it is about, who signed it, and whether an
//! authority that the caller trusts vouches for the signer at that time.

use std::time::Duration;

use der::asn1::ObjectIdentifier;
use pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage, VerifiedPath, anchor_from_trusted_cert, ring};

use super::certificate::Certificate;
use super::hash::Hash;
use super::request::Request;
use super::time::StampTime;
use super::token::Token;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");

/// 1.3.6.1.5.5.7.3.8, id-kp-timeStamping, as the contents of its DER.
const TIME_STAMPING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];

type Verifiers = &'static [&'static dyn SignatureVerificationAlgorithm];

/// What may sign certificates on a path.
const PATH_ALGORITHMS: Verifiers = &[
    ring::RSA_PKCS1_2048_8192_SHA256,
    ring::RSA_PKCS1_2048_8192_SHA384,
    ring::RSA_PKCS1_2048_8192_SHA512,
    ring::ECDSA_P256_SHA256,
    ring::ECDSA_P256_SHA384,
    ring::ECDSA_P384_SHA256,
    ring::ECDSA_P384_SHA384,
];

const OF_RSA_SHA256: Verifiers = &[ring::RSA_PKCS1_2048_8192_SHA256];
const OF_RSA_SHA384: Verifiers = &[ring::RSA_PKCS1_2048_8192_SHA384];
const OF_RSA_SHA512: Verifiers = &[ring::RSA_PKCS1_2048_8192_SHA512];
const OF_ECDSA_SHA256: Verifiers = &[ring::ECDSA_P256_SHA256, ring::ECDSA_P384_SHA256];
const OF_ECDSA_SHA384: Verifiers = &[ring::ECDSA_P256_SHA384, ring::ECDSA_P384_SHA384];

/// Why a token is no stamp of the bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// About something else.
    #[error("it is about other bytes")]
    Imprint,
    /// The answer to another request.
    #[error("it does not answer this request: its nonce is another")]
    Nonce,
    /// The certificate is not the one that the signature names.
    #[error("its signer's certificate is not the one that was signed for")]
    OtherCertificate,
    /// The digest of the content.
    #[error("what it says was altered: the digest that was signed is of something else")]
    MessageDigest,
    /// An algorithm that is not accepted.
    #[error("it is signed by the algorithm {0}, which is not accepted with that key or hash")]
    Algorithm(String),
    /// The signature.
    #[error("its signature does not verify")]
    Signature,
    /// The signer's certificate is not for time stamps.
    #[error("its signer's certificate is not one for time stamps alone")]
    NotForStamps,
    /// The signer's certificate was not good at the time of the stamp.
    #[error("its signer's certificate was not valid at {0}, the time of the stamp")]
    SignerNotValid(StampTime),
    /// No path to a given authority.
    #[error("no authority that was given vouches for its signer, {0}")]
    Untrusted(String),
    /// There is a path, if the time of the stamp is left out.
    #[error("a certificate between its signer and the given authority was not valid at {0}")]
    PathNotValid(StampTime),
}

impl StampError {
    /// Whether the token itself is sound, and only whom it comes from is open.
    #[must_use]
    pub fn is_of_trust(&self) -> bool {
        matches!(
            self,
            Self::NotForStamps
                | Self::SignerNotValid(_)
                | Self::Untrusted(_)
                | Self::PathNotValid(_)
        )
    }
}

/// That a token is sound: about the bytes, and signed by the certificate in it.
/// Whoever has a key can make one.
#[derive(Debug, Clone, Copy)]
pub struct Authorship<'a> {
    token: &'a Token,
}

/// That bytes existed at a time, if the authority is to be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When.
    pub time: StampTime,
    /// How far off that may be, in microseconds, if the authority says so.
    pub accuracy_micros: Option<u64>,
    /// The token's number at its authority, in hexadecimal.
    pub serial: String,
    /// The authority's policy, an object identifier.
    pub policy: String,
    /// Who signed it.
    pub authority: String,
    /// When the signer's certificate ends, in seconds since 1970-01-01T00:00:00Z:
    /// before that it should be stamped again.
    pub certificate_until: u64,
}

impl Token {
    /// Checks that it is about these bytes, and signed by the certificate in it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, data: &[u8]) -> Result<Authorship<'_>, StampError> {
        if self.info.hash.digest(data) != self.info.imprint {
            return Err(StampError::Imprint);
        }
        let signer = &self.signer;
        let certificate = self.certificate.to_der();
        let is_named = |(hash, digest): &(Hash, Vec<u8>)| hash.digest(certificate) == *digest;
        if !signer.named.iter().all(is_named) {
            return Err(StampError::OtherCertificate);
        }
        if signer.hash.digest(&self.content) != signer.message_digest {
            return Err(StampError::MessageDigest);
        }
        self.check_signature()?;
        Ok(Authorship { token: self })
    }

    /// Checks that it answers this request.
    ///
    /// # Errors
    /// If its nonce is another.
    pub fn check_request(&self, request: &Request) -> Result<(), StampError> {
        match &self.info.nonce {
            Some(nonce) if nonce == request.nonce() => Ok(()),
            _ => Err(StampError::Nonce),
        }
    }

    /// Checks everything, up to one of the given authorities at the time of the
    /// stamp.
    ///
    /// # Errors
    /// What is wrong with it, or missing.
    pub fn verify(&self, data: &[u8], authorities: &[Certificate]) -> Result<Stamp, StampError> {
        self.check(data)?.trusted(authorities)
    }

    fn check_signature(&self) -> Result<(), StampError> {
        let signer = &self.signer;
        let unknown = || StampError::Algorithm(signer.algorithm.to_string());
        let der = CertificateDer::from(self.certificate.to_der());
        let certificate = EndEntityCert::try_from(&der).map_err(|_| StampError::NotForStamps)?;
        let mut error = unknown();
        for algorithm in algorithms(signer.algorithm, signer.hash).ok_or_else(unknown)? {
            let (message, signature) = (&signer.attributes, &signer.signature);
            match certificate.verify_signature(*algorithm, message, signature) {
                Ok(()) => return Ok(()),
                Err(webpki::Error::InvalidSignatureForPublicKey) => error = StampError::Signature,
                Err(_) => {}
            }
        }
        Err(error)
    }
}

impl Authorship<'_> {
    /// Checks that one of these authorities vouches for the signer, at the time
    /// of the stamp.
    ///
    /// # Errors
    /// If none does.
    pub fn trusted(self, authorities: &[Certificate]) -> Result<Stamp, StampError> {
        let Token {
            info, certificate, ..
        } = self.token;
        if !certificate.is_for_stamps() {
            return Err(StampError::NotForStamps);
        }
        if !certificate.is_good_at(info.time.seconds) {
            return Err(StampError::SignerNotValid(info.time));
        }
        self.check_path(authorities)?;
        Ok(Stamp {
            time: info.time,
            accuracy_micros: info.accuracy_micros,
            serial: info.serial.clone(),
            policy: info.policy.clone(),
            authority: certificate.name(),
            certificate_until: certificate.validity().1,
        })
    }

    fn check_path(self, authorities: &[Certificate]) -> Result<(), StampError> {
        let time = self.token.info.time;
        let untrusted = || StampError::Untrusted(self.token.certificate.name());
        let good: Vec<_> = authorities
            .iter()
            .filter(|it| it.is_good_at(time.seconds))
            .collect();
        match self.find_path(&good) {
            Ok(()) => return Ok(()),
            Err(webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. }) => {
                return Err(StampError::PathNotValid(time));
            }
            Err(_) => {}
        }
        let all: Vec<_> = authorities.iter().collect();
        match self.find_path(&all) {
            Ok(()) => Err(StampError::PathNotValid(time)),
            Err(_) => Err(untrusted()),
        }
    }

    /// Finds issuers up to one of these, valid at the time of the stamp.
    fn find_path(self, authorities: &[&Certificate]) -> Result<(), webpki::Error> {
        let ders: Vec<_> = authorities
            .iter()
            .map(|it| CertificateDer::from(it.to_der()))
            .collect();
        let anchors = ders.iter().map(anchor_from_trusted_cert);
        let anchors: Vec<TrustAnchor<'_>> = anchors.collect::<Result<_, _>>()?;
        let others = self.token.certificates.iter();
        let others: Vec<_> = others.map(|it| CertificateDer::from(it.to_der())).collect();
        let der = CertificateDer::from(self.token.certificate.to_der());
        let seconds = Duration::from_secs(self.token.info.time.seconds);
        let is_allowed = |path: &VerifiedPath<'_>| check_issuers(path, authorities);
        EndEntityCert::try_from(&der)?.verify_for_usage(
            PATH_ALGORITHMS,
            &anchors,
            &others,
            UnixTime::since_unix_epoch(seconds),
            KeyUsage::required(TIME_STAMPING),
            None,
            Some(&is_allowed),
        )?;
        Ok(())
    }
}

/// What the search for a path leaves open: whether each issuer's key may sign
/// certificates, and how long the path from the given authority may be.
fn check_issuers(path: &VerifiedPath<'_>, given: &[&Certificate]) -> Result<(), webpki::Error> {
    let mut between = 0_usize;
    for issuer in path.intermediate_certificates() {
        let parsed = Certificate::parse(&issuer.der());
        if !parsed.is_ok_and(|it| it.is_authority()) {
            return Err(webpki::Error::EndEntityUsedAsCa);
        }
        between += 1;
    }
    let anchor = path.anchor();
    let is_long_enough = given.iter().any(|it| {
        let der = CertificateDer::from(it.to_der());
        let is_this = anchor_from_trusted_cert(&der).is_ok_and(|it| it == *anchor);
        is_this
            && it
                .path_length()
                .is_none_or(|most| between <= usize::from(most))
    });
    if is_long_enough {
        Ok(())
    } else {
        Err(webpki::Error::PathLenConstraintViolated)
    }
}

/// The verifiers of an algorithm of CMS: for ECDSA, one for each curve.
fn algorithms(oid: ObjectIdentifier, hash: Hash) -> Option<Verifiers> {
    match (oid, hash) {
        (RSA | RSA_SHA256, Hash::Sha256) => Some(OF_RSA_SHA256),
        (RSA | RSA_SHA384, Hash::Sha384) => Some(OF_RSA_SHA384),
        (RSA | RSA_SHA512, Hash::Sha512) => Some(OF_RSA_SHA512),
        (ECDSA_SHA256, Hash::Sha256) => Some(OF_ECDSA_SHA256),
        (ECDSA_SHA384, Hash::Sha384) => Some(OF_ECDSA_SHA384),
        _ => None,
    }
}
