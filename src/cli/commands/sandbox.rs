//! `sandbox`: a local CAKE in the foreground, until a signal.

use std::time::{Duration, SystemTime};

use crate::cli::args::SandboxArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::signals::signal;
use crate::ops::{ConnectError, Error, check_clock, check_sandbox_data};
use crate::sandbox::{FaultRule, Quirks, Sandbox, SandboxOptions};

pub(in crate::cli) async fn run(context: &Context, args: &SandboxArgs) -> Result<Exit, Failure> {
    check_clock(SystemTime::now())?;
    let options = options(context, args)?;
    if let Some(data) = &options.data_dir {
        check_sandbox_data(data)?;
    }
    let announce = |url: &str| {
        context.print(format!("{url}\n"))?;
        context.terminal.note(format!(
            "A sandbox CAKE listens at {url}. Point offersync at it:\n\n  CAKE_URL={url} CAKE_API_KEY=any offersync apply\n\n\
             What it holds: {url}/_sandbox/offers   Stop it with Ctrl-C."
        ));
        Ok::<_, Failure>(())
    };
    let mut announced = Ok(());
    Sandbox::run(options, |running| announced = announce(&running.url()), signal())
        .await
        .map_err(|error| Error::from(ConnectError::from(error)))?;
    announced.map(|()| Exit::Done)
}

fn options(context: &Context, args: &SandboxArgs) -> Result<SandboxOptions, Failure> {
    let mut options = SandboxOptions {
        port: args.port,
        data_dir: Some(context.path(&args.data)),
        api_key: args.api_key.clone(),
        latency: Duration::from_millis(args.latency),
        quirks: Quirks { listing_absent: args.no_listing, ..Quirks::default() },
        ..SandboxOptions::default()
    };
    for quirk in &args.quirk {
        options.quirks.set(quirk).map_err(|error| Failure::usage(format!("--quirk {quirk}: {error}")))?;
    }
    for fault in &args.fault {
        let rule: FaultRule = fault.parse().map_err(|error| Failure::usage(format!("--fault {fault}: {error}")))?;
        options.faults.rules.push(rule);
    }
    Ok(options)
}
