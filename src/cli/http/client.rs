//! One POST, and its answer in one piece.

use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, http::Uri};

use crate::cli::error::hinted;

/// How long it may take to reach a server.
const CONNECT: Duration = Duration::from_secs(10);

/// What is sent, and within which limits.
pub(crate) struct Post<'a> {
    pub(crate) url: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) body: &'a [u8],
    /// How long all of it may take.
    pub(crate) timeout: Duration,
    /// The longest body of an answer, in bytes.
    pub(crate) max_reply: usize,
}

/// What came back, whatever its status.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The kind of content, in lower case and without parameters; empty if unnamed.
    pub(crate) content_type: String,
    /// Where else to ask, as a redirection says.
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Post<'_> {
    /// Sends it. Redirections are not followed: where a request goes is the user's
    /// choice.
    ///
    /// # Errors
    /// If there is no answer in time, or a longer one.
    pub(crate) fn send(&self) -> anyhow::Result<Reply> {
        let agent = self.agent()?;
        let request = agent.post(self.url).content_type(self.content_type);
        let mut response = request.send(self.body)?;
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let kind = header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        Ok(Reply {
            status: response.status().as_u16(),
            content_type: kind.to_ascii_lowercase(),
            location: header("location"),
            body: {
                let body = response.body_mut().with_config();
                body.limit(self.max_reply as u64).read_to_vec()?
            },
        })
    }

    fn agent(&self) -> anyhow::Result<Agent> {
        let url: Option<Uri> = self.url.parse().ok();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(self.timeout))
            .user_agent(concat!("docledger/", env!("CARGO_PKG_VERSION")));
        let config = match url.as_ref().and_then(Uri::scheme_str) {
            Some("http") => config,
            Some("https") => config.tls_config(tls()?),
            _ => {
                return Err(hinted(
                    format!("{:?} is no address of the web", self.url),
                    "write it from http:// or https:// on",
                ));
            }
        };
        Ok(config.build().new_agent())
    }
}

/// TLS by the roots that this machine trusts.
fn tls() -> anyhow::Result<TlsConfig> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        return Err(hinted(
            "this machine has no certificates of authorities to judge https:// by",
            "install them (ca-certificates), or name a file of them in SSL_CERT_FILE",
        ));
    }
    let roots = found.certs.iter();
    let roots = roots.map(|it| Certificate::from_der(it).to_owned());
    let cryptography = rustls::crypto::ring::default_provider();
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::from(roots))
        .unversioned_rustls_crypto_provider(Arc::new(cryptography))
        .build())
}
