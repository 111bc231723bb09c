//! The way to an object store: its address, its credentials and the client for requests.
//!
//! Owns which environment variables are read, all through the library, and the limits of a request. Invariants: the library repeats nothing,
//! because a conditional write that is repeated would fail against itself; redirects are not followed, so that a signature goes to one host;
//! profiles and single sign-on of AWS are not read.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{ClientOptions, ObjectStore, RetryConfig};

use crate::fault_point;
use crate::store::home::{HomeError, Kind};
use crate::store::place::{ObjectPlace, Service};

use super::answers::{Answer, no_credentials, note_answer, note_request};

/// The longest time of a request, well below the age at which a claim ends.
const LONGEST: Duration = Duration::from_secs(20);

/// The longest time to connect.
const CONNECT: Duration = Duration::from_secs(5);

/// The longest time in which the machine's own service answers that gives out credentials.
const METADATA: Duration = Duration::from_secs(2);

/// Makes the store.
pub(super) fn connect(place: &ObjectPlace) -> Result<Arc<dyn ObjectStore>, HomeError> {
    let ObjectPlace { service, bucket, folder, endpoint } = place;
    let endpoint = endpoint.as_deref();
    let build = |error: object_store::Error| no_credentials(error);
    match service {
        Service::S3 => {
            let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
            if let Some(endpoint) = endpoint {
                builder = builder.with_endpoint(endpoint).with_config(AmazonS3ConfigKey::S3Endpoint, endpoint);
            }
            let keys = [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint];
            let address = keys.iter().find_map(|key| builder.get_config_value(key));
            let connector = Connector::new(folder, address.as_deref())?;
            let builder = builder.with_conditional_put(S3ConditionalPut::ETagMatch).with_retry(never());
            // Not every store has the request that removes several.
            let builder = builder.with_disable_bulk_delete(true);
            Ok(Arc::new(builder.with_http_connector(connector).build().map_err(build)?))
        }
        Service::Google => {
            let connector = Connector::new(folder, endpoint)?;
            let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket).with_retry(never());
            let builder = endpoint.into_iter().fold(builder, GoogleCloudStorageBuilder::with_base_url);
            Ok(Arc::new(builder.with_http_connector(connector).build().map_err(build)?))
        }
        Service::Azure => {
            let connector = Connector::new(folder, endpoint)?;
            let builder = MicrosoftAzureBuilder::from_env().with_container_name(bucket).with_retry(never());
            let builder =
                endpoint.into_iter().fold(builder, |builder, endpoint| builder.with_endpoint(endpoint.to_owned()));
            Ok(Arc::new(builder.with_http_connector(connector).build().map_err(build)?))
        }
    }
}

/// What is repeated is decided where it is known what was asked.
fn never() -> RetryConfig {
    RetryConfig { max_retries: 0, ..RetryConfig::default() }
}

/// Gives the library one client for all its requests.
#[derive(Debug)]
struct Connector(HttpClient);

impl Connector {
    fn new(folder: &str, endpoint: Option<&str>) -> Result<Self, HomeError> {
        // An error means that one is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("offersync/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(fault_point::shortened(LONGEST))
            .connect_timeout(CONNECT)
            .referer(false);
        let is_local = |address: &str| {
            let host = address.strip_prefix("http://").unwrap_or_default();
            ["127.0.0.1", "localhost", "[::1]"].iter().any(|local| host.starts_with(local))
        };
        let client = if endpoint.is_some_and(is_local) { client.no_proxy() } else { client };
        // Without TLS there is nothing to verify, so that a machine without CA certificates can run the tests.
        let is_plain = endpoint.is_some_and(|address| address.starts_with("http://"));
        let client = if is_plain { client.tls_certs_only([]) } else { client };
        let client = client.build().map_err(|error| HomeError::new(Kind::Refused, error.to_string()))?;
        Ok(Self(HttpClient::new(Watched { client, folder: folder.to_owned() })))
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}

/// A client that keeps what is answered.
#[derive(Debug)]
struct Watched {
    client: reqwest::Client,
    /// The part that the paths of all objects have.
    folder: String,
}

impl HttpService for Watched {
    fn call<'a, 'b>(
        &'a self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async move {
            // Google's paths have their slashes escaped.
            if request.uri().path().replace("%2F", "/").contains(&self.folder) {
                note_request();
                self.ask(request).await
            } else {
                let late = |error| HttpError::new(HttpErrorKind::Timeout, error);
                tokio::time::timeout(METADATA, self.client.call(request)).await.map_err(late)?
            }
        })
    }
}

impl Watched {
    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let broken = |error: std::io::Error| HttpError::new(HttpErrorKind::Interrupted, error);
        tracing::debug!(method = %request.method(), path = request.uri().path(), "asks the store");
        fault_point::reach("store.before-request").map_err(broken)?;
        let response = self.client.call(request).await?;
        fault_point::reach("store.after-reply").map_err(broken)?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let body = body.bytes().await?;
        note_answer(Answer::parse(status.as_u16(), &String::from_utf8_lossy(&body)));
        Ok(HttpResponse::from_parts(parts, body.into()))
    }
}
