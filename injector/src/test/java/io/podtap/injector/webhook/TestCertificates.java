/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.core.trust.Identity;
import io.podtap.core.trust.authority.Authority;
import io.podtap.core.trust.authority.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** {@code tls.crt} and {@code tls.key} of 127.0.0.1, and clients that trust them. */
public final class TestCertificates {

  private static final int DAYS = 30;

  /** What PKCS #8 puts before the PKCS #1 of a 2048-bit key. */
  private static final int RSA_PREFIX = 26;

  private TestCertificates() {}

  /** Writes both and returns the authority's certificate. */
  public static Certificate write(Path folder, Authority.KeyKind kind, boolean isPkcs1)
      throws Exception {
    Authority authority = Authority.make("webhook-authority", DAYS);
    Authority.Issued issued =
        authority.issue(
            new Authority.Request(
                "webhook",
                List.of("ip:127.0.0.1", "dns:localhost"),
                Authority.Usage.SERVER,
                kind,
                DAYS));
    Identity identity = Identity.parse(issued.chain(), issued.key());
    byte[] key = identity.key().getEncoded();
    Files.writeString(
        folder.resolve("tls.key"),
        isPkcs1
            ? Pem.block("RSA PRIVATE KEY", Arrays.copyOfRange(key, RSA_PREFIX, key.length))
            : issued.key());
    Files.writeString(folder.resolve("tls.crt"), issued.chain());
    return identity.chain().getLast();
  }

  static SSLContext trusting(Certificate... certificates)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (Certificate certificate : certificates) {
      trusted.setCertificateEntry("c" + trusted.size(), certificate);
    }
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
