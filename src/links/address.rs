//! Which addresses may be requested: those of the public internet, and this machine where the link itself names it.
//!
//! A check may run where more can be reached than from outside: services of a CI runner, metadata of a cloud, hosts of a company.
//! Invariant: what a name stands for is judged at the moment of connecting, and only addresses that were judged are connected to, so a
//! name that changes its address in between gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// The machine that answers every virtual machine of Azure, GitHub's runners among them. The address looks like a public one.
const AZURE: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// What `localhost` means, whatever a resolver says. Port 0 stands for the one of the URL.
const LOOPBACK: [SocketAddr; 2] =
    [SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0), SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0)];

/// An address is not one of the public internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address of the public internet")]
pub(super) struct NotPublic;

/// Whether a URL names this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Judges the address in a URL. One with a name is judged by [`PublicAddresses`], when it is connected to.
pub(super) fn check(url: &Url, may_be_loopback: bool) -> Result<(), NotPublic> {
    let is_allowed = match url.host() {
        _ if is_loopback(url) => may_be_loopback,
        Some(Host::Domain(_)) => true,
        Some(Host::Ipv4(address)) => is_public(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => is_public(IpAddr::V6(address)),
        None => false,
    };
    if is_allowed { Ok(()) } else { Err(NotPublic) }
}

/// Resolves a name to its public addresses.
#[derive(Debug)]
pub(super) struct PublicAddresses;

impl Resolve for PublicAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            if is_localhost(name.as_str()) {
                return Ok(Box::new(LOOPBACK.into_iter()) as Addrs);
            }
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() { Err(NotPublic.into()) } else { Ok(Box::new(public.into_iter()) as Addrs) }
        })
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Not in IANA's registry of addresses for special purposes.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let is_special = match address.octets() {
        [0 | 240..=255, ..] | [192, 0, 0, _] | [198, 18..=19, ..] => true,
        [100, second, ..] => second & 0b1100_0000 == 64,
        _ => false,
    };
    let is_local = address.is_private() || address.is_loopback() || address.is_link_local();
    !(is_special || is_local || address.is_multicast() || address.is_documentation() || address == AZURE)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    match address.segments() {
        // What a translator makes of the addresses of the older protocol.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))),
        // Protocols that carry another address within, and documentation.
        [0x2001, 0..0x200 | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..0x1000, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_allowed(url: &str, may_be_loopback: bool) -> bool {
        check(&Url::parse(url).unwrap(), may_be_loopback).is_ok()
    }

    #[test]
    fn only_the_public_internet_is_requested() {
        for public in
            ["https://8.8.8.8/", "https://[2606:4700::1111]/", "https://shop.example/", "http://[64:ff9b::808:808]/"]
        {
            assert!(is_allowed(public, false), "{public}");
        }
        for special in [
            "http://10.0.0.1/",
            "http://172.16.0.1/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://2852039166/",
            "http://0xa9fea9fe/",
            "http://100.100.100.200/",
            "http://168.63.129.16/",
            "http://192.0.0.192/",
            "http://0.0.0.0/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://[fd00:ec2::254]/",
            "http://[fe80::1]/",
            "http://[::]/",
            "http://[::ffff:169.254.169.254]/",
            "http://[64:ff9b::a9fe:a9fe]/",
            "http://[2002:a9fe:a9fe::]/",
        ] {
            assert!(!is_allowed(special, false), "{special}");
            assert!(!is_allowed(special, true), "{special}");
        }
    }

    #[test]
    fn this_machine_is_requested_only_for_a_link_that_names_it() {
        for local in
            ["http://127.0.0.1/", "http://127.9.9.9/", "http://[::1]/", "http://localhost./", "http://a.localhost/"]
        {
            assert!(is_loopback(&Url::parse(local).unwrap()), "{local}");
            assert!(is_allowed(local, true) && !is_allowed(local, false), "{local}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_has_no_public_address() {
        let resolved = async |name: &str| {
            let addresses = PublicAddresses.resolve(name.parse().unwrap()).await;
            addresses.map(Iterator::collect::<Vec<_>>).map_err(|error| error.is::<NotPublic>())
        };
        assert_eq!(resolved("a.localhost").await, Ok(LOOPBACK.to_vec()));
        // A name that the machine's own resolver takes for an address.
        assert_eq!(resolved("127.1").await, Err(true));
    }
}
