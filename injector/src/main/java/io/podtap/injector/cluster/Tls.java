package io.podtap.injector.cluster;

import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS contexts from PEM. */
final class Tls {

  private Tls() {}

  /**
   * Returns a context that believes these authorities.
   *
   * @param authorities PEM; empty for those of the machine
   * @param client shown to the server, or null
   */
  static SSLContext trusting(byte[] authorities, @Nullable Identity client) throws IOException {
    try {
      TrustManager[] trust = null;
      if (authorities.length > 0) {
        TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(trusted(authorities));
        trust = managers.getTrustManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          client == null ? null : new KeyManager[] {new CurrentIdentity(client)}, trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("certificate authority: " + e.getMessage(), e);
    }
  }

  private static KeyStore trusted(byte[] authorities) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (Certificate one : certificates(authorities)) {
      trusted.setCertificateEntry("ca" + trusted.size(), one);
    }
    return trusted;
  }

  static Collection<? extends Certificate> certificates(byte[] pem)
      throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(pem));
  }
}
