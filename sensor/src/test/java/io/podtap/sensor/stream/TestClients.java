/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.stream;

import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** TLS clients as anybody would make them, with the JDK's sockets. */
final class TestClients {

  private final SSLContext withCertificate = SSLContext.getInstance("TLS");
  private final SSLContext without = SSLContext.getInstance("TLS");

  /** With the identity of a folder. */
  TestClients(Path folder) throws IOException, GeneralSecurityException {
    Identity identity =
        Identity.parse(
            Files.readString(folder.resolve("tls.crt")),
            Files.readString(folder.resolve("tls.key")));
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "ca",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(Files.newInputStream(folder.resolve("ca.crt"))));
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    managers.init(trusted);
    withCertificate.init(
        new KeyManager[] {new CurrentIdentity(identity)}, managers.getTrustManagers(), null);
    without.init(null, managers.getTrustManagers(), null);
  }

  /** Returns what an engine of a client with a certificate is made of. */
  SSLContext context() {
    return withCertificate;
  }

  SSLSocket connect(int port) throws IOException {
    return connect(withCertificate, port);
  }

  SSLSocket connectWithoutCertificate(int port) throws IOException {
    return connect(without, port);
  }

  private static SSLSocket connect(SSLContext context, int port) throws IOException {
    return (SSLSocket)
        context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
  }
}
