//! COSE receipts (RFC 9942) of the tree of RFC 9162, and transparent statements
//! (RFC 9943 §7), which carry them.
//!
//! A receipt's signature covers a root and nothing else: its size and index are
//! not authenticated. Where an entry stands, and among how many, only a
//! checkpoint says.
//!
//! ```cddl
//! receipt = #6.18([
//!   protected: bstr .cbor { 1: -8, 4: bstr .size 32, 15: { 1: tstr, 2: tstr }, 395: 1 },
//!   unprotected: { 396: { -1: [+ bstr .cbor inclusion] } / { -2: [+ bstr .cbor growth] } },
//!   payload: nil,            ; the root
//!   signature: bstr .size 64,
//! ])
//! inclusion = [size: uint, index: uint, path: [* bstr .size 32]]
//! growth = [old: uint, new: uint, path: [* bstr .size 32]]
//! transparent-statement = the signed statement with unprotected { 394: [+ bstr .cbor receipt] }
//! ```

use crate::digest::{DIGEST_LEN, LeafHash, Thumbprint, TreeHash};
use crate::encoding::cbor::{self, CborError, Map, Value};
use crate::encoding::cose::{self, CoseError, Sign1};
use crate::key::{PublicKey, SignError, Signer};
use crate::merkle::{ProofError, consistency_root, inclusion_root, leaf_hash};

/// Labels of header parameters.
const ALG: i128 = 1;
const KID: i128 = 4;
const CLAIMS: i128 = 15;
/// Receipts (RFC 9942 §4.2).
const RECEIPTS: i128 = 394;
/// Verifiable data structure.
const VDS: i128 = 395;
/// Proofs of it.
const VDP: i128 = 396;
/// `vds` of the tree of RFC 9162 with SHA-256.
const RFC9162_SHA256: i128 = 1;
/// Inclusion proofs.
const INCLUSION: i128 = -1;
/// Consistency proofs.
const CONSISTENCY: i128 = -2;
/// EdDSA and Ed25519 in COSE.
const ED25519: [i128; 2] = [-8, -19];

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Its outer parts.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// A proof in it.
    #[error("a proof in it is not deterministic CBOR: {0}")]
    Cbor(#[from] CborError),
    /// A signature algorithm other than Ed25519.
    #[error("signed by an algorithm that is not Ed25519")]
    Algorithm,
    /// A tree that is not that of RFC 9162.
    #[error("of another verifiable data structure than RFC 9162 with SHA-256 (vds 1)")]
    Structure,
    /// The key of another log, or none named.
    #[error("it does not name the log's receipt key")]
    Key,
    /// RFC 9942: the root is what is signed, and a verifier works it out.
    #[error("it carries a payload; the root is worked out, never taken over")]
    Attached,
    /// Neither inclusion nor consistency, or several of them.
    #[error("it does not hold exactly one proof of one kind")]
    Proofs,
    /// The proof itself.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// It proves another kind of thing.
    #[error("it proves {0}")]
    Kind(&'static str),
    /// The signature over the root.
    #[error("the log's receipt key did not sign the root that the proof leads to")]
    Signature,
    /// A transparent statement without receipts.
    #[error("the statement carries no receipt")]
    NoReceipt,
}

/// That the tree of `new` entries extends the one of `old`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// Size of the older tree.
    pub old: u64,
    /// Size of the newer.
    pub new: u64,
    /// The consistency proof (RFC 9162 §2.1.4).
    pub path: Vec<TreeHash>,
}

/// What a receipt proves of a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptProof {
    /// An entry stands under it.
    Inclusion {
        /// Number of entries, unauthenticated.
        size: u64,
        /// The entry's index, unauthenticated.
        index: u64,
        /// Siblings from the leaf up.
        path: Vec<TreeHash>,
    },
    /// An older tree grew into it.
    Growth(Growth),
}

/// A receipt as received. Nothing of it has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    message: Sign1,
    kid: Option<Thumbprint>,
    proof: ReceiptProof,
}

impl Receipt {
    /// Makes a receipt for a root, which must be the one that the proof leads to.
    ///
    /// # Errors
    /// If the signer fails.
    pub fn sign(
        proof: &ReceiptProof,
        root: TreeHash,
        (issuer, subject): (&str, &str),
        signer: &dyn Signer,
    ) -> Result<Vec<u8>, SignError> {
        let key = signer.public();
        let claims = Map::from([
            (cbor::int(1), cbor::text(issuer)),
            (cbor::int(2), cbor::text(subject)),
        ]);
        let header = Map::from([
            (cbor::int(ALG), cbor::int(ED25519[0])),
            (cbor::int(KID), cbor::bytes(*key.thumbprint().as_bytes())),
            (cbor::int(CLAIMS), Value::Map(claims)),
            (cbor::int(VDS), cbor::int(RFC9162_SHA256)),
        ]);
        let protected = cbor::encode(&Value::Map(header));
        let message = cose::sig_structure(&protected, root.as_bytes());
        let signature = signer.sign(&message)?;
        key.verify(&message, &signature)
            .map_err(|_| SignError::BadSignature)?;
        let (label, proof) = proof.to_value();
        let proofs = Value::Array(vec![cbor::bytes(cbor::encode(&proof))]);
        let vdp = Value::Map(Map::from([(cbor::int(label), proofs)]));
        let unprotected = Map::from([(cbor::int(VDP), vdp)]);
        Ok(cose::assemble_with(
            &protected,
            unprotected,
            None,
            &signature,
        ))
    }

    /// Reads a receipt.
    ///
    /// # Errors
    /// The first rule broken.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let message = Sign1::parse(bytes)?;
        let header = |label| message.header().get(&cbor::int(label));
        match header(ALG) {
            Some(Value::Integer(alg)) if ED25519.contains(alg) => {}
            _ => return Err(ReceiptError::Algorithm),
        }
        if header(VDS) != Some(&cbor::int(RFC9162_SHA256)) {
            return Err(ReceiptError::Structure);
        }
        if message.payload().is_some() {
            return Err(ReceiptError::Attached);
        }
        let kid = match header(KID) {
            Some(Value::Bytes(kid)) => kid.as_slice().try_into().ok(),
            _ => None,
        };
        let proof = ReceiptProof::read(message.unprotected().get(&cbor::int(VDP)))?;
        Ok(Self {
            kid: kid.map(Thumbprint::from_bytes),
            message,
            proof,
        })
    }

    /// What it proves, unchecked.
    #[must_use]
    pub fn proof(&self) -> &ReceiptProof {
        &self.proof
    }

    /// Whether it says that it is signed by a key.
    #[must_use]
    pub fn is_by(&self, key: &PublicKey) -> bool {
        self.kid == Some(key.thumbprint())
    }

    /// Checks that an entry stands under the root that the log's receipt key
    /// signed, and returns that root. Index and size stay unproven.
    ///
    /// # Errors
    /// What does not hold.
    pub fn verify_inclusion(
        &self,
        leaf: LeafHash,
        key: &PublicKey,
    ) -> Result<TreeHash, ReceiptError> {
        let ReceiptProof::Inclusion { size, index, path } = &self.proof else {
            return Err(ReceiptError::Kind(
                "growth, not that an entry stands in the log",
            ));
        };
        let root = inclusion_root(leaf, *index, *size, path)?;
        self.verify_root(root, key)?;
        Ok(root)
    }

    /// Checks that a tree with this root grew into the one whose root the log's
    /// receipt key signed, and returns that root.
    ///
    /// # Errors
    /// What does not hold.
    pub fn verify_growth(
        &self,
        old_root: TreeHash,
        key: &PublicKey,
    ) -> Result<TreeHash, ReceiptError> {
        let ReceiptProof::Growth(Growth { old, new, path }) = &self.proof else {
            return Err(ReceiptError::Kind(
                "that an entry stands in the log, not growth",
            ));
        };
        let root = consistency_root((*old, old_root), *new, path)?;
        self.verify_root(root, key)?;
        Ok(root)
    }

    fn verify_root(&self, root: TreeHash, key: &PublicKey) -> Result<(), ReceiptError> {
        if !self.is_by(key) {
            return Err(ReceiptError::Key);
        }
        let message = self.message.to_be_signed(root.as_bytes());
        key.verify(&message, self.message.signature())
            .map_err(|_| ReceiptError::Signature)
    }
}

impl ReceiptProof {
    fn to_value(&self) -> (i128, Value) {
        let (label, first, second, path) = match self {
            Self::Inclusion { size, index, path } => (INCLUSION, size, index, path),
            Self::Growth(Growth { old, new, path }) => (CONSISTENCY, old, new, path),
        };
        let path = path.iter().map(|hash| cbor::bytes(*hash.as_bytes()));
        let path = Value::Array(path.collect());
        let parts = vec![cbor::int(*first), cbor::int(*second), path];
        (label, Value::Array(parts))
    }

    /// Out of the unprotected header's proofs: exactly one, of one kind.
    fn read(vdp: Option<&Value>) -> Result<Self, ReceiptError> {
        let Some(Value::Map(vdp)) = vdp else {
            return Err(ReceiptError::Proofs);
        };
        let mut kinds = vdp.iter();
        let (Some((label, Value::Array(proofs))), None) = (kinds.next(), kinds.next()) else {
            return Err(ReceiptError::Proofs);
        };
        let [Value::Bytes(proof)] = proofs.as_slice() else {
            return Err(ReceiptError::Proofs);
        };
        let Value::Array(parts) = cbor::decode(proof)? else {
            return Err(ReceiptError::Proofs);
        };
        let [
            Value::Integer(first),
            Value::Integer(second),
            Value::Array(path),
        ] = parts.as_slice()
        else {
            return Err(ReceiptError::Proofs);
        };
        let (Ok(first), Ok(second)) = (u64::try_from(*first), u64::try_from(*second)) else {
            return Err(ReceiptError::Proofs);
        };
        let path = path.iter().map(|hash| match hash {
            Value::Bytes(hash) => <[u8; DIGEST_LEN]>::try_from(hash.as_slice())
                .map(TreeHash::from_bytes)
                .ok(),
            _ => None,
        });
        let path = path.collect::<Option<_>>().ok_or(ReceiptError::Proofs)?;
        match label {
            Value::Integer(INCLUSION) => Ok(Self::Inclusion {
                size: first,
                index: second,
                path,
            }),
            Value::Integer(CONSISTENCY) => Ok(Self::Growth(Growth {
                old: first,
                new: second,
                path,
            })),
            _ => Err(ReceiptError::Proofs),
        }
    }
}

/// A signed statement with receipts in its unprotected header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransparentStatement {
    /// The entry as it stands in the log: without the receipts.
    pub entry: Vec<u8>,
    /// The receipts it carried, as they are.
    pub receipts: Vec<Vec<u8>>,
}

impl TransparentStatement {
    /// Puts receipts into an entry.
    ///
    /// # Errors
    /// If the entry is no COSE_Sign1 with an empty unprotected header.
    pub fn assemble(entry: &[u8], receipts: &[Vec<u8>]) -> Result<Vec<u8>, ReceiptError> {
        let message = Sign1::parse(entry)?;
        if !message.unprotected().is_empty() {
            return Err(CoseError::Shape.into());
        }
        let receipts = receipts
            .iter()
            .map(|receipt| cbor::bytes(receipt.as_slice()));
        let receipts = Value::Array(receipts.collect());
        let unprotected = Map::from([(cbor::int(RECEIPTS), receipts)]);
        Ok(cose::assemble_with(
            message.protected(),
            unprotected,
            message.payload(),
            message.signature(),
        ))
    }

    /// Takes a transparent statement apart. Nothing of it has been checked.
    ///
    /// # Errors
    /// If it is none, or carries anything beside receipts.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let message = Sign1::parse(bytes)?;
        let mut unprotected = message.unprotected().iter();
        let (Some((label, Value::Array(items))), None) = (unprotected.next(), unprotected.next())
        else {
            return Err(ReceiptError::NoReceipt);
        };
        let receipts = items.iter().map(|item| match item {
            Value::Bytes(receipt) => Some(receipt.clone()),
            _ => None,
        });
        let receipts: Option<Vec<_>> = receipts.collect();
        let receipts = receipts.filter(|it| *label == cbor::int(RECEIPTS) && !it.is_empty());
        let entry = cose::assemble_with(
            message.protected(),
            Map::new(),
            message.payload(),
            message.signature(),
        );
        Ok(Self {
            entry,
            receipts: receipts.ok_or(ReceiptError::NoReceipt)?,
        })
    }

    /// The leaf hash of the entry.
    #[must_use]
    pub fn leaf(&self) -> LeafHash {
        leaf_hash(&self.entry)
    }
}
