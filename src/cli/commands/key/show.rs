//! `key show`: the public key of whatever signs, to be handed to a registrar.

use serde_json::json;

use crate::cli::args::{Args, Format, KeyShow};
use crate::cli::{Outcome, keys, render};

pub(super) fn run(args: &Args, show: &KeyShow) -> anyhow::Result<Outcome> {
    let public = keys::named(args, &show.key, &show.passphrase)?.public();
    let thumbprint = public.thumbprint().to_string();
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": "docledger.public-key/1",
            "thumbprint": thumbprint,
            "pem": public.to_pem(),
        }))?;
    } else {
        render::out(&public.to_pem())?;
        render::remark(&format!("thumbprint {thumbprint}"));
    }
    Ok(Outcome::Good)
}
