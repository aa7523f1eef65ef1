//! Flags as typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use super::signers::KeyName;

/// A register of official documents: every version hashed, signed and chained
/// into an append-only ledger that anyone can verify offline.
///
/// Exit codes: 0 verified / no difference / done; 1 failed / differs; 2 could
/// not do it; 3 nothing wrong found, but not established.
#[derive(Debug, Parser)]
#[command(name = "docledger", version, max_term_width = 80)]
pub(crate) struct Args {
    /// Folder that holds `ledger/` and `keys/`
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub(crate) home: PathBuf,
    /// Folder of the ledger, if not HOME/ledger
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) ledger: Option<PathBuf>,
    /// Folder of the keys, if not HOME/keys
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) keys: Option<PathBuf>,
    /// Folder of what is kept for you, such as pinned ledger ids
    #[arg(long, global = true, value_name = "DIR", env = "DOCLEDGER_STATE")]
    pub(crate) state: Option<PathBuf>,
    /// How answers are written
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) color: colorchoice_clap::Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Open a new ledger: make its keys and entry 0
    Init(Init),
    /// Pin a ledger id: verification will accept that ledger as the office's
    Trust(Trust),
    /// Show the metadata that a file prints: value, line, and how sure it is
    Inspect(Inspect),
    /// Register files: new documents, or new versions of them
    Register(Box<Register>),
    /// Correct fields of a registered file's record
    Amend(Amend),
    /// Give a document another symbol, or its first
    AssignSymbol(AssignSymbol),
    /// Change the distribution of a document's files
    Distribution(Distribution),
    /// Withdraw a document: it stays in the register, marked
    Withdraw(Withdraw),
    /// List the documents, one line for each language: all, or those that
    /// filters choose
    List(Box<List>),
    /// Search titles and contents, and find documents by what is registered of
    /// them
    Search(Box<Search>),
    /// Show the chain of a document: version, change, date, who, entry, digest
    Log(OneTarget),
    /// Show what is registered of a document or file
    Show(OneTarget),
    /// Write the bytes of a registered file, or its text, to standard output
    Cat(Cat),
    /// Compare two registered texts
    Diff(Diff),
    /// Verify the whole ledger, and a file by it; or an evidence file by the ledger
    /// id alone
    Verify(Verify),
    /// Time stamps (RFC 3161): ask for one, keep it, list them
    #[command(subcommand)]
    Stamp(Stamp),
    /// Say what a loose file is, and whether it is current
    Status(Status),
    /// Print the newest signed checkpoint; have witnesses cosign it
    Checkpoint(Checkpoint),
    /// Be a witness of logs: cosign their heads as they grow
    #[command(subcommand)]
    Witness(Witness),
    /// Write what proves a document to strangers: its entry's place, and an evidence
    /// file with its history; or that the log grew from an older checkpoint
    Prove(Prove),
    /// Take documents, or the register, out in a form that other systems read
    Export(Box<Export>),
    /// Register the documents of another office's export, and keep its proof
    Import(Import),
    /// Keys and their roles
    #[command(subcommand)]
    Key(Key),
    /// Read the text of the file on standard input, in a process of its own
    #[command(hide = true)]
    ReadText(ReadText),
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// List the keys that the ledger gave a role, and what became of each
    List,
    /// Make a new key; it counts once registrars grant it a role
    Generate(Generate),
    /// Give a key a role, or an officer's key another scope
    Grant(Grant),
    /// End a key's role: what it signed so far stays good
    Retire(Retire),
    /// Declare a key compromised from an entry on: what it signed from there is
    /// void until another officer endorses it
    Compromise(Compromise),
    /// Agree to a decision that waits for registrars; or, as an officer, vouch
    /// for entries of another officer
    Endorse(Endorse),
    /// Replace a key of the log's own
    Rotate(Rotate),
    /// Change what the office demands of documents, or how many registrars a
    /// decision needs
    Policy(Policy),
    /// Write the public files of keys/ anew from the ledger
    Publish,
    /// Print the public key of a key that signs, as PEM; its thumbprint goes to
    /// standard error
    Show(KeyShow),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleArg {
    /// Registers documents
    Officer,
    /// Decides about keys and policy
    Registrar,
    /// Signs checkpoints
    Checkpoint,
    /// Signs receipts
    Receipt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GrantedRoleArg {
    /// Registers documents
    Officer,
    /// Decides about keys and policy
    Registrar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogKeyArg {
    /// Signs checkpoints
    Checkpoint,
    /// Signs receipts
    Receipt,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Generate {
    /// What the key is for; it names the file
    #[arg(long, value_enum)]
    pub(crate) role: RoleArg,
    /// Write the public half to a new file, to be handed to a registrar
    #[arg(long, value_name = "FILE")]
    pub(crate) public: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
    /// Leave the secret key unencrypted
    #[arg(long, conflicts_with_all = ["passphrase_file"])]
    pub(crate) no_passphrase: bool,
}

/// What every decision takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DecisionFlags {
    #[command(flatten)]
    pub(crate) keys: SigningKeys,
    /// Don't ask for confirmation
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Show what would be decided, and stop
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Grant {
    /// The public key: a PEM file, - for standard input, or the name of a key
    /// made here by `key generate`
    #[arg(value_name = "KEY")]
    pub(crate) whose: PathBuf,
    /// What it may do
    #[arg(long, value_enum)]
    pub(crate) role: GrantedRoleArg,
    /// Who holds it
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Symbols it may register under, by whole components (A/,S/), and ni: for
    /// documents without a symbol; without it, all
    #[arg(long, value_name = "SYMBOLS", value_delimiter = ',')]
    pub(crate) scope: Vec<String>,
    #[command(flatten)]
    pub(crate) decision: DecisionFlags,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Retire {
    /// The key: its name or thumbprint as `key list` shows it (8 digits are
    /// enough), or a PEM file
    #[arg(value_name = "KEY")]
    pub(crate) whose: String,
    /// Why; it is recorded
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) decision: DecisionFlags,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Compromise {
    /// The key: its name or thumbprint as `key list` shows it (8 digits are
    /// enough), or a PEM file
    #[arg(value_name = "KEY")]
    pub(crate) whose: String,
    /// The first entry that can't be trusted any more: #17
    #[arg(long, value_name = "ENTRY", value_parser = entry_number)]
    pub(crate) from: u64,
    /// Why; it is recorded
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// The public key that takes a registrar's place, as for `key grant`
    #[arg(long, value_name = "KEY")]
    pub(crate) replacement: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) decision: DecisionFlags,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Endorse {
    /// Entries: #17 …
    #[arg(required = true, value_name = "ENTRY", value_parser = entry_number)]
    pub(crate) entries: Vec<u64>,
    /// Why; it is recorded with an officer's endorsement
    #[arg(long, value_name = "TEXT", default_value = "looked at and found right")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) decision: DecisionFlags,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Rotate {
    /// Which
    #[arg(value_enum)]
    pub(crate) log: LogKeyArg,
    /// The new key, made here by `key generate`; without it, one is made
    #[arg(long, value_name = "NAME")]
    pub(crate) new: Option<String>,
    /// Leave the new secret key unencrypted
    #[arg(long)]
    pub(crate) no_passphrase: bool,
    #[command(flatten)]
    pub(crate) decision: DecisionFlags,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Policy {
    /// Field that every document must have, by its name in a record (one that is
    /// not known has them listed); may be repeated; replaces those required so far
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    pub(crate) require: Vec<String>,
    /// Distribution that is allowed; may be repeated; replaces those allowed so far
    #[arg(long, value_name = "TEXT")]
    pub(crate) distribution: Vec<String>,
    /// Require nothing
    #[arg(long, conflicts_with = "require")]
    pub(crate) require_nothing: bool,
    /// Allow any distribution
    #[arg(long, conflicts_with = "distribution")]
    pub(crate) any_distribution: bool,
    /// A witness of checkpoints, as NAME=VKEY; may be repeated; replaces those so far
    #[arg(long, value_name = "NAME=VKEY")]
    pub(crate) witness: Vec<String>,
    /// A group of witnesses, as NAME=any:MEMBER,MEMBER (or all, or a number)
    #[arg(long, value_name = "NAME=COUNT:MEMBERS")]
    pub(crate) group: Vec<String>,
    /// The witness or group that must have cosigned; `none` for none
    #[arg(long, value_name = "NAME")]
    pub(crate) quorum: Option<String>,
    /// Whether a document or event counts only once a second officer endorsed it
    #[arg(long, value_name = "BOOL")]
    pub(crate) four_eyes: Option<bool>,
    /// How many registrars a decision needs from here on
    #[arg(long, value_name = "COUNT")]
    pub(crate) threshold: Option<u64>,
    #[command(flatten)]
    pub(crate) decision: DecisionFlags,
}

/// `17` or `#17`.
fn entry_number(text: &str) -> Result<u64, String> {
    let number = text.strip_prefix('#').unwrap_or(text);
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = number.parse().ok().filter(|_| is_plain);
    parsed.ok_or_else(|| format!("{text:?} is no entry; they are written #17"))
}

#[derive(Debug, clap::Args)]
pub(crate) struct KeyShow {
    /// A key as for `register --key`
    pub(crate) key: KeyName,
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// The office: a URI or a name, the same for the whole ledger
    #[arg(long)]
    pub(crate) issuer: String,
    /// The log's name, such as records.example.org/register
    #[arg(long)]
    pub(crate) origin: String,
    /// Name of the registrar
    #[arg(long)]
    pub(crate) registrar: Option<String>,
    /// Name of the first officer
    #[arg(long)]
    pub(crate) officer: Option<String>,
    /// Also make a recovery key, whose only power is to replace a compromised registrar
    #[arg(long)]
    pub(crate) recovery_key: bool,
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
    /// Leave the secret keys unencrypted
    #[arg(long, conflicts_with_all = ["passphrase_file"])]
    pub(crate) no_passphrase: bool,
}

#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Passphrase {
    /// File whose first line is the passphrase of the secret keys; the variable
    /// DOCLEDGER_PASSPHRASE may hold it instead
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// What signs an entry, and the checkpoint over it.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct SigningKeys {
    /// The officer's or registrar's key: its name in keys/private without ending; a file;
    /// agent:FINGERPRINT, agent:COMMENT or agent: for one in the SSH agent; or
    /// "exec:PROGRAM ARGUMENT …" for a program that signs
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<KeyName>,
    /// The key for the checkpoint, named in the same ways
    #[arg(long, value_name = "KEY")]
    pub(crate) checkpoint_key: Option<KeyName>,
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Trust {
    /// The ledger id, 64 hexadecimal digits
    pub(crate) id: docledger::digest::LedgerId,
}

#[derive(Debug, clap::Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Most documents to list; without it, all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// List relations to documents that are not registered, instead
    #[arg(long, conflicts_with = "register")]
    pub(crate) open: bool,
    /// Print the register as a whole, with gaps in numbering, missing
    /// languages, open references and duplicates
    #[arg(
        long,
        value_enum,
        value_name = "SHAPE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "table"
    )]
    pub(crate) register: Option<RegisterShape>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RegisterShape {
    /// For a terminal
    Table,
    /// For a spreadsheet; gaps and duplicates go to standard error
    Csv,
    /// A page to print
    Html,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Amend {
    /// The file whose record is wrong: a target as for `show`
    pub(crate) target: PathBuf,
    /// The field, as records name it: title, issued, bodies …
    #[arg(long, value_name = "NAME")]
    pub(crate) field: String,
    /// Its value from here on, written as for `register`; may be repeated
    #[arg(long, required_unless_present = "clear")]
    pub(crate) value: Vec<String>,
    /// Leave the field blank from here on
    #[arg(long, conflicts_with = "value")]
    pub(crate) clear: bool,
    #[command(flatten)]
    pub(crate) event: EventFlags,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AssignSymbol {
    /// The document: a target as for `show`
    pub(crate) target: PathBuf,
    /// The symbol as printed; joint ones with a dash
    pub(crate) symbol: String,
    #[command(flatten)]
    pub(crate) event: EventFlags,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Distribution {
    /// A target as for `show`: its files of the version said, else the newest,
    /// in the language said, else in all
    pub(crate) target: PathBuf,
    /// The distribution from here on: General, Limited, Restricted …
    #[arg(required_unless_present = "clear")]
    pub(crate) new: Option<String>,
    /// Leave it blank from here on
    #[arg(long, conflicts_with = "new")]
    pub(crate) clear: bool,
    #[command(flatten)]
    pub(crate) event: EventFlags,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Withdraw {
    /// The document: a target as for `show`
    pub(crate) target: PathBuf,
    #[command(flatten)]
    pub(crate) event: EventFlags,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EventFlags {
    /// Why; it is recorded
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) keys: SigningKeys,
    /// Don't ask for confirmation
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Show what would be recorded, and stop
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct OneTarget {
    /// A symbol, #17, SYMBOL@2, SYMBOL:fr, a digest, an ni: name, or a file
    pub(crate) target: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Search {
    /// Words that title or contents must hold, all of them; "a phrase" in
    /// quotes; a trailing * stands for any ending
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Most hits to show
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub(crate) limit: u64,
}

/// What chooses documents. Texts are compared by whole words, without letter
/// case and accents; a trailing * stands for any ending.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Filters {
    /// Symbols that begin with these components: A/78 is not A/780
    #[arg(long, value_name = "PREFIX")]
    pub(crate) symbol: Option<String>,
    /// The symbol with all its revisions, corrigenda, addenda …
    #[arg(long, value_name = "SYMBOL")]
    pub(crate) family: Option<String>,
    /// Documents that revise, correct, supplement … this one
    #[arg(long, value_name = "SYMBOL")]
    pub(crate) related_to: Option<String>,
    /// Organ
    #[arg(long, value_name = "NAME")]
    pub(crate) body: Option<String>,
    /// Session or year of the organ
    #[arg(long, value_name = "TEXT")]
    pub(crate) session: Option<String>,
    /// Agenda item of the organ
    #[arg(long, value_name = "ITEM")]
    pub(crate) agenda: Option<String>,
    /// Name or title of who signed the paper
    #[arg(long, value_name = "NAME")]
    pub(crate) signatory: Option<String>,
    /// Distribution
    #[arg(long, value_name = "TEXT")]
    pub(crate) distribution: Option<String>,
    /// Kind of document
    #[arg(long, value_name = "TEXT")]
    pub(crate) kind: Option<String>,
    /// Language (BCP 47); zh covers zh-Hans
    #[arg(long, value_name = "TAG", value_parser = docledger::registry::field_text::language)]
    pub(crate) language: Option<docledger::statement::Language>,
    /// First digits of the key that signed the entry
    #[arg(long, value_name = "DIGITS")]
    pub(crate) officer: Option<String>,
    /// Dated on this day or later: YYYY-MM-DD, YYYY-MM or YYYY
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<docledger::statement::PartialDate>,
    /// Dated on this day or earlier
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<docledger::statement::PartialDate>,
    /// Which date --since and --until mean, and that there is one; without it,
    /// the masthead's or else the first known of the others
    #[arg(long, value_enum, value_name = "DATE")]
    pub(crate) date_of: Option<DateArg>,
    /// The versions that were current on this day by the documents' dates; undated
    /// ones are left out
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<docledger::statement::PartialDate>,
    /// The versions that were current in the register at the end of this day (UTC),
    /// by the times that entries claim
    #[arg(long, value_name = "DATE")]
    pub(crate) held: Option<docledger::statement::PartialDate>,
    /// All versions, not the current ones only
    #[arg(long)]
    pub(crate) all_versions: bool,
    /// Read every entry instead of asking the index: slow and complete
    #[arg(long)]
    pub(crate) scan: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DateArg {
    /// Masthead date
    Issued,
    /// Date of the letter
    Letter,
    /// Date of adoption
    Adopted,
    /// Date the office received it
    Received,
    /// Date of the reissue
    Reissued,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Cat {
    /// A target as for `show`
    pub(crate) target: PathBuf,
    /// Print the text read from the file instead of its bytes
    #[arg(long)]
    pub(crate) text: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReadText {
    /// The file's media type
    #[arg(long, value_name = "TYPE")]
    pub(crate) media_type: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Prove {
    /// A target as for `show`: its entry is proven, as a C2SP tlog-proof
    /// (.tlog-proof), as a SCITT transparent statement (.scitt), and, with its
    /// history and the document, as an evidence file (.zip)
    pub(crate) target: Option<PathBuf>,
    /// An older signed checkpoint: the growth from it is proven, in readable text
    /// (.txt) and as a COSE receipt (.receipt)
    #[arg(long, value_name = "FILE", conflicts_with = "target")]
    pub(crate) growth: Option<PathBuf>,
    /// Where to write, without ending; nothing is written over
    #[arg(long, value_name = "STEM")]
    pub(crate) out: Option<PathBuf>,
    /// Leave the document itself out of the evidence file
    #[arg(long, conflicts_with = "growth")]
    pub(crate) no_document: bool,
    /// Write a certificate of registration too: a page to print on one sheet, with
    /// codes that carry the proof (.html)
    #[arg(long, conflicts_with = "growth")]
    pub(crate) certificate: bool,
    /// Leave out what needs the log's receipt key
    #[arg(long)]
    pub(crate) no_receipt: bool,
    /// The receipt key, named as for `register --key`
    #[arg(long, value_name = "KEY")]
    pub(crate) receipt_key: Option<KeyName>,
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportKind {
    /// A bag (BagIt 1.0): the documents as received, with proof, table and PREMIS
    Bagit,
    /// A storage root (OCFL 1.1): an object for each document, with all versions
    Ocfl,
    /// The register as a table, which `register --manifest` reads
    Csv,
    /// The register as JSON, a record a line
    Json,
    /// The register as PREMIS 3: objects, events, agents
    Premis,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// In what form
    #[arg(value_enum, value_name = "KIND")]
    pub(crate) form: ExportKind,
    /// The new folder or file; - is standard output, for what is one file
    #[arg(value_name = "DEST")]
    pub(crate) place: PathBuf,
    /// Documents with all their versions, or one of these: targets as for
    /// `show`. Without targets and filters, everything. Filters choose files as
    /// for `list`, and always read every entry
    #[arg(value_name = "TARGET")]
    pub(crate) targets: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Check the files and show what would be written, and stop
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// A bag (BagIt): a folder, unpacked; or an evidence file
    #[arg(value_name = "SOURCE")]
    pub(crate) source: PathBuf,
    /// The ledger id that the other office published, for evidence; without it,
    /// one pinned for you
    #[arg(long, value_name = "ID")]
    pub(crate) ledger_id: Option<docledger::digest::LedgerId>,
    /// From whom it was received; without it, who the bag or evidence says
    #[arg(long, value_name = "WHOM")]
    pub(crate) from: Option<String>,
    /// Register the others when files are refused; the exit code is 1 then
    #[arg(long)]
    pub(crate) keep_going: bool,
    #[command(flatten)]
    pub(crate) keys: SigningKeys,
    /// Don't ask for confirmation
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Show what would be registered, and stop
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Checkpoint {
    #[command(subcommand)]
    pub(crate) command: Option<CheckpointCommand>,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum CheckpointCommand {
    /// Have a witness cosign the newest head (C2SP tlog-witness, add-checkpoint): send
    /// the request and keep the cosignature, or write the request for `witness cosign`
    Request(CheckpointRequest),
    /// Take in a checkpoint that witnesses cosigned
    Add {
        /// The cosigned checkpoint
        file: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckpointRequest {
    /// How many entries the head has that the witness saw last; a witness that is
    /// asked over a network says it
    #[arg(long, value_name = "SIZE", default_value_t = 0)]
    pub(crate) old: u64,
    /// Where to write it; nothing is written over
    #[arg(long, value_name = "FILE")]
    #[cfg_attr(feature = "net", arg(required_unless_present = "witness"))]
    #[cfg_attr(not(feature = "net"), arg(required = true))]
    pub(crate) out: Option<PathBuf>,
    /// The address of a witness that serves, without /add-checkpoint
    #[cfg(feature = "net")]
    #[arg(long, value_name = "URL")]
    pub(crate) witness: Option<String>,
    /// How long each answer may take
    #[cfg(feature = "net")]
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        requires = "witness"
    )]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: u64,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Witness {
    /// Print the witness's verifier key, for the policies of logs
    Vkey(WitnessKeyFlags),
    /// Cosign a checkpoint, if it grew from the one cosigned last
    Cosign {
        /// What `docledger checkpoint request` wrote
        request: PathBuf,
        /// Where to write the cosigned checkpoint; nothing is written over
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Logs that are cosigned: a tlog-policy with `log` lines, such as the
        /// ledger's keys/policy
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
        #[command(flatten)]
        witness: WitnessKeyFlags,
    },
    /// Cosign what is sent over HTTP to /add-checkpoint (C2SP tlog-witness), until
    /// stopped. There is no TLS: beyond this machine, put a proxy before it
    #[cfg(feature = "net")]
    Serve {
        /// Where to listen; port 0 takes a free one, which is printed
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
        listen: std::net::SocketAddr,
        /// Logs that are cosigned, as for `witness cosign`; read once, at the start
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
        #[command(flatten)]
        witness: WitnessKeyFlags,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct WitnessKeyFlags {
    /// The witness's name, such as witness.example.org/w1
    #[arg(long)]
    pub(crate) name: String,
    /// Its secret key, named as for `register --key`
    #[arg(long, value_name = "KEY")]
    pub(crate) key: KeyName,
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Stamp {
    /// Ask for a stamp on the newest head: send the request and keep the stamp, or
    /// write the request for somebody to send, whose reply `stamp add` takes in
    Request(StampRequest),
    /// Check an authority's reply, and keep it
    Add {
        /// The reply
        #[arg(value_name = "FILE.tsr")]
        reply: PathBuf,
        #[command(flatten)]
        authorities: TsaCertificates,
    },
    /// What is stamped, when and by whom
    List {
        #[command(flatten)]
        authorities: TsaCertificates,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct StampRequest {
    /// Where to write the request; nothing is written over
    #[arg(long, value_name = "FILE.tsq")]
    #[cfg_attr(feature = "net", arg(required_unless_present = "url"))]
    #[cfg_attr(not(feature = "net"), arg(required = true))]
    pub(crate) out: Option<PathBuf>,
    /// Have the newest stamp stamped again, before its certificate ends
    #[arg(long)]
    pub(crate) renew: bool,
    #[cfg(feature = "net")]
    #[command(flatten)]
    pub(crate) tsa: Tsa,
}

/// An authority that is asked over a network.
#[cfg(feature = "net")]
#[derive(Debug, clap::Args)]
pub(crate) struct Tsa {
    /// The authority's address, http:// or https://; its stamp is signed, so that
    /// either will do
    #[arg(long = "tsa", value_name = "URL")]
    pub(crate) url: Option<String>,
    /// How long it may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "url")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: u64,
    #[command(flatten)]
    pub(crate) authorities: TsaCertificates,
}

#[derive(Debug, clap::Args)]
pub(crate) struct TsaCertificates {
    /// Certificates (PEM) of time-stamping authorities that you trust; may be
    /// repeated
    #[arg(long = "tsa-certificates", value_name = "FILE.pem")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Status {
    /// The file
    pub(crate) file: PathBuf,
    /// Ask an evidence file instead of a ledger
    #[arg(long, value_name = "EVIDENCE")]
    pub(crate) evidence: Option<PathBuf>,
    /// The ledger id the office published, for evidence; without it, one pinned
    /// for you
    #[arg(long, value_name = "ID", requires = "evidence")]
    pub(crate) ledger_id: Option<docledger::digest::LedgerId>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Inspect {
    /// The file; no ledger is needed
    pub(crate) file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// The old version: a target as for `show`
    pub(crate) old: PathBuf,
    /// The new version
    pub(crate) new: PathBuf,
    /// Equal lines around a change
    #[arg(long, short = 'U', default_value_t = 3)]
    pub(crate) context: usize,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// Verify a file too: that its bytes are registered, and count
    #[arg(value_name = "FILE", conflicts_with = "fork")]
    pub(crate) file: Option<PathBuf>,
    /// Check an evidence file instead of a ledger; with FILE, whether it shows
    /// that FILE is registered
    #[arg(long, value_name = "EVIDENCE", conflicts_with_all = ["against", "fork"])]
    pub(crate) evidence: Option<PathBuf>,
    /// Check a transparent statement alone (.scitt), by the office's keys; with
    /// FILE, whether it registers FILE. Evidence shows more
    #[arg(long, value_name = "STATEMENT", requires = "office_keys",
          conflicts_with_all = ["against", "fork", "evidence", "policy", "TsaCertificates"])]
    pub(crate) statement: Option<PathBuf>,
    /// The office's public keys for --statement, got from the office: its `keys`
    /// folder, or a PEM file; may be repeated
    #[arg(long, value_name = "PATH", requires = "statement")]
    pub(crate) office_keys: Vec<PathBuf>,
    /// The ledger id the office published; without it, one pinned for you
    #[arg(long, value_name = "ID")]
    pub(crate) ledger_id: Option<docledger::digest::LedgerId>,
    /// Your own policy on witnesses (C2SP tlog-policy); it can only ask for more
    /// than the ledger's
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) tsa_certificates: TsaCertificates,
    /// Compare with another copy: its home, its ledger folder, or a checkpoint
    #[arg(long, value_name = "OTHER")]
    pub(crate) against: Option<PathBuf>,
    /// Where the two are a fork, write evidence to a new file that anyone can
    /// check with the ledger id alone
    #[arg(long, value_name = "FILE", requires = "against")]
    pub(crate) save_fork: Option<PathBuf>,
    /// Check such evidence, and nothing else; no ledger is needed
    #[arg(
        long,
        value_name = "FILE",
        requires = "ledger_id",
        conflicts_with = "against"
    )]
    pub(crate) fork: Option<PathBuf>,
}

#[derive(Debug, Default, clap::Args)]
pub(crate) struct Register {
    /// The file; or several files and folders, registered in one append
    #[arg(required_unless_present = "manifest", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Table (CSV) of files, and what is said of each
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    pub(crate) manifest: Option<PathBuf>,
    /// Write what would be registered to a manifest, and stop
    #[arg(long, value_name = "FILE")]
    pub(crate) save_manifest: Option<PathBuf>,
    /// Register the others when files are refused; the exit code is 1 then
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Symbol as printed; joint ones with a dash: A/78/0-S/2024/0
    #[arg(long)]
    pub(crate) symbol: Option<String>,
    /// It has no symbol, whatever it prints
    #[arg(long, conflicts_with = "symbol")]
    pub(crate) no_symbol: bool,
    /// The document it belongs to, where no symbol tells: #17, a digest, an ni: name
    #[arg(long, value_name = "TARGET")]
    pub(crate) of: Option<String>,
    /// How it relates to the version before; for several files, to be used
    /// where they don't tell themselves
    #[arg(long, value_enum)]
    pub(crate) change: Option<ChangeArg>,
    /// The version that a rendition renders, if not the newest
    #[arg(long, value_name = "VERSION")]
    pub(crate) renders: Option<u64>,
    /// Language of this file (BCP 47): en, fr, zh …
    #[arg(long, value_parser = docledger::registry::field_text::language)]
    pub(crate) language: Option<docledger::statement::Language>,
    /// Language it was drafted in; may be repeated
    #[arg(long, value_parser = docledger::registry::field_text::language)]
    pub(crate) original_language: Vec<docledger::statement::Language>,
    /// Masthead date: YYYY-MM-DD, YYYY-MM or YYYY
    #[arg(long)]
    pub(crate) date: Option<docledger::statement::PartialDate>,
    /// Date of the letter
    #[arg(long)]
    pub(crate) letter_date: Option<docledger::statement::PartialDate>,
    /// Date of adoption
    #[arg(long)]
    pub(crate) adopted: Option<docledger::statement::PartialDate>,
    /// Date the office received it
    #[arg(long)]
    pub(crate) received: Option<docledger::statement::PartialDate>,
    /// Date of the reissue
    #[arg(long)]
    pub(crate) reissued: Option<docledger::statement::PartialDate>,
    /// Title
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Kind of document: letter, report, draft resolution …
    #[arg(long = "type", value_name = "KIND")]
    pub(crate) document_type: Option<String>,
    /// Distribution: General, Limited, Restricted …
    #[arg(long)]
    pub(crate) distribution: Option<String>,
    /// Job number as printed
    #[arg(long)]
    pub(crate) job_number: Option<String>,
    /// Who signed the paper: "Name; title; title"; may be repeated
    #[arg(long, value_name = "NAME; TITLE")]
    pub(crate) signatory: Vec<String>,
    /// Organ with session and agenda items: "Name; session; item; item"; may be repeated
    #[arg(long, value_name = "NAME; SESSION; ITEM")]
    pub(crate) body: Vec<String>,
    /// Relation to another document: "corrects S/2007/421", of some languages
    /// only "corrects S/2007/421:en,fr"; may be repeated
    #[arg(long, value_name = "KIND SYMBOL")]
    pub(crate) relation: Vec<String>,
    /// From whom it was received
    #[arg(long, value_name = "WHOM")]
    pub(crate) from: Option<String>,
    /// How it was received
    #[arg(long, value_name = "MEANS")]
    pub(crate) means: Option<String>,
    /// Field to leave blank although the version before has it; may be repeated
    #[arg(long, value_name = "FIELD")]
    pub(crate) clear: Vec<String>,
    /// File name to record, if not the file's own
    #[arg(long, value_name = "NAME")]
    pub(crate) file_name: Option<String>,
    /// Media type to record, if not the one recognised
    #[arg(long, value_name = "TYPE")]
    pub(crate) media_type: Option<String>,
    /// Register bytes that are registered elsewhere or were an earlier version
    #[arg(long)]
    pub(crate) allow_same_bytes: bool,
    #[command(flatten)]
    pub(crate) keys: SigningKeys,
    /// Don't read what the file prints about itself
    #[arg(long)]
    pub(crate) no_read: bool,
    /// Don't ask for confirmation
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Show what would be registered, and stop
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChangeArg {
    /// A new text that replaces the one before
    Revision,
    /// Issued again for technical reasons
    Reissue,
    /// The same version in another format
    Rendition,
}
