//! Serving until told to stop.

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use super::{Config, Failure, say};
use crate::{backup, http, release_orders, reminders, review};

/// Opens the installation, serves it and sends its reminders, and finishes what has begun when the process is told to stop.
pub(super) fn run(config: &Config) -> Result<(), Failure> {
    let settings = config.settings()?;
    tracing_subscriber::fmt()
        .json()
        .with_writer(std::io::stderr)
        // A log that cannot be written, on a full disk say, would else be complained of there by a panic: in a request, or
        // in the thread that keeps the store's own log short.
        .log_internal_errors(false)
        .with_env_filter(EnvFilter::new(format!("warn,kedjan={},{}", settings.log, crate::login::QUIET)))
        .init();
    let app = super::open(settings)?;
    let listen = app.settings.listen;
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::while_doing("starting"))?;
    runtime.block_on(async {
        // Heard from before anybody knows that we are here, so that no word to stop is lost.
        let mut terminate = signal(SignalKind::terminate()).map_err(Failure::while_doing("signals"))?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::while_doing("signals"))?;
        let listener = TcpListener::bind(listen).await.map_err(|cause| {
            Failure::Words(format!("it cannot listen on {listen}: {cause}. Set `listen` to a free address and port"))
        })?;
        let address = listener.local_addr().map_err(Failure::while_doing("listening"))?;
        say(format_args!("ready http://{address}"))?;
        tracing::info!(%address, "serving");
        let (stop, stopped) = watch::channel(false);
        let told = |mut stopped: watch::Receiver<bool>| async move {
            // That the sender is gone means stop as well.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        let reminding = tokio::spawn(reminders::run(app.clone(), told(stopped.clone())));
        let reviewing = tokio::spawn(review::run(app.clone(), told(stopped.clone())));
        let releasing = tokio::spawn(release_orders::run(app.clone(), told(stopped.clone())));
        let watching = tokio::spawn(backup::watch(app.clone(), told(stopped.clone())));
        tokio::spawn(async move {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            stop.send_replace(true);
        });
        http::server::serve(listener, app.clone(), told(stopped)).await.map_err(Failure::while_doing("serving"))?;
        // A round that has begun is finished before the store closes.
        reminding.await.map_err(Failure::while_doing("reminders"))?;
        reviewing.await.map_err(Failure::while_doing("the log review"))?;
        releasing.await.map_err(Failure::while_doing("ordered releases"))?;
        watching.await.map_err(Failure::while_doing("the list of withdrawn consents"))
    })?;
    app.store.clone().close();
    // A release that is still being made is made anew after the next start.
    runtime.shutdown_background();
    tracing::info!("stopped");
    Ok(())
}
