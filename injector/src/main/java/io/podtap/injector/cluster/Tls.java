/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import io.podtap.core.trust.Anchors;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import io.podtap.core.trust.PeerNames;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS contexts from PEM. */
final class Tls {

  private Tls() {}

  /**
   * Returns a context that trusts these authorities.
   *
   * @param authorities PEM; empty for those of the machine
   * @param client shown to the server, or null
   */
  static SSLContext trusting(byte[] authorities, @Nullable Identity client) throws IOException {
    return trusting(authorities, client, "");
  }

  /**
   * As above.
   *
   * @param serverName that the server's certificate must have instead of the name in its address,
   *     or an empty text
   */
  static SSLContext trusting(byte[] authorities, @Nullable Identity client, String serverName)
      throws IOException {
    try {
      X509ExtendedTrustManager trusted =
          authorities.length > 0 ? Anchors.believing(Anchors.parse(authorities)) : ofMachine();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          client == null ? null : new KeyManager[] {new CurrentIdentity(client)},
          new TrustManager[] {serverName.isEmpty() ? trusted : new Named(trusted, serverName)},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("certificate authority: " + e.getMessage(), e);
    }
  }

  private static X509ExtendedTrustManager ofMachine() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }

  /** Trusts a server by another name than that in its address. */
  private static final class Named extends X509ExtendedTrustManager {

    private final X509ExtendedTrustManager authorities;
    private final String name;

    Named(X509ExtendedTrustManager authorities, String name) {
      this.authorities = authorities;
      this.name = name;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      authorities.checkServerTrusted(chain, type);
      PeerNames names = PeerNames.of(chain[0]);
      if (!names.match(name)) {
        throw new CertificateException(
            "certificate of " + names + " does not have tls-server-name " + name);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("clients are not asked for");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return authorities.getAcceptedIssuers();
    }
  }
}
