package io.podtap.injector.cluster;

import io.podtap.core.trust.Anchors;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
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
        trust = new TrustManager[] {Anchors.believing(Anchors.parse(authorities))};
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          client == null ? null : new KeyManager[] {new CurrentIdentity(client)}, trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("certificate authority: " + e.getMessage(), e);
    }
  }
}
