/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.text.PlainText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

/**
 * This side's identity and whom it believes: TLS 1.3, both sides show a certificate.
 *
 * <p>What the files hold is taken when they change; connections that stand go on with what they
 * were made with, and sessions from before are not resumed. May be used from any thread.
 */
public final class Trust {

  private static final String[] PROTOCOLS = {"TLSv1.3"};

  /** Of a file; Kubernetes' Secrets have one MiB at most, a list of revocations may be longer. */
  private static final int FILE_BYTES_MAX = 8 << 20;

  private final TrustFiles files;
  private final List<String> peers;
  private final Clock clock;
  private final RefusalCounters refusals = new RefusalCounters();
  private volatile Loaded loaded;
  private volatile String problem = "";

  /**
   * What the files hold, a character for each byte.
   *
   * @param revocations empty where there is no such file
   */
  private record Contents(String certificate, String key, String authorities, String revocations) {}

  /** One state of the files. */
  private record Loaded(
      Contents contents, Identity identity, Revocations revocations, SSLContext context) {}

  private Trust(TrustFiles files, List<String> peers, Clock clock) {
    this.files = files;
    this.peers = List.copyOf(peers);
    this.clock = clock;
    try {
      loaded = parse(contents());
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new SettingsException("TLS: " + PlainText.of(e.getMessage()), e);
    }
    Instant end = loaded.identity().end();
    if (end.isBefore(clock.instant())) {
      throw new SettingsException(
          "TLS: certificate '"
              + files.certificate()
              + "' ended at "
              + end
              + " (or the clock is wrong)");
    }
  }

  /**
   * Reads the files.
   *
   * @param peers names of which the other side's certificate must have one, see {@link
   *     PeerNames#match}; empty: any that an authority has signed for that side
   * @throws SettingsException when a file is missing or malformed, when key and certificate do not
   *     belong together, or when the certificate has ended
   */
  public static Trust load(TrustFiles files, List<String> peers) {
    return new Trust(files, peers, Clock.systemUTC());
  }

  /** As {@link #load(TrustFiles, List)}, by another clock. */
  public static Trust load(TrustFiles files, List<String> peers, Clock clock) {
    return new Trust(files, peers, clock);
  }

  /**
   * Takes over files that have changed. What cannot be read, or is only half written, leaves all as
   * it was. For every now and then: a mounted Secret changes by a link to another folder, of which
   * a watch of the files hears nothing.
   *
   * @return whether something is another one now
   */
  public synchronized boolean refresh() {
    try {
      Contents contents = contents();
      boolean isChanged = !contents.equals(loaded.contents());
      if (isChanged) {
        Loaded next = parse(contents);
        requireNotEndedSooner(next);
        loaded = next;
      }
      problem = "";
      return isChanged;
    } catch (IOException | GeneralSecurityException e) {
      problem = PlainText.of(e.getMessage());
      return false;
    } catch (RuntimeException e) { // the JDK's, on bytes of any kind
      problem = PlainText.of(e.toString());
      return false;
    }
  }

  /** One that has ended does not take the place of one that has not. */
  private void requireNotEndedSooner(Loaded next) throws GeneralSecurityException {
    Instant now = clock.instant();
    if (next.identity().end().isBefore(now) && !end().isBefore(now)) {
      throw new GeneralSecurityException(
          "certificate '" + files.certificate() + "' ended at " + next.identity().end());
    }
  }

  /** Returns why the last {@link #refresh} took nothing over, or an empty text. */
  public String problem() {
    return problem;
  }

  /** Returns how this side's certificate and its peers' stand. */
  public TrustStatus status() {
    return new TrustStatus(end(), clock.instant(), problem, refusals.counts());
  }

  /**
   * Returns whether a certificate of the other side has been revoked since the handshake.
   *
   * @param session of a connection that stands
   */
  public boolean isRevoked(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      X509Certificate[] certificates = Arrays.copyOf(chain, chain.length, X509Certificate[].class);
      return loaded.revocations().isRevoked(certificates);
    } catch (SSLPeerUnverifiedException e) {
      return false; // it has shown none
    }
  }

  /** Returns when this side's certificate ends. */
  public Instant end() {
    return loaded.identity().end();
  }

  /** Returns the names in this side's certificate. */
  public PeerNames names() {
    return PeerNames.of(loaded.identity().chain().getFirst());
  }

  /**
   * Returns the engine of one connection to a server; sessions with the same peer are resumed,
   * unless its certificate has ended since: nobody looks at it when a session is resumed.
   *
   * @param peer address and port as connected to
   */
  public SSLEngine client(Endpoint peer) {
    SSLContext context = loaded.context();
    forgetEnded(context.getClientSessionContext());
    SSLEngine engine = context.createSSLEngine(peer.address().getHostAddress(), peer.port());
    engine.setUseClientMode(true);
    engine.setSSLParameters(parameters());
    return engine;
  }

  private void forgetEnded(SSLSessionContext sessions) {
    for (byte[] id : Collections.list(sessions.getIds())) {
      SSLSession session = sessions.getSession(id);
      if (session != null) {
        try {
          requireValid(session);
        } catch (SSLPeerUnverifiedException e) {
          session.invalidate();
        }
      }
    }
  }

  private X509Certificate requireValid(SSLSession session) throws SSLPeerUnverifiedException {
    X509Certificate peer = (X509Certificate) session.getPeerCertificates()[0];
    Instant now = clock.instant();
    if (now.isAfter(peer.getNotAfter().toInstant())) {
      throw new SSLPeerUnverifiedException(
          "the certificate of "
              + PeerNames.of(peer)
              + " ended at "
              + peer.getNotAfter().toInstant()
              + ", the clock here says "
              + now);
    }
    return peer;
  }

  /** Returns the engine of one accepted connection, which must show a certificate. */
  public SSLEngine server() {
    SSLEngine engine = loaded.context().createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = parameters();
    parameters.setNeedClientAuth(true);
    engine.setSSLParameters(parameters);
    return engine;
  }

  private static SSLParameters parameters() {
    SSLParameters parameters = new SSLParameters(CipherSuites.preferred(), PROTOCOLS);
    parameters.setUseCipherSuitesOrder(true);
    return parameters;
  }

  /**
   * Returns the names in the other side's certificate, after the handshake.
   *
   * @throws SSLPeerUnverifiedException when it has shown none, or the one of a session that was
   *     resumed has ended
   */
  public PeerNames peer(SSLSession session) throws SSLPeerUnverifiedException {
    return PeerNames.of(requireValid(session));
  }

  private Contents contents() throws IOException {
    Path revocations = files.revocations();
    return new Contents(
        read(files.certificate()),
        read(files.key()),
        read(files.authorities()),
        revocations == null ? "" : read(revocations));
  }

  private static String read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(FILE_BYTES_MAX + 1);
    } catch (IOException e) {
      throw new IOException("'" + file + "' cannot be read: " + e.getMessage(), e);
    }
    if (bytes.length > FILE_BYTES_MAX) {
      throw new IOException("'" + file + "' is longer than " + FILE_BYTES_MAX + " bytes");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private Loaded parse(Contents contents) throws GeneralSecurityException {
    Identity identity;
    try {
      identity = Identity.parse(contents.certificate(), contents.key());
    } catch (GeneralSecurityException e) {
      throw new GeneralSecurityException(
          "certificate '"
              + files.certificate()
              + "' and key '"
              + files.key()
              + "': "
              + e.getMessage(),
          e);
    }
    List<X509Certificate> authorities = authorities(contents.authorities());
    Revocations revocations = revocations(contents.revocations(), authorities);
    SSLContext context = SSLContext.getInstance(PROTOCOLS[0]);
    context.init(
        new KeyManager[] {new CurrentIdentity(identity)},
        new TrustManager[] {
          new NamedPeers(Anchors.believing(authorities), peers, revocations, refusals, clock)
        },
        null);
    return new Loaded(contents, identity, revocations, context);
  }

  private List<X509Certificate> authorities(String pem) throws GeneralSecurityException {
    try {
      return Anchors.parse(pem.getBytes(StandardCharsets.ISO_8859_1));
    } catch (GeneralSecurityException e) {
      throw new GeneralSecurityException(
          "authorities '" + files.authorities() + "': " + e.getMessage(), e);
    }
  }

  private Revocations revocations(String text, List<X509Certificate> authorities)
      throws GeneralSecurityException {
    if (files.revocations() == null) {
      return Revocations.NONE;
    }
    try {
      return Revocations.parse(text.getBytes(StandardCharsets.ISO_8859_1), authorities);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new GeneralSecurityException(
          "revocations '" + files.revocations() + "': " + e.getMessage(), e);
    }
  }
}
