/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import io.podtap.core.text.PlainText;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts certificates that the authorities have signed and that have one of the expected names, and
 * says in words why not.
 */
final class NamedPeers extends X509ExtendedTrustManager {

  private final X509ExtendedTrustManager authorities;
  private final List<String> expected;
  private final Revocations revocations;
  private final RefusalCounters counters;
  private final Clock clock;

  /**
   * Makes one.
   *
   * @param expected see {@link PeerNames#match}; empty for any
   * @param counters told of each peer that is refused
   */
  NamedPeers(
      X509ExtendedTrustManager authorities,
      List<String> expected,
      Revocations revocations,
      RefusalCounters counters,
      Clock clock) {
    this.authorities = authorities;
    this.expected = expected;
    this.revocations = revocations;
    this.counters = counters;
    this.clock = clock;
  }

  @FunctionalInterface
  private interface Check {
    void run() throws CertificateException;
  }

  private void check(X509Certificate[] chain, Check bySignature) throws CertificateException {
    X509Certificate certificate = chain[0];
    PeerNames names = PeerNames.of(certificate);
    try {
      certificate.checkValidity(Date.from(clock.instant()));
    } catch (CertificateExpiredException e) {
      counters.count(PeerRefusal.TIME);
      throw new CertificateException(
          "certificate of "
              + names
              + " ended at "
              + certificate.getNotAfter().toInstant()
              + clock(),
          e);
    } catch (CertificateNotYetValidException e) {
      counters.count(PeerRefusal.TIME);
      throw new CertificateException(
          "certificate of "
              + names
              + " begins at "
              + certificate.getNotBefore().toInstant()
              + clock(),
          e);
    }
    try {
      bySignature.run();
    } catch (CertificateException e) {
      counters.count(PeerRefusal.AUTHORITY);
      throw new CertificateException(
          "certificate of "
              + names
              + ", signed by '"
              + PlainText.of(certificate.getIssuerX500Principal().toString())
              + "', is not trusted: "
              + PlainText.of(e.getMessage()),
          e);
    }
    if (revocations.isRevoked(chain)) {
      counters.count(PeerRefusal.REVOKED);
      throw new CertificateException("certificate of " + names + " is revoked");
    }
    if (!expected.isEmpty() && expected.stream().noneMatch(names::match)) {
      counters.count(PeerRefusal.NAME);
      throw new CertificateException(
          "certificate of "
              + names
              + " has none of the expected names "
              + String.join(", ", expected));
    }
  }

  private String clock() {
    return ", the clock here says " + clock.instant();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, () -> authorities.checkClientTrusted(chain, authType, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, () -> authorities.checkServerTrusted(chain, authType, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain, () -> authorities.checkClientTrusted(chain, authType, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain, () -> authorities.checkServerTrusted(chain, authType, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain, () -> authorities.checkClientTrusted(chain, authType));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain, () -> authorities.checkServerTrusted(chain, authType));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authorities.getAcceptedIssuers();
  }
}
