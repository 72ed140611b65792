//! `--verify`: providers are asked after a scan, where the user wants that and no hook runs.

use crate::args::VerifyArgs;
use leakbreak::config::Config;
use leakbreak::finding::Outcome;
use leakbreak::{Error, Result};

/// Asks, or does not.
pub(crate) struct Asker {
    #[cfg(feature = "verify")]
    verifier: Option<leakbreak::verify::Verifier>,
}

impl Asker {
    /// Makes ready what was asked for. The flags go before the user's own configuration.
    ///
    /// # Errors
    /// An endpoint or a proxy that can't be used; a program that was built without it.
    #[cfg(feature = "verify")]
    pub(crate) fn new(args: &VerifyArgs, config: &Config) -> Result<Asker> {
        use leakbreak::verify::{Options, Verifier};
        if !args.verify {
            return Ok(Asker { verifier: None });
        }
        let flags = &args.verify_endpoint;
        let options = Options {
            endpoints: if flags.is_empty() { config.verify_endpoints.clone() } else { flags.clone() },
            proxy: args.verify_proxy.clone().or_else(|| config.verify_proxy.clone()),
            ..Options::default()
        };
        Ok(Asker { verifier: Some(Verifier::new(&options)?) })
    }

    #[cfg(not(feature = "verify"))]
    pub(crate) fn new(args: &VerifyArgs, _: &Config) -> Result<Asker> {
        if args.verify {
            let why = "--verify: this leakbreak was built without the feature `verify` and can ask nobody; leave the \
                       option out";
            return Err(Error::Usage(why.into()));
        }
        Ok(Asker {})
    }

    /// Asks for each finding that counts, and notes the answers.
    #[cfg(feature = "verify")]
    pub(crate) fn ask(&mut self, outcome: &mut Outcome) {
        if let Some(verifier) = &mut self.verifier {
            verifier.verify(outcome);
        }
    }

    #[cfg(not(feature = "verify"))]
    pub(crate) fn ask(&mut self, _: &mut Outcome) {}
}

/// No hook asks a provider: a commit would wait for a network, and a key would leave with every one.
///
/// # Errors
/// --verify was given.
pub(crate) fn refuse_in_hook(verify: bool) -> Result<()> {
    if verify {
        let why = "--verify is not for hooks, which open no network connection; use `leakbreak scan --verify`";
        return Err(Error::Usage(why.into()));
    }
    Ok(())
}
