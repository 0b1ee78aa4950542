/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.core.config.SettingsException;
import io.podtap.core.trust.Anchors;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The authorities whose clients are API servers, in a file that may change: what cannot be read
 * leaves all as it was. One thread looks, any thread checks.
 */
public final class ClientAuthority extends X509ExtendedTrustManager {

  private static final long BYTES_MAX = 1L << 20;

  private final Path file;
  private byte[] read;
  private volatile X509ExtendedTrustManager current;
  private volatile String problem = "";

  private ClientAuthority(Path file) throws IOException, GeneralSecurityException {
    this.file = file;
    read = bytes();
    current = Anchors.believing(Anchors.parse(read));
  }

  /**
   * Reads the authorities.
   *
   * @param file certificates, PEM
   * @throws SettingsException when there are none
   */
  public static ClientAuthority open(Path file) {
    try {
      return new ClientAuthority(file);
    } catch (IOException | GeneralSecurityException e) {
      throw new SettingsException("client-ca " + file + ": " + e.getMessage(), e);
    }
  }

  private byte[] bytes() throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException("longer than " + BYTES_MAX + " bytes");
    }
    return Files.readAllBytes(file);
  }

  /** Takes over what has changed. */
  void look() {
    try {
      byte[] now = bytes();
      if (!Arrays.equals(now, read)) {
        current = Anchors.believing(Anchors.parse(now));
        read = now;
      }
      problem = "";
    } catch (IOException | GeneralSecurityException e) {
      problem = "client-ca " + file + ": " + e.getMessage();
    }
  }

  /** Returns why the last look failed, or an empty text. */
  String problem() {
    return problem;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    current.checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    current.checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    current.checkClientTrusted(chain, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw new CertificateException("no server is asked");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("no server is asked");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("no server is asked");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return current.getAcceptedIssuers();
  }
}
