//! TLS by rustls, with a certificate that is read again when its files change.
//!
//! Input: a certificate chain and a private key in PEM, and accepted sockets. Output: streams, and whether HTTP/2 was agreed on.
//! Invariant: files that cannot be read, or do not belong together, never replace a certificate that is in use.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, ServerConfig, SignatureScheme, StreamOwned};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Time between two looks at the files.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// The protocols that are offered, the preferred one first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The end of a connection that encrypts.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    certificate: Arc<Certificate>,
}

/// A certificate with its key, and the files that they were read from.
#[derive(Debug)]
struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("certificate", &self.certificate.chain).finish_non_exhaustive()
    }
}

impl Tls {
    /// TLS with the certificate chain and the private key in these files.
    ///
    /// # Errors
    /// A file that cannot be read, is not PEM, or does not belong to the other.
    pub fn new(chain: PathBuf, key: PathBuf) -> io::Result<Self> {
        let current = RwLock::new(Arc::new(load(&chain, &key)?));
        let certificate = Arc::new(Certificate { chain, key, current });
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().map_err(io::Error::other)?;
        let resolver: Arc<Certificate> = Arc::clone(&certificate);
        let mut config = config.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate })
    }

    /// A stream over an accepted socket, and whether the client speaks HTTP/2 on it.
    ///
    /// # Errors
    /// A client that does not speak TLS, or none that suits.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<(TlsStream<TcpStream>, bool)> {
        let stream = self.acceptor.accept(stream).await?;
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(PROTOCOLS[0]);
        Ok((stream, is_http2))
    }

    /// Reads the files again whenever they have changed; never returns.
    pub async fn watch(self) {
        let mut seen = self.certificate.changed_at();
        loop {
            tokio::time::sleep(LOOK_INTERVAL).await;
            let now = self.certificate.changed_at();
            if now == seen {
                continue;
            }
            match self.certificate.reload() {
                Ok(()) => {
                    tracing::info!("the certificate has been read again");
                    seen = now;
                }
                // The next look may find the second of two files replaced, too.
                Err(error) => {
                    tracing::warn!(
                        error = error.to_string(),
                        "the certificate has changed and cannot be read; the old one stays"
                    );
                }
            }
        }
    }
}

impl Certificate {
    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        [&self.chain, &self.key].map(|path| std::fs::metadata(path).and_then(|file| file.modified()).ok())
    }

    fn reload(&self) -> io::Result<()> {
        let certificate = Arc::new(load(&self.chain, &self.key)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = certificate;
        Ok(())
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// What the health check speaks with its own server: it trusts the certificate in the file, whatever name is in it.
///
/// # Errors
/// A file that cannot be read or is not PEM.
pub fn connect(
    chain: &Path,
    stream: std::net::TcpStream,
) -> io::Result<StreamOwned<ClientConnection, std::net::TcpStream>> {
    let own = CertificateDer::from_pem_file(chain).map_err(io::Error::other)?;
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider));
    let config = config.with_safe_default_protocol_versions().map_err(io::Error::other)?.dangerous();
    let config =
        config.with_custom_certificate_verifier(Arc::new(Own { certificate: own, provider })).with_no_client_auth();
    let name = ServerName::IpAddress(stream.peer_addr()?.ip().into());
    Ok(StreamOwned::new(ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?, stream))
}

/// Trusts one certificate.
#[derive(Debug)]
struct Own {
    certificate: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Own {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if *end_entity == self.certificate {
            return Ok(ServerCertVerified::assertion());
        }
        Err(rustls::CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn load(chain: &PathBuf, key: &PathBuf) -> io::Result<CertifiedKey> {
    let at = |path: &PathBuf, error: &dyn fmt::Display| io::Error::other(format!("{}: {error}", path.display()));
    let certificates: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(chain).and_then(Iterator::collect).map_err(|error| at(chain, &error))?;
    if certificates.is_empty() {
        return Err(at(chain, &"expected certificates in PEM, the server's own first, then those of its issuers"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| at(key, &error))?;
    CertifiedKey::from_der(certificates, private, &ring::default_provider()).map_err(|error| at(key, &error))
}
