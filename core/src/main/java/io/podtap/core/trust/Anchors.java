/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Certificates that one believes, and whatever they have signed.
 *
 * @see "RFC 5280 section 6.1.1 (trust anchors), RFC 7468 (PEM)"
 */
public final class Anchors {

  private Anchors() {}

  /**
   * Reads certificates one after another.
   *
   * @throws GeneralSecurityException when there is none, or one is malformed
   */
  public static List<X509Certificate> parse(byte[] pem) throws GeneralSecurityException {
    List<X509Certificate> certificates;
    try {
      certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
    } catch (RuntimeException e) { // what the JDK's provider makes of damaged bytes
      throw new GeneralSecurityException("malformed: " + e, e);
    }
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("there is no certificate in it");
    }
    return certificates;
  }

  /** Returns who believes these and no others. */
  public static X509ExtendedTrustManager believing(List<X509Certificate> certificates)
      throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new IllegalStateException("an empty store is read from nowhere", e);
    }
    for (X509Certificate certificate : certificates) {
      store.setCertificateEntry(Integer.toString(store.size()), certificate);
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }

  /** Returns the context of a client that shows no certificate and believes these. */
  public static SSLContext client(List<X509Certificate> certificates)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {believing(certificates)}, null);
    return context;
  }
}
