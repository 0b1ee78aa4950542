/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The identity that new connections are shown; it can change at any time, from any thread, and
 * connections that stand go on.
 *
 * <p>A client shows it whichever authorities the server names: it is refused with a reason then,
 * rather than taken for one that has none.
 *
 * <p>The alias that one handshake asks with twice is the identity's number, so that key and
 * certificate are always of the same one: the last two are kept.
 */
public final class CurrentIdentity extends X509ExtendedKeyManager {

  private record Numbered(long number, Identity identity) {}

  private volatile Numbered current;
  private volatile Numbered former;

  /** Shows {@code first} until another is {@link #set}. */
  public CurrentIdentity(Identity first) {
    current = new Numbered(0, first);
    former = current;
  }

  /** Takes another identity for the connections to come. */
  public synchronized void set(Identity identity) {
    former = current;
    current = new Numbered(former.number() + 1, identity);
  }

  /** Returns when the certificate ends. */
  public Instant end() {
    return current.identity().end();
  }

  /** Returns the certificates, its own first. */
  public List<X509Certificate> chain() {
    return current.identity().chain();
  }

  /** Returns whether its key is of the slow kind. */
  public boolean isRsa() {
    return current.identity().key().getAlgorithm().equals("RSA");
  }

  /** Returns the context of a server whose clients show no certificate. */
  public SSLContext context() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {this}, null, null);
    return context;
  }

  private @Nullable String alias(String keyType) {
    Numbered now = current;
    String algorithm = now.identity().key().getAlgorithm();
    boolean fits =
        keyType.equals(algorithm)
            || (keyType.startsWith("EC") && algorithm.startsWith("EC"))
            || (keyType.startsWith("RSA") && algorithm.equals("RSA"));
    return fits ? Long.toString(now.number()) : null;
  }

  private @Nullable Identity identity(String alias) {
    for (Numbered candidate : new Numbered[] {current, former}) {
      if (Long.toString(candidate.number()).equals(alias)) {
        return candidate.identity();
      }
    }
    return null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return chooseClientAlias(keyTypes, issuers, null);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyType);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Identity identity = identity(alias);
    return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Identity identity = identity(alias);
    return identity == null ? null : identity.key();
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = alias(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return getServerAliases(keyType, issuers);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    for (String keyType : keyTypes) {
      String alias = alias(keyType);
      if (alias != null) {
        return alias;
      }
    }
    return null;
  }
}
