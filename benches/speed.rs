//! Whole-process measurements, as ratios taken in one run: `cargo bench --bench speed`, or with other sizes
//! `cargo bench --bench speed -- 10000 100000`.
//!
//! A plan is compared with the floor: listing and reading the same files, from this process, with two threads. A plan of what
//! differs from a commit (`--since`), for a fifth of the files, is compared with the plan of everything. An apply is compared
//! with the ideal: creates divided by requests in flight, times the server's latency.

#[path = "../examples/generate.rs"]
#[expect(dead_code, reason = "only the tree is needed here, not the command line around it")]
mod generate;

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use offersync::testing::sandbox::{Sandbox, SandboxOptions};

type Outcome<T> = Result<T, Box<dyn Error>>;

const RUNS: usize = 5;
const CREATES: u64 = 1_000;
const IN_FLIGHT: u32 = 8;
const LATENCY: Duration = Duration::from_millis(50);

#[expect(clippy::disallowed_methods, reason = "not the program")]
fn main() -> Outcome<()> {
    let mut sizes: Vec<u64> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![10_000, 100_000];
    }
    let mut out = std::io::stdout();
    writeln!(out, "{:>8}  {:>10}  {:>10}  {:>7}  {:>14}", "offers", "floor", "plan", "ratio", "bytes an offer")?;
    for size in &sizes {
        measure_plan(&mut out, *size)?;
    }
    writeln!(out, "\n{:>8}  {:>10}  {:>10}  {:>7}", "changes", "plan", "--since", "ratio")?;
    for size in &sizes {
        measure_since(&mut out, *size)?;
    }
    measure_apply(&mut out)
}

fn measure_plan(out: &mut impl Write, offers: u64) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().join("tree");
    generate::write_tree(&root, offers)?;
    let (mut floors, mut plans, mut peak) = (Vec::new(), Vec::new(), 0);
    // In turn, so that a machine that slows down slows both; the first pair only warms the cache.
    for run in 0..=RUNS {
        let floor = timed(|| read_all(&root.join("offers")))?;
        let begun = Instant::now();
        let memory = peak_memory(plan(&root, &[])?)?;
        if run > 0 {
            floors.push(floor);
            plans.push(begun.elapsed());
            peak = peak.max(memory);
        }
    }
    let (floor, plan) = (median(floors), median(plans));
    let ratio = plan.as_secs_f64() / floor.as_secs_f64();
    writeln!(out, "{offers:>8}  {floor:>10.1?}  {plan:>10.1?}  {ratio:>6.2}x  {:>14}", peak / offers)?;
    Ok(())
}

fn plan(root: &Path, more: &[&str]) -> Outcome<Child> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offersync"));
    Ok(command.args(["plan", "-q", "-C"]).arg(root).args(more).stdout(Stdio::null()).spawn()?)
}

/// Changes every fifth file of a tree that is committed, and plans everything and what differs from the commit in turn.
fn measure_since(out: &mut impl Write, offers: u64) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().join("tree");
    generate::write_tree(&root, offers)?;
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "gc.auto=0"];
    for arguments in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", "a"]] {
        let status = Command::new("git").arg("-C").arg(&root).args(identity).args(arguments).status()?;
        if !status.success() {
            return Err(format!("git {arguments:?} ended with {status}").into());
        }
    }
    let mut files = files(&root.join("offers"))?;
    files.sort();
    let mut changes = 0;
    for file in files.iter().step_by(5) {
        let text = fs::read_to_string(file)?.replacen("payout: ", "payout: 1", 1);
        fs::File::create(file)?.write_all(text.as_bytes())?;
        changes += 1;
    }
    let (mut plans, mut narrowed) = (Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let all = timed(|| plan(&root, &[])?.wait().map(|_| ()).map_err(Into::into))?;
        let since = timed(|| plan(&root, &["--since", "HEAD"])?.wait().map(|_| ()).map_err(Into::into))?;
        if run > 0 {
            plans.push(all);
            narrowed.push(since);
        }
    }
    let (plan, since) = (median(plans), median(narrowed));
    let ratio = since.as_secs_f64() / plan.as_secs_f64();
    writeln!(out, "{changes:>8}  {plan:>10.1?}  {since:>10.1?}  {ratio:>6.2}x")?;
    Ok(())
}

fn timed(work: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed())
}

fn files(root: &Path) -> Outcome<Vec<PathBuf>> {
    let (mut folders, mut files) = (vec![root.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    Ok(files)
}

/// Lists the tree and reads every file, with two threads.
fn read_all(root: &Path) -> Outcome<()> {
    let files = files(root)?;
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let bytes = fs::read(file).unwrap_or_default();
                    std::hint::black_box(bytes);
                }
            });
        }
    });
    Ok(())
}

/// Waits for a process and returns its peak memory in bytes, or 0 if the system does not report it.
fn peak_memory(mut child: Child) -> Outcome<u64> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        if let Ok(text) = fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kilobytes: u64 = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0);
            peak = peak.max(kilobytes * 1024);
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(peak)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn measure_apply(out: &mut impl Write) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sandbox = runtime.block_on(Sandbox::start(SandboxOptions { latency: LATENCY, ..SandboxOptions::default() }))?;
    let url = sandbox.url();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = thread::spawn(move || {
        let _sandbox = sandbox;
        // Ends when the measurement drops its half.
        let _ = runtime.block_on(stopped);
    });
    let folder = tempfile::tempdir()?;
    let root = folder.path().join("tree");
    generate::write_tree(&root, CREATES)?;
    fs::remove_file(root.join("offersync.state.json"))?;
    let settings = fs::read_to_string(root.join("offersync.toml"))?;
    let faster = format!("[cake]\nmax_in_flight = {IN_FLIGHT}\nrequests_per_second = 0\n");
    let settings = settings.replacen("[cake]\n", &faster, 1);
    fs::File::create(root.join("offersync.toml"))?.write_all(settings.as_bytes())?;
    let begun = Instant::now();
    let applied = Command::new(env!("CARGO_BIN_EXE_offersync"))
        .args(["apply", "--auto-approve", "-q", "-C"])
        .arg(&root)
        .env("CAKE_URL", &url)
        .env("CAKE_API_KEY", "measure")
        .stdout(Stdio::null())
        .status()?;
    let took = begun.elapsed();
    drop(stop);
    drop(server.join());
    if !applied.success() {
        return Err(format!("the apply ended with {applied}").into());
    }
    let ideal = LATENCY * u32::try_from(CREATES)? / IN_FLIGHT;
    let ratio = took.as_secs_f64() / ideal.as_secs_f64();
    writeln!(
        out,
        "\n{CREATES} creates, {IN_FLIGHT} in flight, {LATENCY:?} a reply: {took:.2?}, ideal {ideal:.2?}, {ratio:.2}x"
    )?;
    Ok(())
}
