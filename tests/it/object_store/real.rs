//! Servers that others have made: those that keep conditions serve an apply, those that ignore them are refused.
//!
//! `.ci/run` installs them and names them in environment variables. Without them, the tests are skipped and say so.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use offersync::testing::sandbox::SandboxOptions;

use crate::harness::{APPLY, Cake, Run, Settings, Workspace, finish, small_offer};

/// A server that runs until the test ends.
struct Server {
    process: Child,
    port: u16,
    _folder: Workspace,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Server {
    /// Starts the program that a variable names; none where it names none.
    fn start(variable: &str, arguments: &[&str]) -> Option<Self> {
        let program = std::env::var(variable).ok()?;
        let folder = Workspace::empty();
        // Free at this moment; the server takes it at the next.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let filled = |text: &&str| {
            text.replace("PORT", &port.to_string()).replace("FOLDER", &folder.folder().display().to_string())
        };
        let mut command = Command::new(program);
        command.args(arguments.iter().map(filled)).current_dir(folder.folder());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().unwrap();
        let server = Self { process, port, _folder: folder };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", server.port)).is_err() {
            assert!(began.elapsed() < Duration::from_mins(1), "{variable}: the server does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// Offers and a configuration whose state lives there.
struct Machine {
    cake: Cake,
    folder: Workspace,
    environment: Vec<(&'static str, String)>,
}

impl Machine {
    fn new(state: &str, environment: &[(&'static str, &str)]) -> Self {
        let (cake, folder) = (Cake::with(SandboxOptions::default()), Workspace::empty());
        let toml = Settings::default().toml(&cake.url());
        folder.write("offersync.toml", &format!("name = \"production\"\nstate = \"{state}\"\n{toml}"));
        for number in 0..5 {
            let key = format!("offer-{number}");
            folder.write(&format!("offers/{key}.yaml"), &small_offer(&key, "5"));
        }
        let environment = environment.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { cake, folder, environment }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let mut command = self.folder.command(arguments);
        command.env("OFFERSYNC_TIME_SCALE", "10").envs(self.environment.iter().map(|(name, value)| (name, value)));
        finish(&mut command)
    }

    /// Applies, changes an offer and applies again.
    fn works(&self) {
        self.run(&["plan"]).exits(0).says("5 to create");
        self.run(&APPLY).exits(0);
        assert_eq!(self.cake.writes(), 5);
        self.run(&["plan", "--detailed-exitcode"]).exits(0);
        self.folder.write("offers/offer-3.yaml", &small_offer("offer-3", "6"));
        self.run(&APPLY).exits(0);
        self.run(&["plan", "--detailed-exitcode"]).exits(0);
        self.run(&["state", "status"]).exits(0).says("open (epoch 2)").says("offers 5");
    }
}

/// Makes a bucket where none but this test is.
fn make(address: &str, headers: &[(&str, String)]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let request = headers.iter().fold(client.put(address), |request, (name, value)| request.header(*name, value));
    let reply = runtime.block_on(request.header("content-length", "0").send()).unwrap();
    assert!(reply.status().is_success(), "{}: {}", reply.status(), runtime.block_on(reply.text()).unwrap());
}

fn of_amazon(address: &str, key: &'static str) -> Vec<(&'static str, String)> {
    let named = [("OFFERSYNC_STORE_ENDPOINT", address), ("AWS_ACCESS_KEY_ID", key), ("AWS_SECRET_ACCESS_KEY", key)];
    named.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

#[test]
fn moto_serves_an_apply() {
    let Some(server) = Server::start("MOTO_SERVER", &["-H", "127.0.0.1", "-p", "PORT"]) else {
        println!("skipped: MOTO_SERVER names no server");
        return;
    };
    make(&format!("{}/states", server.address()), &[]);
    let mut machine = Machine::new("s3://states/a/b", &[]);
    machine.environment = of_amazon(&server.address(), "test");
    machine.works();
    machine.folder.replace("offersync.toml", "s3://states/a/b", "s3://no-such-bucket/a");
    machine.run(&["plan"]).exits(1).says("NoSuchBucket").says("create the bucket").never_says("to create");
}

#[test]
fn azurite_serves_an_apply() {
    let arguments = [
        "--blobHost",
        "127.0.0.1",
        "--blobPort",
        "PORT",
        "--inMemoryPersistence",
        "--skipApiVersionCheck",
        "--disableTelemetry",
        "--silent",
    ];
    let Some(server) = Server::start("AZURITE_BLOB", &arguments) else {
        println!("skipped: AZURITE_BLOB names no server");
        return;
    };
    let address = format!("{}/{ACCOUNT}", server.address());
    let (date, version) = (jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(), "2021-08-06");
    let named = format!("x-ms-date:{date}\nx-ms-version:{version}\n/{ACCOUNT}/{ACCOUNT}/states\nrestype:container");
    let headers = [
        ("x-ms-date", date),
        ("x-ms-version", version.to_owned()),
        ("authorization", format!("SharedKey {ACCOUNT}:{}", signature(&format!("PUT\n\n\n\n\n\n\n\n\n\n\n\n{named}")))),
    ];
    make(&format!("{address}/states?restype=container"), &headers);
    let machine = Machine::new(
        "az://states/offers",
        &[
            ("OFFERSYNC_STORE_ENDPOINT", &address),
            ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT),
            ("AZURE_STORAGE_ACCOUNT_KEY", ACCOUNT_KEY),
        ],
    );
    machine.works();
}

/// The account that Azurite has, and its key, which its documentation gives.
const ACCOUNT: &str = "devstoreaccount1";
const ACCOUNT_KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

fn signature(text: &str) -> String {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD;
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &base64.decode(ACCOUNT_KEY).unwrap());
    base64.encode(ring::hmac::sign(&key, text.as_bytes()))
}

#[test]
fn s3rver_ignores_conditions_and_is_refused() {
    let arguments = ["-d", "FOLDER", "-a", "127.0.0.1", "-p", "PORT", "--silent", "--configure-bucket", "states"];
    let Some(server) = Server::start("S3RVER", &arguments) else {
        println!("skipped: S3RVER names no server");
        return;
    };
    let mut machine = Machine::new("s3://states/offers", &[]);
    machine.environment = of_amazon(&server.address(), "S3RVER");
    machine.run(&["plan"]).exits(0).says("5 to create");
    machine.run(&APPLY).exits(1).says("state::store-unfit").says("where there was one");
    assert_eq!(machine.cake.writes(), 0);
}

#[test]
fn the_emulator_of_google_s_storage_is_refused() {
    let arguments = ["start", "--host", "127.0.0.1", "--port", "PORT", "--in-memory", "--default-bucket", "states"];
    let Some(server) = Server::start("GCP_STORAGE_EMULATOR", &arguments) else {
        println!("skipped: GCP_STORAGE_EMULATOR names no server");
        return;
    };
    let address = server.address();
    let machine =
        Machine::new("gs://states/offers", &[("OFFERSYNC_STORE_ENDPOINT", &address), ("GOOGLE_BEARER_TOKEN", "test")]);
    let refused = machine.run(&APPLY);
    assert!(refused.code == Some(1), "{}", refused.said());
    assert_eq!(machine.cake.writes(), 0);
}
